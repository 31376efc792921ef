"""A request for text without its space."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import AnswerTurn, MannerOptions, MannerRow
from simisp.modem.marks import AnswerMark

__all__ = ["ROW"]


class PromptWithoutSpace:
    """Plays the manner."""

    def __init__(self, _options: MannerOptions, _random: Random) -> None:
        pass

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        turn.change(lambda data: data.rstrip(b" ") + b"\r\n", AnswerMark.PROMPT)


ROW = MannerRow(
    "prompt without space",
    "the request for text is a line of its own, without the space behind >",
    ("gammu/gammu#1176",),
    PromptWithoutSpace,
    on_answers=False,
)
