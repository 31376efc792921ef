"""An unsolicited result between two lines of an answer."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import AnswerTurn, MannerOptions, MannerRow, Piece
from simisp.machine import SendData
from simisp.modem.marks import AnswerMark

__all__ = ["ROW"]


class UrcInsideAnswer:
    """Plays the manner."""

    def __init__(self, options: MannerOptions, _random: Random) -> None:
        self._options = options

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        index = turn.first(AnswerMark.INFORMATION)
        if index is None:
            return
        piece = turn.pieces[index]
        lines = piece.data.split(b"\r\n")
        if len(lines) <= 3:
            turn.insert(index + 1, self._options.text)
            return
        rest = b"\r\n" + b"\r\n".join(lines[2:])
        turn.pieces[index : index + 1] = [
            piece.saying(b"\r\n".join(lines[:2]) + b"\r\n"),
            Piece(SendData(rest), AnswerMark.INFORMATION),
        ]
        turn.insert(index + 1, self._options.text)


ROW = MannerRow(
    "urc inside answer",
    "an unsolicited result comes between the lines of an answer, or behind its only line",
    ("gammu/gammu#1213", "gammu/gammu#115"),
    UrcInsideAnswer,
    MannerOptions(text="+CREG: 1"),
    options=frozenset({"text"}),
)
