"""An echo that comes only with the answer."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import ANSWER, AnswerTurn, MannerOptions, MannerRow, Piece
from simisp.machine import SendData
from simisp.modem.marks import AnswerMark

__all__ = ["ROW"]

_MOST = 4096
"""How many octets of echo are held back; the oldest of more are dropped."""


class LateEcho:
    """Plays the manner."""

    def __init__(self, options: MannerOptions, _random: Random) -> None:
        self._options = options
        self._echo = bytearray()

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        self._echo += b"".join(piece.data for piece in turn.pieces if piece.mark is AnswerMark.ECHO)
        turn.drop(AnswerMark.ECHO)
        index = turn.first(*ANSWER, AnswerMark.PROMPT)
        if index is not None and self._echo:
            turn.pieces.insert(index, Piece(SendData(bytes(self._echo)), AnswerMark.ECHO, self._options.after))
            self._echo.clear()
        del self._echo[: max(0, len(self._echo) - _MOST)]


ROW = MannerRow(
    "late echo",
    "the echo of a command comes only with its answer",
    ("arduino-libraries/MKRGSM#52",),
    LateEcho,
    MannerOptions(after=0.3),
    options=frozenset({"after"}),
    on_answers=False,
)
