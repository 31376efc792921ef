"""Text in so many columns that a terminal has, so that no line of it wraps."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from typing import TextIO

__all__ = ["NARROWEST", "cells", "columns_of", "fold", "width_of"]

NARROWEST = 40
"""Columns; a terminal with fewer gets lines that wrap."""
_COLUMNS = 80
_HANGING = 2
"""How much further in than a line itself its second part begins."""
_SHOWN_SOURCE = re.compile(r" *[0-9]* \| ")
"""Begins a line of a diagnostic in which columns matter: a caret stands under them."""


def fold(text: str, width: int) -> str:
    r"""Return a text with its lines broken at blanks, so that none of them wraps on a terminal.

    A word that is longer than a line, such as a path, stays whole: it can be copied then. So does a line of a file that
    a diagnostic shows.

    Args:
        text: One or several lines; it has to be printable.
        width: The terminal's columns. The last one stays free: some terminals wrap when it is written to.

    Example:
        >>> print(fold("hang: the port is held\n  by pid 7 (sleep), blocked in nanosleep", 40))
        hang: the port is held
          by pid 7 (sleep), blocked in
            nanosleep
    """
    room = max(width, NARROWEST) - 1
    return "\n".join(part for line in text.split("\n") for part in _fold_line(line, room))


def _fold_line(line: str, room: int) -> Iterator[str]:
    if cells(line) <= room or _SHOWN_SOURCE.match(line):
        yield line
        return
    indent = len(line) - len(line.lstrip(" "))
    head, *words = line[indent:].split(" ")
    part, width = " " * indent + head, indent + cells(head)
    for word in words:
        if width + 1 + cells(word) > room:
            yield part.rstrip(" ")
            part, width = " " * (indent + _HANGING) + word, indent + _HANGING + cells(word)
        else:
            part, width = f"{part} {word}", width + 1 + cells(word)
    yield part


def cells(text: str) -> int:
    r"""Return how many columns a terminal takes for a text: two for a wide character, none for a combining one.

    Example:
        >>> cells("abc"), cells("日本"), cells("e\u0301")
        (3, 4, 1)

    See Also:
        Unicode Standard Annex 11, East Asian Width.
    """
    return len(text) if text.isascii() else sum(map(width_of, text))


def width_of(character: str) -> int:
    """Return how many columns a terminal takes for a character."""
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def columns_of(stream: TextIO) -> int:
    """Return the width of a terminal now: its window may have been resized."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or _COLUMNS
    except (OSError, ValueError):
        return _COLUMNS
