"""An unsolicited result right behind the final result."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import AnswerTurn, MannerOptions, MannerRow
from simisp.modem.marks import AnswerMark

__all__ = ["ROW"]


class UrcAfterAnswer:
    """Plays the manner."""

    def __init__(self, options: MannerOptions, _random: Random) -> None:
        self._options = options

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        index = turn.first(AnswerMark.FINAL)
        if index is not None:
            turn.insert(index + 1, self._options.text, self._options.after)


ROW = MannerRow(
    "urc after answer",
    "an unsolicited result comes right behind the OK, in the same read",
    ("legatoproject/legato-af#43", "ARMmbed/mbed-os#10957"),
    UrcAfterAnswer,
    MannerOptions(text="+CREG: 1"),
    options=frozenset({"text", "after"}),
)
