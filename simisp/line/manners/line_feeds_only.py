"""Lines that end with LF alone."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import ANSWER, AnswerTurn, MannerOptions, MannerRow
from simisp.modem.marks import AnswerMark

__all__ = ["ROW"]


class LineFeedsOnly:
    """Plays the manner."""

    def __init__(self, _options: MannerOptions, _random: Random) -> None:
        pass

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        turn.change(lambda data: data.replace(b"\r\n", b"\n"), *ANSWER, AnswerMark.UNSOLICITED)


ROW = MannerRow("line feeds only", "lines end with LF alone", ("hbjorgo/ATLib#63",), LineFeedsOnly, on_answers=False)
