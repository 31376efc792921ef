"""The escape sequence: three octets amid silence lead from the online data to the online command state.

The sequence is guard time, three escape octets (S2), guard time. With a guard time (S12) above 0:

============  ==========================================================  ===============================
state         input                                                       next state
============  ==========================================================  ===============================
0 seen        only escape octets, n of them, after a silence of at least  n seen
              the guard time, n at most 3
0 seen        any other octets                                            0 seen
1 or 2 seen   only escape octets, in all n at most 3, within the guard    n seen
              time of the octets before
1 or 2 seen   any other octets, or more than 3 in all                     0 seen
1 or 2 seen   silence of at least the guard time                          0 seen
3 seen        any octets within the guard time                            0 seen
3 seen        the guard time passes in silence (:attr:`deadline`)         0 seen, the escape is complete
============  ==========================================================  ===============================

Octets that arrive together have no silence between them. With a guard time of 0 the third escape octet in a row
completes the escape at once, wherever it occurs.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["NO_ESCAPE", "EscapeDetector"]

NO_ESCAPE = 255
"""A value of S2 that disables the escape sequence."""

_NEVER = float("-inf")
_PARITY = 0x80
_LENGTH = 3
_LARGEST_CHARACTER = 127


class EscapeDetector:
    """Watches the octets that a DTE sends for the escape sequence.

    The sequence is three escape octets (S2) with at least the guard time (S12) of silence before the first and after
    the last, and less than the guard time between them. Exactly the guard time counts as silence. A guard time of 0
    needs no silence: the third octet completes the escape. The parity bit is ignored. The octets are data like any
    other, and are sent to the far end too.

    Example:
        >>> detector = EscapeDetector()
        >>> detector.note_octets(now=1.0)
        >>> detector.take(b"+++", 0, character=43, guard=1.0, now=2.0)
        3
        >>> detector.deadline
        3.0

    See Also:
        The Hayes escape sequence (US patent 4,549,302, long expired); ITU-T V.250 leaves it to the maker.
    """

    __slots__ = ("_last_octet", "_seen", "deadline")

    def __init__(self) -> None:
        self._last_octet = _NEVER
        self._seen = 0
        self.deadline: float | None = None
        """When the escape is complete, provided the DTE stays silent until then."""

    def note_octets(self, *, now: float) -> None:
        """Note octets that are not data, such as commands: the silence begins anew."""
        self._last_octet = now
        self._seen = 0
        self.deadline = None

    def forget(self) -> None:
        """Discard an incomplete sequence. The silence continues."""
        self._seen = 0
        self.deadline = None

    def take(self, data: bytes, start: int, *, character: int, guard: float, now: float) -> int:
        """Watch octets of the online data state.

        Args:
            data: What the DTE sent.
            start: The index to begin at.
            character: S2.
            guard: The guard time in seconds.
            now: When the octets came, before any :attr:`deadline`.

        Returns:
            The index after the last octet that is data. Only without a guard time can it be less than ``len(data)``, or
            :attr:`deadline` be ``now``: then the escape is complete at that index.
        """
        if character > _LARGEST_CHARACTER:
            self.note_octets(now=now)
            return len(data)
        if guard == 0.0:
            return self._take_unguarded(data, start, character, now)
        silent = now >= self._last_octet + guard
        seen = 0 if silent and self._seen < _LENGTH else self._seen
        self._last_octet = now
        self._seen = 0
        self.deadline = None
        count = len(data) - start
        may_be_one = 0 < count <= _LENGTH - seen and (silent or seen) and data[start] & ~_PARITY == character
        if may_be_one and _all_of(character).fullmatch(data, start):
            self._seen = seen + count
            self.deadline = now + guard if self._seen == _LENGTH else None
        return len(data)

    def _take_unguarded(self, data: bytes, start: int, character: int, now: float) -> int:
        """Find three escape octets in a row, wherever they occur."""
        seen = self._seen
        self.note_octets(now=now)
        missing = _LENGTH - seen
        pattern = _all_of(character)
        if len(data) - start >= missing and pattern.fullmatch(data, start, start + missing):
            self.deadline = now
            return start + missing
        if match := _three_of(character).search(data, start):
            self.deadline = now
            return match.end()
        run = 0
        while run < len(data) - start and data[-1 - run] & ~_PARITY == character:
            run += 1
        self._seen = run + seen if run == len(data) - start else run
        return len(data)


@lru_cache(maxsize=128)
def _all_of(character: int) -> re.Pattern[bytes]:
    """Return a pattern for a run of this octet, with any parity."""
    return re.compile(_class(character) + b"+", re.DOTALL)


@lru_cache(maxsize=128)
def _three_of(character: int) -> re.Pattern[bytes]:
    """Return a pattern for three of this octet in a row, with any parity."""
    return re.compile(_class(character) + b"{3}", re.DOTALL)


def _class(character: int) -> bytes:
    return b"[" + re.escape(bytes([character])) + re.escape(bytes([character | _PARITY])) + b"]"
