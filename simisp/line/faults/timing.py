"""Faults of time: a pace, a delay, octets in pieces with gaps, and flow control that stops the line."""

from __future__ import annotations

import math
from random import Random

from simisp.circuits import Circuit
from simisp.line.channel import ChannelPlace
from simisp.line.faults.fault import LineFault
from simisp.line.faults.when import When
from simisp.machine import SendData, SetCircuit

__all__ = ["BITS_A_CHARACTER", "DelayFault", "Freeze", "Pace", "Slice"]

BITS_A_CHARACTER = 10
"""A start bit, eight data bits and a stop bit."""


class DelayFault(LineFault):
    """Delays octets.

    Args:
        by: By how many seconds.
    """

    def __init__(self, name: str, when: When, random: Random, place: ChannelPlace, *, by: float) -> None:
        super().__init__(name, when, random, place)
        self._by = by

    def _affect(self, piece: SendData, now: float) -> None:
        self._let_through(piece, now, at=now + self._by)


class Slice(LineFault):
    """Cuts octets into pieces with gaps between them.

    Args:
        size: How many octets a piece has, 1 or more.
        gap: How many seconds lie between two pieces.
        octets: How many octets it cuts each time; None for all while it lasts.
    """

    def __init__(
        self,
        name: str,
        when: When,
        random: Random,
        place: ChannelPlace,
        *,
        size: int = 1,
        gap: float = 0.01,
        octets: int | None = None,
    ) -> None:
        super().__init__(name, when, random, place)
        self._size, self._gap, self._span = size, gap, octets
        self._in_piece = 0
        self._piece_at = -math.inf

    def _affect(self, piece: SendData, now: float) -> None:
        position = 0
        while position < len(piece.data):
            if self._in_piece == 0:
                self._piece_at = max(now, self._piece_at + self._gap)
            end = min(len(piece.data), position + self._size - self._in_piece)
            self._let_through(piece.part(position, end), now, at=self._piece_at)
            self._in_piece = (self._in_piece + end - position) % self._size
            position = end


class Pace(LineFault):
    """Lets octets through at the rate of a serial line, ten bits each, however they came.

    Args:
        rate: In bit/s.
    """

    def __init__(self, name: str, when: When, random: Random, place: ChannelPlace, *, rate: int) -> None:
        super().__init__(name, when, random, place)
        self._rate = rate
        self._busy_since = -math.inf
        self._sent = 0

    def _affect(self, piece: SendData, now: float) -> None:
        for index in range(len(piece.data)):
            # Counted from the beginning of the transmission: a sum of many durations would lose exactness.
            if now >= self._busy_since + self._sent * BITS_A_CHARACTER / self._rate:
                self._busy_since, self._sent = now, 0
            self._sent += 1
            at = self._busy_since + self._sent * BITS_A_CHARACTER / self._rate
            self._let_through(piece.part(index, index + 1), now, at=at)


class Freeze(LineFault):
    """Stops the line by flow control: nothing is lost, and everything comes when it is over.

    A client that is not to send sees CTS go off meanwhile, where the port has circuits.
    """

    def _begin(self, now: float) -> None:
        self._show(False)

    def _affect(self, piece: SendData, now: float) -> None:
        self._let_through(piece, now, at=math.inf)

    def _end(self, now: float) -> None:
        self._show(True)
        self._let_all_through(now)

    def _show(self, on: bool) -> None:
        if self._place is ChannelPlace.CLIENT_TO_MODEM:
            self._outputs.append(SetCircuit(Circuit.CTS, on))
