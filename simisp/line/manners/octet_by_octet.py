"""Answers that come octet by octet."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import AnswerTurn, MannerOptions, MannerRow, Piece
from simisp.machine import SendData

__all__ = ["ROW"]

_SAID = tuple(SendData(bytes([octet])) for octet in range(256))
"""Each octet by itself. A modem that is flooded with commands says millions."""


class OctetByOctet:
    """Plays the manner."""

    def __init__(self, options: MannerOptions, _random: Random) -> None:
        self._options = options

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        pieces, after = [], self._options.after
        for piece in turn.pieces:
            if not piece.data:
                pieces.append(piece)
                continue
            parts = [Piece(_SAID[octet], piece.mark, after) for octet in piece.data]
            parts[0].delay = max(piece.delay, after)
            pieces += parts
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
