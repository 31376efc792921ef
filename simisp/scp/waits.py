"""What a script waits for while it takes input: strings, or an address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from simisp.scp.address import SETTLING_TIME, AddressFinder
from simisp.scp.matcher import Matcher, StringSet

__all__ = ["AddressWait", "InputWait", "StringWait"]


class InputWait(Protocol):
    """A wait that input can end."""

    @property
    def deadline(self) -> float | None:
        """When time ends it; None is never."""

    def feed(self, data: bytes, now: float) -> int | None:
        """Look at the next octets; return how many belong to the wait when they end it, else None."""

    def finish(self) -> str:
        """Carry out what follows when the wait is over, by input or by time, and return how it ended, in words."""

    @property
    def tail(self) -> bytes:
        """What the wait has looked at and leaves to the next one when time has ended it."""


class StringWait:
    """A ``waitfor`` at work.

    Args:
        strings: What it waits for.
        deadline: When its time is over; None is never.
        on_end: Called with the index of the string that came, or None when the time is over.
    """

    def __init__(self, strings: StringSet, deadline: float | None, on_end: Callable[[int | None], str]) -> None:
        self.deadline = deadline
        self._matcher = Matcher(strings)
        self._on_end = on_end

    def feed(self, data: bytes, now: float) -> int | None:
        """Look for the strings."""
        return self._matcher.feed(data)

    def finish(self) -> str:
        """Tell what came."""
        return self._on_end(self._matcher.found)

    @property
    def tail(self) -> bytes:
        """What may be the beginning of a string."""
        return self._matcher.tail if self._matcher.found is None else b""


class AddressWait:
    """A ``getip`` at work. Its deadline is set only when digits have come that would be the address.

    Args:
        ordinal: Which address it waits for, from 1.
        on_end: Called with the address.
    """

    tail = b""

    def __init__(self, ordinal: int, on_end: Callable[[str], None]) -> None:
        self.deadline: float | None = None
        self._finder = AddressFinder(ordinal)
        self._on_end = on_end

    def feed(self, data: bytes, now: float) -> int | None:
        """Look for the address."""
        taken = self._finder.feed(data)
        self.deadline = now + SETTLING_TIME if self._finder.may_settle else None
        return taken

    def finish(self) -> str:
        """Hand over the address."""
        if self._finder.found is None:
            self._finder.settle()
        address = self._finder.found or ""
        self._on_end(address)
        return f"took {address}"
