"""Docstrings in Google's style, turned into Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator

__all__ = ["as_markdown"]

_SECTION = re.compile(r"(Args|Attributes|Example|Examples|Raises|Returns|See Also|Yields):$")
_LISTED = ("Args", "Attributes", "Raises")
_ITEM = re.compile(r"(\w[\w.]*): (.*)")
_SHORT_ROLE = re.compile(r":\w+:`~(?:\w+\.)*(\w+)`")
_ROLE = re.compile(r":\w+:`([^`~]+)`")
_TITLES = {"Args": "Arguments", "Example": "Example", "Examples": "Example"}


def as_markdown(docstring: str) -> str:
    r"""Return a docstring as Markdown.

    Example:
        >>> print(as_markdown("Wait for ``text``.\n\nArgs:\n    text: The text,\n        any.\n"))
        Wait for `text`.
        <BLANKLINE>
        *Arguments*
        <BLANKLINE>
        - `text`: The text, any.
    """
    text = "\n".join(_blocks(inspect.cleandoc(docstring).splitlines()))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _blocks(lines: list[str]) -> Iterator[str]:
    plain: list[str] = []
    index = 0
    while index < len(lines):
        section = _SECTION.match(lines[index])
        if section is None:
            plain.append(lines[index])
            index += 1
            continue
        yield from _paragraphs(plain)
        plain = []
        body, index = _indented(lines, index + 1)
        yield from ("", f"*{_TITLES.get(section[1], section[1])}*", "")
        yield from _items(body) if section[1] in _LISTED else _paragraphs(body)
    yield from _paragraphs(plain)


def _indented(lines: list[str], index: int) -> tuple[list[str], int]:
    """Return a section's lines without their indentation, and the number of the line after it."""
    end = index
    while end < len(lines) and (not lines[end] or lines[end].startswith("    ")):
        end += 1
    return [line[4:] for line in lines[index:end]], end


def _items(lines: Iterable[str]) -> Iterator[str]:
    """Yield a list of names and their meanings, an item a line; leave out what is internal."""
    items: list[str] = []
    for line in lines:
        item = _ITEM.match(line)
        if item is not None:
            items.append(f"- `{item[1]}`: {item[2]}")
        elif line.strip() and items:
            items[-1] += f" {line.strip()}"
    yield from (_inline(item) for item in items if "`: Internal: " not in item)
    yield ""


def _paragraphs(lines: Iterable[str]) -> Iterator[str]:
    """Yield text; a Python example or what follows ``::`` becomes a block of code."""
    block: list[str] = []
    literal = False
    for line in [*lines, ""]:
        is_code = literal and (line.startswith("    ") or not line) if literal else bool(block) and bool(line)
        if is_code or line.startswith(">>>"):
            block.append(line)
            continue
        if block:
            yield from ("```python" if block[0].startswith(">>>") else "```text", *_stripped(block), "```", "")
            block, literal = [], False
        if line == "::":
            literal = True
            continue
        yield _inline(line)
    if block:
        yield from ("```python" if block[0].startswith(">>>") else "```text", *_stripped(block), "```", "")


def _stripped(block: list[str]) -> list[str]:
    while block and not block[-1]:
        block = block[:-1]
    while block and not block[0]:
        block = block[1:]
    margin = min((len(line) - len(line.lstrip()) for line in block if line), default=0)
    return [re.sub(r"\s*# doctest:.*", "", line[margin:]) for line in block]


def _inline(text: str) -> str:
    text = _ROLE.sub(r"`\1`", _SHORT_ROLE.sub(r"`\1`", text))
    return text.replace("``", "`")
