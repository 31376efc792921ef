"""The final result first, the data behind it."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import AnswerTurn, MannerOptions, MannerRow
from simisp.modem.marks import AnswerMark

__all__ = ["ROW"]


class ResultBeforeData:
    """Plays the manner."""

    def __init__(self, _options: MannerOptions, _random: Random) -> None:
        pass

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        final = [piece for piece in turn.pieces if piece.mark is AnswerMark.FINAL]
        first = turn.first(AnswerMark.INFORMATION)
        if first is not None:
            turn.drop(AnswerMark.FINAL)
            turn.pieces[first:first] = final


ROW = MannerRow(
    "result before data",
    "OK comes first, and the lines of the answer behind it",
    ("gammu/gammu#91", "FactbirdHQ/atat#221"),
    ResultBeforeData,
)
