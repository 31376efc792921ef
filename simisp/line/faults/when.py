"""When a fault comes: after octets, a text, a pattern, a time, or a mark of the dialogue.

A watch has three states::

    not yet  -- the call it is for begins -->  watching  -- what it waits for has passed -->  fired
                                                   ^----- begins anew, if it may come again ----'

Octets are counted in the fault's own direction, at its own place. A text or a pattern may come in either direction
there, and may be cut anywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from simisp.facts.fact import Fact
from simisp.facts.isp import MarkReached
from simisp.facts.line import CallAnswered

__all__ = ["When", "WhenWatch"]

_MOST_KEPT = 256
"""How many octets before the newest one a match of a pattern may begin in."""


@dataclass(frozen=True, slots=True)
class When:
    """When a fault comes, for how long and how often. Of ``octets`` to ``mark`` at most one is given.

    Attributes:
        octets: After this many octets, 0 or more.
        text: After this text, which isn't empty.
        pattern: After a match of this pattern, at its earliest end.
        time: This many seconds after the run began; with ``call``, after the call was answered.
        mark: After this mark of the dialogue.
        call: In this call alone, counted from 1; None for any time.
        lasts: For this many seconds; None for all time, or for as many octets as the kind of fault takes.
        times: How often it comes at most; None for without limit.
        probability: How likely it comes each time that it could, above 0 and up to 1.
    """

    octets: int | None = None
    text: bytes | None = None
    pattern: re.Pattern[bytes] | None = None
    time: float | None = None
    mark: str | None = None
    call: int | None = None
    lasts: float | None = None
    times: int | None = 1
    probability: float = 1.0

    @property
    def at_once(self) -> bool:
        """Whether nothing is waited for."""
        return self.octets in {None, 0} and (self.text, self.pattern, self.time, self.mark) == (None,) * 4


class _Finder:
    """Finds a text or a pattern in a stream, wherever it is cut."""

    def __init__(self, when: When) -> None:
        self._text, self._pattern = when.text, when.pattern
        self._tail = b""

    def find(self, data: bytes, start: int) -> int | None:
        """Take octets from ``start``; return the index behind the first match that ends in them, or None."""
        if self._text is not None:
            return self._find_text(self._text, data, start)
        return None if self._pattern is None else self._find_match(self._pattern, data, start)

    def _find_text(self, text: bytes, data: bytes, start: int) -> int | None:
        before = len(self._tail)
        stream = self._tail + data[start:]
        at = stream.find(text)
        if at < 0:
            self._tail = stream[-(len(text) - 1) :] if len(text) > 1 else b""
            return None
        return start + at + len(text) - before

    def _find_match(self, pattern: re.Pattern[bytes], data: bytes, start: int) -> int | None:
        # Octet by octet, for a match ends as early as it can, wherever the octets were cut.
        for index in range(start, len(data)):
            self._tail = (self._tail + data[index : index + 1])[-_MOST_KEPT:]
            found = pattern.search(self._tail)
            if found is not None and found[0]:
                return index + 1
        return None


class WhenWatch:
    """Watches for the moment at which a fault comes.

    Args:
        when: What it waits for.
    """

    def __init__(self, when: When) -> None:
        self._when = when
        self._is_watching = when.call is None
        self._left = when.octets or 0
        self._here, self._across = _Finder(when), _Finder(when)
        self._due = when.time if when.call is None else None

    @property
    def is_due_at_once(self) -> bool:
        """Whether the fault may begin before any octet."""
        return self._is_watching and self._when.at_once

    def begin_anew(self) -> None:
        """Watch again from here, after the fault is over."""
        self._left = self._when.octets or 0
        self._here, self._across = _Finder(self._when), _Finder(self._when)
        self._due = None

    def next_timer(self) -> float | None:
        """Return the time at which the fault comes; None if it does not come at a time."""
        return self._due

    def is_due(self, now: float) -> bool:
        """Return whether the time has come, and wait for it no more."""
        if self._due is None or now < self._due:
            return False
        self._due = None
        return True

    def notice(self, fact: Fact, *, now: float) -> bool:
        """Take a fact of the call; return whether the fault comes with it."""
        when = self._when
        match fact:
            case CallAnswered(call) if when.call is not None:
                self._is_watching = call == when.call
                if self._is_watching:
                    self._due = None if when.time is None else now + when.time
                return self._is_watching and when.at_once
            case MarkReached(name):
                return self._is_watching and name == when.mark
        return False

    def overhear(self, data: bytes) -> bool:
        """Take octets of the other direction; return whether the fault comes with them."""
        return self._is_watching and self._across.find(data, 0) is not None

    def find(self, data: bytes, start: int) -> int | None:
        """Take octets from ``start``; return the index before which the fault comes, or None if it does not come."""
        if not self._is_watching:
            return None
        if self._when.octets:
            return self._count(len(data) - start, start)
        return self._here.find(data, start)

    def _count(self, there: int, start: int) -> int | None:
        if self._left > there:
            self._left -= there
            return None
        return start + self._left
