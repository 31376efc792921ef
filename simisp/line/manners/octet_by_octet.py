"""Answers that come octet by octet."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import AnswerTurn, MannerOptions, MannerRow

__all__ = ["ROW"]


class OctetByOctet:
    """Plays the manner."""

    def __init__(self, options: MannerOptions, _random: Random) -> None:
        self._options = options

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        pieces = []
        for piece in turn.pieces:
            data = piece.data
            if not data:
                pieces.append(piece)
                continue
            for index in range(len(data)):
                part = piece.saying(data[index : index + 1])
                part.delay = self._options.after if index else max(piece.delay, self._options.after)
                pieces.append(part)
        turn.pieces = pieces


ROW = MannerRow(
    "octet by octet",
    "each octet that the modem says comes by itself",
    (),
    OctetByOctet,
    MannerOptions(after=0.001),
    options=frozenset({"after"}),
    on_answers=False,
)
