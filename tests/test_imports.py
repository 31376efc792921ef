"""What several tests need is in a module of its own, and no test module is read for it."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
FROM_A_TEST = re.compile(r"^(?:from|import) (?:\w+\.)*test_\w+", re.MULTILINE)


def test_no_module_imports_from_a_test_module() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in HERE.rglob("*.py")}
    assert len(texts) > 300
    assert {
        path.relative_to(HERE).as_posix(): found for path, text in texts.items() if (found := FROM_A_TEST.findall(text))
    } == {}
