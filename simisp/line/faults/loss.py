"""Faults that lose, double, change or move octets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from random import Random

from simisp.framing import Framing, Parity
from simisp.line.channel import ChannelPlace
from simisp.line.faults.fault import LineFault
from simisp.line.faults.when import When
from simisp.machine import SendData

__all__ = ["DropOctets", "Duplicate", "Garbage", "Garble", "Reorder", "SevenBits", "SilenceFault", "SwapCase"]


class SilenceFault(LineFault):
    """Loses all octets while it lasts."""

    def _affect(self, piece: SendData, now: float) -> None:
        pass


class _EachOctet(LineFault):
    """A fault that hits octets by chance, each by itself.

    Args:
        rate: The probability for each octet, above 0 and up to 1.
    """

    def __init__(
        self,
        name: str,
        when: When,
        random: Random,
        place: ChannelPlace,
        *,
        rate: float = 1.0,
        octets: int | None = None,
    ) -> None:
        super().__init__(name, when, random, place)
        self._rate, self._span = rate, octets

    def _is_hit(self) -> bool:
        return self._rate >= 1 or self._random.random() < self._rate


class DropOctets(_EachOctet):
    """Loses octets."""

    def _affect(self, piece: SendData, now: float) -> None:
        for index in range(len(piece.data)):
            if not self._is_hit():
                self._let_through(piece.part(index, index + 1), now)


class Duplicate(_EachOctet):
    """Doubles octets."""

    def _affect(self, piece: SendData, now: float) -> None:
        for index in range(len(piece.data)):
            octet = piece.part(index, index + 1)
            self._let_through(octet, now)
            if self._is_hit():
                self._let_through(octet, now)


class _Changed(_EachOctet, ABC):
    """Changes octets, one for one, so that secrets stay where they are."""

    def _affect(self, piece: SendData, now: float) -> None:
        data = bytes(self._changed(octet) if self._is_hit() else octet for octet in piece.data)
        self._let_through(SendData(data, piece.secrets, piece.relayed), now)

    @abstractmethod
    def _changed(self, octet: int) -> int:
        """Return what comes in an octet's place."""


class Garble(_Changed):
    """Inverts one bit of an octet."""

    def _changed(self, octet: int) -> int:
        return octet ^ (1 << self._random.randrange(8))


class Garbage(_Changed):
    """Turns octets into others, as a wrong speed does."""

    def _changed(self, octet: int) -> int:
        return self._random.randrange(256)


class SwapCase(_Changed):
    """Swaps capitals and small letters."""

    def _changed(self, octet: int) -> int:
        return ord(chr(octet).swapcase()) if octet < 0x80 else octet


class SevenBits(_Changed):
    """Sends seven bits with even parity where eight are read."""

    _FRAMING = Framing(databits=7, parity=Parity.EVEN)

    def _changed(self, octet: int) -> int:
        return self._FRAMING.encode(bytes([octet & 0x7F]))[0]


class Reorder(_EachOctet):
    """Swaps octets with the one after them. The last octet waits for another one for a tenth of a second at most."""

    _PATIENCE = 0.1

    def _affect(self, piece: SendData, now: float) -> None:
        for index in range(len(piece.data)):
            octet = piece.part(index, index + 1)
            if self._kept.data:
                self._let_through(octet, now)
                self._give_back(now)
            elif self._is_hit():
                self._kept, self._kept_until = octet, now + self._PATIENCE
            else:
                self._let_through(octet, now)
