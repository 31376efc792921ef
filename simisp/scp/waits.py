"""The waits of a script that input can end: for strings, or for an address."""

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
        """The time that ends it; None for never."""

    def feed(self, data: bytes, now: float) -> int | None:
        """Take the next octets; if they end the wait, return how many belong to it, else None."""

    def finish(self) -> str:
        """Act on the end of the wait, by input or by time, and return how it ended, in words."""

    @property
    def tail(self) -> bytes:
        """The octets that the wait examined but leaves to the next one if time ends it."""

    @property
    def may_end_at_once(self) -> bool:
        """Whether it may end without any octet."""


class StringWait:
    """A ``waitfor`` in progress.

    Args:
        strings: The strings that it waits for.
        deadline: The time that ends it; None for never.
        on_end: Called with the index of the string that arrived, or None if the time ran out.
    """

    __slots__ = ("_matcher", "_on_end", "deadline", "may_end_at_once")

    def __init__(self, strings: StringSet, deadline: float | None, on_end: Callable[[int | None], str]) -> None:
        self.deadline = deadline
        self.may_end_at_once = not strings.few
        self._matcher = Matcher(strings)
        self._on_end = on_end

    def feed(self, data: bytes, now: float) -> int | None:
        """Search for the strings."""
        return self._matcher.feed(data)

    def finish(self) -> str:
        """Report which string arrived."""
        return self._on_end(self._matcher.found)

    @property
    def tail(self) -> bytes:
        """Octets that may be the beginning of a string."""
        return self._matcher.tail if self._matcher.found is None else b""


class AddressWait:
    """A ``getip`` in progress. It has a deadline only once digits have arrived that may be the whole address.

    Args:
        ordinal: The number of the address, from 1.
        on_end: Called with the address.
    """

    tail = b""
    may_end_at_once = False

    def __init__(self, ordinal: int, on_end: Callable[[str], None]) -> None:
        self.deadline: float | None = None
        self._finder = AddressFinder(ordinal)
        self._on_end = on_end

    def feed(self, data: bytes, now: float) -> int | None:
        """Search for the address."""
        taken = self._finder.feed(data)
        self.deadline = now + SETTLING_TIME if self._finder.may_settle else None
        return taken

    def finish(self) -> str:
        """Pass on the address."""
        if self._finder.found is None:
            self._finder.settle()
        address = self._finder.found or ""
        self._on_end(address)
        return f"took {address}"
