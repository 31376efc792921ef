"""The escape sequence: three octets amid silence that lead from the online data state to the online command state."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["NO_ESCAPE", "EscapeDetector"]

NO_ESCAPE = 255
"""A value of S2 that no sequence has."""

_PARITY = 0x80
_LENGTH = 3
_LARGEST_CHARACTER = 127


class EscapeDetector:
    """A watch over the octets that a DTE sends, for the escape sequence.

    The sequence is three escape octets (S2) with the guard time (S12) of silence before the first and after the last,
    and less than the guard time from one to the next. At the very guard time the silence is long enough. A guard time
    of 0 needs no silence: the third octet is the escape. The parity bit is ignored. The octets are data like any
    other and go to the far end, too.

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

    def __init__(self) -> None:
        self._last_octet = float("-inf")
        self._seen = 0
        self.deadline: float | None = None
        """When the escape is complete, if the DTE stays silent until then."""

    def note_octets(self, *, now: float) -> None:
        """Take note of octets that are no data, such as commands: the silence begins again."""
        self._last_octet = now
        self._seen = 0
        self.deadline = None

    def forget(self) -> None:
        """Forget a sequence that was begun. The silence goes on."""
        self._seen = 0
        self.deadline = None

    def take(self, data: bytes, start: int, *, character: int, guard: float, now: float) -> int:
        """Watch octets of the online data state.

        Args:
            data: What the DTE sent.
            start: Where to begin.
            character: S2.
            guard: The guard time in seconds.
            now: When it came, before any :attr:`deadline`.

        Returns:
            The index behind the last octet that is data. Only without a guard time is it short of the end of
            ``data``, or :attr:`deadline` ``now``: then the escape is complete there.
        """
        if character > _LARGEST_CHARACTER:
            self.note_octets(now=now)
            return len(data)
        if guard == 0.0:
            return self._take_unguarded(data, start, character, now)
        silent = now >= self._last_octet + guard
        seen = 0 if silent and self._seen < _LENGTH else self._seen
        count = len(data) - start
        escapes = _all_of(character).fullmatch(data, start) is not None if count <= _LENGTH else False
        begun = silent or seen > 0
        self.note_octets(now=now)
        self._seen = seen + count if begun and escapes and seen + count <= _LENGTH else 0
        if self._seen == _LENGTH:
            self.deadline = now + guard
        return len(data)

    def _take_unguarded(self, data: bytes, start: int, character: int, now: float) -> int:
        """Find three escape octets in a row, wherever they stand."""
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
    """Return a pattern of nothing but this octet, with any parity."""
    return re.compile(_class(character) + b"+", re.DOTALL)


@lru_cache(maxsize=128)
def _three_of(character: int) -> re.Pattern[bytes]:
    """Return a pattern of three of this octet in a row, with any parity."""
    return re.compile(_class(character) + b"{3}", re.DOTALL)


def _class(character: int) -> bytes:
    return b"[" + re.escape(bytes([character])) + re.escape(bytes([character | _PARITY])) + b"]"
