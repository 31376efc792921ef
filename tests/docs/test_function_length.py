"""A function is short enough to be read at one look."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import simisp

_PACKAGE = Path(simisp.__file__).parent
_MOST_LINES = 40
"""From ``def`` to the last line; the docstring and decorators are not counted."""


def _docstring_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    if ast.get_docstring(function) is None:
        return 0
    first = function.body[0]
    return (first.end_lineno or first.lineno) - first.lineno + 1


def _lengths(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield f"{path.relative_to(_PACKAGE)}:{node.lineno} {node.name}", lines - _docstring_lines(node)


def test_no_function_is_longer_than_40_lines() -> None:
    lengths = dict(found for path in _PACKAGE.rglob("*.py") for found in _lengths(path))
    assert len(lengths) > 1000
    assert {name: lines for name, lines in lengths.items() if lines > _MOST_LINES} == {}
