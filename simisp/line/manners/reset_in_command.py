"""A modem that restarts in the middle of a command."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import ANSWER, AnswerTurn, MannerOptions, MannerRow, Piece, framed
from simisp.machine import SendData
from simisp.modem.marks import AnswerMark

__all__ = ["ROW"]


class ResetInCommand:
    """Plays the manner."""

    def __init__(self, options: MannerOptions, _random: Random) -> None:
        self._options = options

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        turn.drop(*ANSWER)
        if self._options.text not in turn.announces:  # else the modem says it by itself
            turn.pieces.append(Piece(SendData(framed(self._options.text)), AnswerMark.UNSOLICITED, self._options.after))
        turn.restarts = self._options.after
        turn.echo_on = True


ROW = MannerRow(
    "reset in command",
    "the modem restarts in the middle of a command: after a while a banner comes in place of the answer, "
    "once if the modem announces itself with the same text",
    ("vshymanskyy/TinyGSM#608", "espressif/esp-protocols#498"),
    ResetInCommand,
    MannerOptions(text="RDY", times=1, after=3.0),
    options=frozenset({"text", "after"}),
)
