"""No answer at all, not even ERROR."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import ANSWER, AnswerTurn, MannerOptions, MannerRow

__all__ = ["ROW"]


class DeafToCommands:
    """Plays the manner."""

    def __init__(self, _options: MannerOptions, _random: Random) -> None:
        pass

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        turn.drop(*ANSWER)


ROW = MannerRow(
    "deaf to commands",
    "some commands get no answer at all, not even ERROR",
    ("fwupd/fwupd#10845", "estkme-group/lpac#447"),
    DeafToCommands,
)
