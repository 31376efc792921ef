"""An unsolicited result that no program knows."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import ANSWER, AnswerTurn, MannerOptions, MannerRow

__all__ = ["ROW"]


class UnknownUrc:
    """Plays the manner."""

    def __init__(self, options: MannerOptions, _random: Random) -> None:
        self._options = options

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        index = turn.first(*ANSWER)
        if index is not None:
            turn.insert(index, self._options.text)


ROW = MannerRow(
    "unknown urc",
    "an unsolicited result that no manual has comes before the answer",
    ("FactbirdHQ/atat#183",),
    UnknownUrc,
    MannerOptions(text='*EUNKN: 7,"?",(1'),
    options=frozenset({"text"}),
)
