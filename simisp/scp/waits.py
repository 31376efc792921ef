"""The waits of a script that input can end: for strings (:class:`~simisp.scp.matcher.Matcher`), or for an address."""

from __future__ import annotations

from typing import Protocol

from simisp.scp.address import SETTLING_TIME, AddressFinder
from simisp.scp.matcher import SEEN

__all__ = ["AddressWait", "InputWait"]


class InputWait(Protocol):
    """A wait that input can end."""

    @property
    def patience(self) -> float | None:
        """Seconds after the last octets that end it too; None for any number of them."""

    @property
    def found(self) -> int | None:
        """The index of the string that ended it; None if time did, or if it is for no string."""

    @property
    def seen(self) -> bytes:
        """The last octets that it has examined."""

    @property
    def tail(self) -> bytes:
        """The octets that it leaves to the next one if time ends it."""

    @property
    def may_end_at_once(self) -> bool:
        """Whether it may end without any octet."""

    def feed(self, data: bytes) -> int | None:
        """Take the next octets; if they end the wait, return how many belong to it, else None."""


class AddressWait:
    """A ``getip`` in progress. Time ends it only once digits have arrived that may be the whole address.

    Args:
        ordinal: The number of the address, from 1.
    """

    found = None
    tail = b""
    may_end_at_once = False

    def __init__(self, ordinal: int) -> None:
        self.patience: float | None = None
        self.seen = b""
        self._finder = AddressFinder(ordinal)

    def feed(self, data: bytes) -> int | None:
        """Search for the address."""
        taken = self._finder.feed(data)
        self.seen = (self.seen + data[:taken])[-SEEN:]
        self.patience = SETTLING_TIME if self._finder.may_settle else None
        return taken

    def address(self) -> str:
        """Return the address that has come; the last digits are taken for a whole one."""
        if self._finder.found is None:
            self._finder.settle()
        return self._finder.found or ""
