"""Lines of an answer without the blank line between them."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import ANSWER, AnswerTurn, MannerOptions, MannerRow
from simisp.modem.marks import AnswerMark

__all__ = ["ROW"]


class GluedLines:
    """Plays the manner."""

    def __init__(self, _options: MannerOptions, _random: Random) -> None:
        pass

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        first = turn.first(*ANSWER, AnswerMark.UNSOLICITED)
        pieces = []
        for index, piece in enumerate(turn.pieces):
            follows = first is not None and index > first and piece.mark in {*ANSWER, AnswerMark.UNSOLICITED}
            pieces.append(piece.saying(piece.data.removeprefix(b"\r\n")) if follows else piece)
        turn.pieces = pieces


ROW = MannerRow(
    "glued lines",
    "the lines of an answer stand right behind each other, without the blank line between two of them",
    (),
    GluedLines,
    on_answers=False,
)
