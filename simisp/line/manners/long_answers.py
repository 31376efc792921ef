"""Answers longer than the buffer of the program."""

from __future__ import annotations

from random import Random

from simisp.line.manners.turn import AnswerTurn, MannerOptions, MannerRow
from simisp.modem.marks import AnswerMark

__all__ = ["ROW"]


class LongAnswers:
    """Plays the manner."""

    def __init__(self, options: MannerOptions, _random: Random) -> None:
        self._options = options

    def alter(self, turn: AnswerTurn) -> None:
        """Alter what the modem says."""
        index = turn.first(AnswerMark.INFORMATION)
        if index is not None:
            piece = turn.pieces[index]
            data = piece.data.removesuffix(b"\r\n")
            more = (self._options.text * self._options.octets)[: self._options.octets].encode("latin-1", "replace")
            turn.pieces[index] = piece.saying(data + more + b"\r\n")


ROW = MannerRow(
    "long answers",
    "the lines of an answer have so many octets more than usual",
    ("particle-iot/device-os#2017", "estkme-group/lpac#129"),
    LongAnswers,
    MannerOptions(text=',"more"', octets=1100),
    options=frozenset({"octets", "text"}),
)
