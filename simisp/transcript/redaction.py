r"""Secrets taken out of records before anybody sees them.

Two things are masked: octets that were asked for as a secret (the answer at a password prompt), and the octets of a
known secret wherever they pass, however they were cut into records. The second needs patience: a record whose end could
be the beginning of a secret is held back, with all that follow it, until the next octets decide.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from simisp.transcript.record import OCTETS, Record, Source

__all__ = ["SHORTEST_KNOWN_SECRET", "Redactor", "mask_text"]

SHORTEST_KNOWN_SECRET = 4
"""Known secrets shorter than this, in octets, are masked only where they are asked for: "p" stands in many a word."""

_MOST_HELD = 256
_MASK = 0x2A  # an asterisk


class _Held:
    """A record that waits, and its octets as they will be shown."""

    __slots__ = ("record", "released", "shown")

    def __init__(self, record: Record) -> None:
        self.record = record
        self.released = False
        self.shown = bytearray(record.data)
        if record.secret:
            for index, octet in enumerate(self.shown):
                if octet not in b"\r\n":
                    self.shown[index] = _MASK

    def release(self) -> Record:
        self.released = True
        return self.record if self.shown == self.record.data else replace(self.record, data=bytes(self.shown))


class Redactor:
    r"""Masks secrets in a stream of records; keeps their order.

    Args:
        secrets: The octets of each known secret. Those shorter than :data:`SHORTEST_KNOWN_SECRET` are not searched for.

    Example:
        >>> redactor = Redactor([b"wonderland"])
        >>> redactor.feed(Record(0.0, Source.DTE, "octets", b"wonder"))
        []
        >>> [record.data for record in redactor.feed(Record(0.1, Source.DTE, "octets", b"land\r"))]
        [b'******', b'****\r']
    """

    def __init__(self, secrets: Iterable[bytes] = ()) -> None:
        self._secrets = _searched(secrets)
        self._pattern = _pattern(self._secrets)
        self._queue: deque[_Held] = deque()
        self._open: dict[Source, list[tuple[_Held, int, int]]] = {}

    def feed(self, record: Record) -> list[Record]:
        """Take one record; return those that can be shown now, oldest first."""
        held = _Held(self._without_secret_details(record))
        self._queue.append(held)
        if self._pattern is not None and record.what == OCTETS:
            self._search(held)
        if len(self._queue) > _MOST_HELD:
            return self.flush()
        return self._ready()

    def flush(self) -> list[Record]:
        """Return all that is held back; what could have become a secret is masked, and so is its rest when it comes."""
        for pieces in self._open.values():
            for held, start, end in pieces:
                held.shown[start:end] = bytes([_MASK]) * (end - start)
        return [self._queue.popleft().release() for _ in range(len(self._queue))]

    def _without_secret_details(self, record: Record) -> Record:
        """Return the record with every known secret in its plain texts masked."""
        masked = {
            name: _masked(value, self._pattern) if isinstance(value, str) else value
            for name, value in record.details.items()
        }
        return record if masked == record.details else replace(record, details=masked)

    def _search(self, held: _Held) -> None:
        """Mask the secrets that end in ``held``, and remember what may become one."""
        assert self._pattern is not None
        source = held.record.source
        pieces = [*self._open.pop(source, []), (held, 0, len(held.record.data))]
        stream = b"".join(piece.record.data[start:end] for piece, start, end in pieces)
        for match in self._pattern.finditer(stream.decode("latin-1")):
            _mask(pieces, match.start(1), match.end(1))
        open_length = self._longest_open_end(stream)
        if open_length:
            self._open[source] = _last(pieces, open_length)

    def _longest_open_end(self, stream: bytes) -> int:
        """Return how many of the last octets could be the beginning of a secret."""
        longest = 0
        for secret in self._secrets:
            for length in range(min(len(secret) - 1, len(stream)), longest, -1):
                if stream.endswith(secret[:length]):
                    longest = length
                    break
        return longest

    def _ready(self) -> list[Record]:
        waiting = {id(held) for pieces in self._open.values() for held, _, _ in pieces if not held.released}
        ready = []
        while self._queue and id(self._queue[0]) not in waiting:
            ready.append(self._queue.popleft().release())
        return ready


def mask_text(text: str, secrets: Iterable[bytes]) -> str:
    """Return a text, such as a command line, with every known secret in it masked.

    Example:
        >>> mask_text("chat assword: wonderland", [b"wonderland"])
        'chat assword: **********'
    """
    return _masked(text, _pattern(_searched(secrets)))


def _masked(text: str, pattern: re.Pattern[str] | None) -> str:
    shown = list(text)
    for match in pattern.finditer(text) if pattern is not None else ():
        shown[match.start(1) : match.end(1)] = "*" * len(match[1])
    return "".join(shown)


def _searched(secrets: Iterable[bytes]) -> list[bytes]:
    return sorted({secret for secret in secrets if len(secret) >= SHORTEST_KNOWN_SECRET}, key=len, reverse=True)


def _pattern(secrets: list[bytes]) -> re.Pattern[str] | None:
    # A look-ahead finds secrets that overlap; the longest comes first in the alternation.
    words = "|".join(re.escape(secret.decode("latin-1")) for secret in secrets)
    return re.compile(f"(?=({words}))") if secrets else None


def _mask(pieces: list[tuple[_Held, int, int]], first: int, end: int) -> None:
    """Mask the octets ``first`` to ``end`` of the stream that the pieces make up."""
    offset = 0
    for held, start, stop in pieces:
        length = stop - start
        low, high = max(first - offset, 0), min(end - offset, length)
        if low < high:
            held.shown[start + low : start + high] = bytes([_MASK]) * (high - low)
        offset += length


def _last(pieces: list[tuple[_Held, int, int]], length: int) -> list[tuple[_Held, int, int]]:
    """Return the pieces that make up the last ``length`` octets."""
    kept: list[tuple[_Held, int, int]] = []
    for held, start, stop in reversed(pieces):
        taken = min(length, stop - start)
        if taken:
            kept.insert(0, (held, stop - taken, stop))
            length -= taken
    return kept
