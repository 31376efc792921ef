"""No echo, whatever E says."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import AnswerTurn, MannerOptions, MannerRow
from simisp.modem.marks import AnswerMark

__all__ = ["ROW"]


class NoEcho:
    """Plays the manner."""

    def __init__(self, _options: MannerOptions, _random: Random) -> None:
        pass

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        turn.drop(AnswerMark.ECHO)


ROW = MannerRow(
    "no echo", "nothing is echoed, although E1 is answered with OK", ("gammu/gammu#1220",), NoEcho, on_answers=False
)
