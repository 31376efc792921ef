"""An unsolicited result between the last line of an answer and its final result."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import AnswerTurn, MannerOptions, MannerRow
from simisp.modem.marks import AnswerMark

__all__ = ["ROW"]


class UrcBeforeResult:
    """Plays the manner."""

    def __init__(self, options: MannerOptions, _random: Random) -> None:
        self._options = options

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        index = turn.first(AnswerMark.FINAL)
        if index is not None:
            turn.insert(index, self._options.text)


ROW = MannerRow(
    "urc before result",
    "an unsolicited result comes between the last line of an answer and its OK",
    ("ARMmbed/mbed-os#10341",),
    UrcBeforeResult,
    MannerOptions(text="+CREG: 1"),
    options=frozenset({"text"}),
)
