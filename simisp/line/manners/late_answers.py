"""Answers that come after the program has given up."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import ANSWER, AnswerTurn, MannerOptions, MannerRow

__all__ = ["ROW"]


class LateAnswers:
    """Plays the manner."""

    def __init__(self, options: MannerOptions, _random: Random) -> None:
        self._options = options

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        index = turn.first(*ANSWER)
        if index is not None:
            turn.pieces[index].delay += self._options.after


ROW = MannerRow(
    "late answers",
    "answers come so late that the program has given up, and takes them for those of its next command",
    ("FactbirdHQ/ublox-cellular-rs#121",),
    LateAnswers,
    MannerOptions(after=6.0),
    options=frozenset({"after"}),
)
