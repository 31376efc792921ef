"""Finds the n-th IP address in a stream of octets, however the stream is split."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address

__all__ = ["SETTLING_TIME", "AddressFinder", "getip_in", "is_address"]

SETTLING_TIME = 1.0
"""Seconds without a further octet after which the last digits count as a complete address."""

_GETIP = re.compile(r"\s*getip(?:\s+([0-9]{1,9}))?\s*", re.IGNORECASE)
_DIGITS = frozenset(b"0123456789.")
_LONGEST = 64  # an address has at most 15 octets, but dots may follow it


def is_address(text: str) -> bool:
    """Return whether ``text`` is an IPv4 address: four numbers from 0 to 255, separated by dots.

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
    """Return the number of the address that a string such as "getip 2" asks for, or None for any other string.

    Example:
        >>> getip_in("getip 2"), getip_in("getip"), getip_in("10.0.0.5")
        (2, 1, None)
    """
    match = _GETIP.fullmatch(text)
    return int(match[1] or 1) if match else None


class AddressFinder:
    """Finds the n-th address in what the remote sends.

    An address ends at the first octet that is neither digit nor dot, so 10.0.0.12 is not taken for 10.0.0.1. A dot that
    ends a sentence is not part of it.

    Args:
        ordinal: Which address to find, from 1.

    Attributes:
        found: The address, or None if not found yet.

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
        """Search the next octets of the stream.

        Returns:
            How many octets of ``data`` there are up to the end of the address; None if it was not found.
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
        """Whether the last digits would be the address if nothing followed."""
        return self._missing == 1 and self._address() is not None

    def settle(self) -> None:
        """Accept the last digits as a complete address."""
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
