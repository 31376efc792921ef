"""The final result first, the data behind it."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import MannerOptions, MannerRow, Turn
from simisp.modem.marks import Mark

__all__ = ["ROW"]


class ResultBeforeData:
    """Plays the manner."""

    def __init__(self, _options: MannerOptions, _random: Random) -> None:
        pass

    def alter(self, turn: Turn) -> None:
        """Alter what the modem says."""
        final = [piece for piece in turn.pieces if piece.mark is Mark.FINAL]
        first = turn.first(Mark.INFORMATION)
        if first is not None:
            turn.drop(Mark.FINAL)
            turn.pieces[first:first] = final


ROW = MannerRow(
    "result before data",
    "OK comes first, and the lines of the answer behind it",
    ("gammu/gammu#91", "FactbirdHQ/atat#221"),
    ResultBeforeData,
)
