"""One room for /proc: what the kernel shows is read in one package, and nowhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import simisp

_PACKAGE = Path(simisp.__file__).parent
_MODULES = [path for path in _PACKAGE.rglob("*.py") if path.parent != _PACKAGE / "procfs"]


def _docstrings(tree: ast.Module) -> set[int]:
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def _with(word: str) -> list[Path]:
    """Return the modules in which a word stands somewhere: only they are taken apart."""
    return [path for path in _MODULES if word in path.read_text()]


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the place and the text of each literal that is no docstring, parts of f-strings among them."""
    tree = ast.parse(path.read_text())
    docstrings = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield f"{path.relative_to(_PACKAGE)}:{node.lineno}", node.value


def _calls(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            yield f"{path.relative_to(_PACKAGE)}:{node.lineno}", node.attr


def test_no_module_outside_of_procfs_names_a_file_of_proc() -> None:
    assert [place for path in _with("/proc") for place, text in _texts(path) if "/proc" in text] == []


def test_no_module_outside_of_procfs_makes_device_numbers() -> None:
    assert [place for path in _with("makedev") for place, name in _calls(path) if name == "makedev"] == []
