"""One room reads /proc: a path in it is written nowhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import simisp

PACKAGE = Path(simisp.__file__).parent


def paths_in_proc(path: Path) -> Iterator[int]:
    """Yield the lines of a module on which a text begins with /proc."""
    source = path.read_text(encoding="utf-8")
    if "/proc" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and f"{node.value}/".startswith("/proc/"):
            yield node.lineno


def test_no_other_room_reads_proc() -> None:
    found = {path: list(paths_in_proc(path)) for path in PACKAGE.rglob("*.py")}
    outside = {
        path.relative_to(PACKAGE): lines for path, lines in found.items() if "procfs" not in path.parts and lines
    }
    assert outside == {}
    assert sum(map(len, found.values())) > 10
