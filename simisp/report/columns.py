"""Layout of the live view's lines for the width of a terminal, so that no line wraps."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.report.folding import NARROWEST, cells, width_of
from simisp.report.live import LiveLine

__all__ = ["Columns"]

_INDENT = 16
"""The column at which the text of a line begins, after the time and the arrow."""
_STATE_AT = 70
"""The column at which the state begins, if there is room for it."""
_STATE_WIDTH = 30
"""The width of ``[online data: DTR DSR CTS DCD]``."""
_GAP = 2
_LOOK_BACK = 20
"""How far before the edge to look for a blank at which to break a line."""


class Columns:
    """Lays lines out. The state is beside a line if it fits, and else on a line below, but only if it has changed."""

    def __init__(self) -> None:
        self._shown = ""

    def lay_out(self, line: LiveLine, width: int) -> list[str]:
        """Lay out a line as one or more lines that are narrower than the terminal.

        Args:
            line: The line; its text must be printable.
            width: The terminal's columns. The last one stays free, since some terminals wrap when it is written to.
        """
        room = max(width, NARROWEST) - 1
        parts = list(_folded(line.text, room - _INDENT))
        head = f"{line.at:9.3f}  {line.arrow}  "
        lines = [(head if not number else " " * _INDENT) + part for number, part in enumerate(parts)]
        at = min(_STATE_AT, room - max(_STATE_WIDTH, cells(line.state)))
        here = max(at, cells(lines[-1]) + _GAP)
        if here + cells(line.state) <= room:
            lines[-1] += " " * (here - cells(lines[-1])) + line.state
        elif line.state != self._shown:
            lines.append(" " * max(at, 0) + line.state)
        else:
            return [each.rstrip() for each in lines]
        self._shown = line.state
        return lines


def _folded(text: str, room: int) -> Iterator[str]:
    """Yield a text in parts of at most ``room`` columns, broken after a blank if there is one near."""
    start = used = 0
    for index, character in enumerate(text):
        used += width_of(character)
        if used > room:
            blank = text.rfind(" ", max(start, index - _LOOK_BACK), index)
            end = blank + 1 if blank > start else index
            yield text[start:end]
            start, used = end, cells(text[end : index + 1])
    yield text[start:]
