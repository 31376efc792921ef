"""An unsolicited result between the echo and the answer."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import ANSWER, AnswerTurn, MannerOptions, MannerRow

__all__ = ["ROW", "UrcBeforeAnswer"]


class UrcBeforeAnswer:
    """Plays this manner, and that of a result which no program knows: only the text differs."""

    def __init__(self, options: MannerOptions, _random: Random) -> None:
        self._options = options

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        index = turn.first(*ANSWER)
        if index is not None:
            turn.insert(index, self._options.text)


ROW = MannerRow(
    "urc before answer",
    "an unsolicited result comes before the answer, behind the echo",
    ("gammu/gammu#1213", "gammu/gammu#115", "vshymanskyy/TinyGSM#682"),
    UrcBeforeAnswer,
    MannerOptions(text="+CREG: 1"),
    options=frozenset({"text"}),
)
