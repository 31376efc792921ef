"""Finding the n-th IP address in a stream of octets, however the stream is cut."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address

__all__ = ["SETTLING_TIME", "AddressFinder", "getip_in", "is_address"]

SETTLING_TIME = 1.0
"""Seconds without a further octet after which the last digits that came are taken for the whole address."""

_GETIP = re.compile(r"\s*getip(?:\s+([0-9]{1,9}))?\s*", re.IGNORECASE)
_DIGITS = frozenset(b"0123456789.")
_LONGEST = 64  # an address has 15 octets at most, but dots may follow it


def is_address(text: str) -> bool:
    """Whether ``text`` is an IPv4 address: four numbers from 0 to 255 between dots.

    Example:
        >>> is_address("10.0.0.5"), is_address("11.543.23.13")
        (True, False)
    """
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def getip_in(text: str) -> int | None:
    """Return which address a string asks for that reads like a ``getip``, or None when it reads otherwise.

    Example:
        >>> getip_in("getip 2"), getip_in("getip"), getip_in("10.0.0.5")
        (2, 1, None)
    """
    match = _GETIP.fullmatch(text)
    return int(match[1] or 1) if match else None


class AddressFinder:
    """Finds the n-th address in what the remote sends.

    An address ends where something follows that is neither digit nor dot, so a number that grows from 10.0.0.1 to
    10.0.0.12 is found once, and whole. A dot that ends a sentence is no part of it.

    Args:
        ordinal: Which address to find, from 1.

    Attributes:
        found: The address, or None while it was not found.

    Example:
        >>> finder = AddressFinder(2)
        >>> finder.feed(b"You are 10.0.0.5, I am 10.0."), finder.feed(b"0.1." + bytes([13]))
        (None, 4)
        >>> finder.found
        '10.0.0.1'
    """

    def __init__(self, ordinal: int = 1) -> None:
        self.found: str | None = None
        self._missing = ordinal
        self._digits = bytearray()

    def feed(self, data: bytes) -> int | None:
        """Look at the next octets of the stream.

        Returns:
            How many octets of ``data`` the address and what came before it take; None when it was not found.
        """
        for index, octet in enumerate(data):
            if octet in _DIGITS:
                if len(self._digits) <= _LONGEST:
                    self._digits.append(octet)
            elif self._digits:
                self._take(self._address())
                self._digits.clear()
                if self.found is not None:
                    return index
        return None

    @property
    def may_settle(self) -> bool:
        """Whether the digits that came last would be the address, if nothing followed."""
        return self._missing == 1 and self._address() is not None

    def settle(self) -> None:
        """Take the digits that came last for a whole address."""
        self._take(self._address())
        self._digits.clear()

    def _address(self) -> str | None:
        text = self._digits.decode("ascii").strip(".")
        return text if is_address(text) else None

    def _take(self, address: str | None) -> None:
        if address is not None:
            self._missing -= 1
            if self._missing == 0:
                self.found = address
