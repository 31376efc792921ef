"""A request for text with no line end before it."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import MannerOptions, MannerRow, Turn
from simisp.modem.marks import Mark

__all__ = ["ROW"]


class PromptWithoutLineEnd:
    """Plays the manner."""

    def __init__(self, _options: MannerOptions, _random: Random) -> None:
        pass

    def alter(self, turn: Turn) -> None:
        """Alter what the modem says."""
        turn.change(lambda data: data.lstrip(b"\r\n"), Mark.PROMPT)


ROW = MannerRow(
    "prompt without line end",
    "the request for text comes without the line end before it",
    ("RIOT-OS/RIOT#20016",),
    PromptWithoutLineEnd,
    on_answers=False,
)
