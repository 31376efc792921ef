"""Answers that come in parts, cut anywhere."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import AnswerTurn, MannerOptions, MannerRow
from simisp.modem.marks import AnswerMark

__all__ = ["ROW"]


class CutAnswers:
    """Plays the manner."""

    def __init__(self, options: MannerOptions, random: Random) -> None:
        self._options = options
        self._random = random

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        pieces = []
        for piece in turn.pieces:
            data = piece.data
            if len(data) < 2 or piece.mark is AnswerMark.ECHO:  # the echo depends on how the client cuts
                pieces.append(piece)
                continue
            cuts = sorted(self._random.sample(range(1, len(data)), min(3, len(data) - 1)))
            for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True):
                part = piece.saying(data[start:end])
                part.delay = self._options.after if start else piece.delay
                pieces.append(part)
        turn.pieces = pieces


ROW = MannerRow(
    "cut answers",
    "what the modem says, but the echo, comes in parts, cut at random places, with a pause between them",
    (),
    CutAnswers,
    MannerOptions(after=0.02),
    options=frozenset({"after"}),
    on_answers=False,
)
