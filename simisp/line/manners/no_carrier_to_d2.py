"""NO CARRIER as the answer to &D2."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import AnswerTurn, MannerOptions, MannerRow
from simisp.modem.marks import AnswerMark

__all__ = ["ROW"]


class NoCarrierToD2:
    """Plays the manner."""

    def __init__(self, _options: MannerOptions, _random: Random) -> None:
        pass

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        if "&D2" in turn.line.upper():
            turn.change(lambda _: b"\r\nNO CARRIER\r\n", AnswerMark.FINAL)


ROW = MannerRow(
    "no carrier to &D2",
    "a command line with &D2 is answered with NO CARRIER",
    ("swift-nav/piksi_buildroot#510",),
    NoCarrierToD2,
)
