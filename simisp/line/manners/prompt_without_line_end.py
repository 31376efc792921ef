"""A request for text with no line end before it."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import AnswerTurn, MannerOptions, MannerRow
from simisp.modem.marks import AnswerMark

__all__ = ["ROW"]


class PromptWithoutLineEnd:
    """Plays the manner."""

    def __init__(self, _options: MannerOptions, _random: Random) -> None:
        pass

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        turn.change(lambda data: data.lstrip(b"\r\n"), AnswerMark.PROMPT)


ROW = MannerRow(
    "prompt without line end",
    "the request for text comes without the line end before it",
    ("RIOT-OS/RIOT#20016",),
    PromptWithoutLineEnd,
    on_answers=False,
)
