"""Blank lines around every line."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import ANSWER, AnswerTurn, MannerOptions, MannerRow
from simisp.modem.marks import AnswerMark

__all__ = ["ROW"]


class BlankLines:
    """Plays the manner."""

    def __init__(self, _options: MannerOptions, _random: Random) -> None:
        pass

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        turn.change(lambda data: b"\r\n\r\n" + data + b"\r\n\r\n", *ANSWER, AnswerMark.UNSOLICITED)


ROW = MannerRow(
    "blank lines",
    "two blank lines more stand around every line of an answer",
    ("Kazade/dreampi#1",),
    BlankLines,
    on_answers=False,
)
