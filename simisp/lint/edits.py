"""Edits of a text that leave everything else unchanged: comments, indentation, line ends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Edit", "applied"]


class Edit(NamedTuple):
    """A range of text to replace, from offset ``start`` up to but not including ``end``.

    Attributes:
        shared: Whether an edit that several findings ask for is made only once.
    """

    start: int
    end: int
    text: str
    shared: bool = False


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Return ``text`` with the edits made; of two that overlap, the later in the text is dropped.

    Edits at the same place are made in the given order.

    Example:
        >>> applied("goto End", [Edit(5, 8, "Done"), Edit(0, 0, "; "), Edit(6, 7, "?")])
        '; goto Done'
    """
    pieces = []
    position = 0
    made: set[Edit] = set()
    for edit in sorted(edits, key=lambda each: each.start):
        if edit.start < position or (edit.shared and edit in made):
            continue
        made.add(edit)
        pieces += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*pieces, text[position:]])
