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


def test_what_make_docs_runs_as_a_program_finds_its_helpers_beside_it() -> None:
    """It is called from the project's folder, where the helpers are in no path that is searched."""
    found, open_ends = set(), ["generated_pages"]
    while open_ends:
        name = open_ends.pop()
        text = (HERE / "support" / f"{name}.py").read_text(encoding="utf-8")
        assert not re.findall(r"^(?:from|import) support\b.*", text, re.MULTILINE), name
        found.add(name)
        beside = re.findall(r"^from \.(\w*) import (\w+)", text, re.MULTILINE)
        open_ends += {module or first for module, first in beside} - found
    assert "browser" in found
