r"""Masking of secrets in records, before they reach a reader.

Two kinds of octets are masked: the answer to a prompt for a secret, and a known secret wherever it occurs, however it
was split into records. The second requires delay: a record whose end could be the beginning of a secret is held back,
together with all records after it, until the next octets decide.

A known secret is also found in upper and lower case, URL-encoded, and where it was mistyped and corrected by backspace.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from simisp.facts.fact import Fact, values_of
from simisp.facts.line import Octets
from simisp.facts.sources import Source
from simisp.spans import MASK, masked
from simisp.transcript.record import Record

__all__ = ["SHORTEST_KNOWN_SECRET", "Redactor", "mask_arguments", "mask_text"]

SHORTEST_KNOWN_SECRET = 4
"""Shorter known secrets, in octets, are masked only as the answer to a prompt: "p" occurs in too many words."""

_MOST_HELD = 256
_LONGEST_SLIP = 8
"""How many wrong octets after the beginning of a secret may still be erased by backspaces."""

_SHORTEST_BEGINNING = 3  # octets of a secret after which a typing mistake is allowed for
_ERASES = b"\b\x7f"
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ASKS = re.compile(r"(?:(?:pa)?s?sword|asswort|passwd|passphrase|\bword)[:?=>]*[\"']?\s*\Z", re.IGNORECASE)
_GIVEN = re.compile(
    r"(?:sword|asswort|passwd|passphrase|\bword:)(?:[:?=>]+[\"']?\s*|[\"']?\s+)[\"']?([^\s\"';&|<>]+)", re.IGNORECASE
)


class _Held:
    """A record that is held back, and its octets as they will be shown."""

    __slots__ = ("record", "released", "shown")

    def __init__(self, record: Record) -> None:
        self.record = record
        self.released = False
        secrets = record.fact.secrets if isinstance(record.fact, Octets) else ()
        self.shown = bytearray(masked(record.data, secrets, but=b"\r\n") if secrets else record.data)

    def release(self) -> Record:
        self.released = True
        fact = self.record.fact
        if not isinstance(fact, Octets) or self.shown == fact.data:
            return self.record
        return replace(self.record, fact=replace(fact, data=bytes(self.shown)))


class Redactor:
    r"""Masks secrets in a stream of records, keeping their order.

    Args:
        secrets: The octets of each known secret. Those shorter than :data:`SHORTEST_KNOWN_SECRET` are not searched for.

    Example:
        >>> from simisp.transcript.record import octets_record
        >>> redactor = Redactor([b"wonderland"])
        >>> redactor.feed(octets_record(0.0, Source.CLIENT, b"wonder"))
        []
        >>> [record.data for record in redactor.feed(octets_record(0.1, Source.CLIENT, b"land\r"))]
        [b'******', b'****\r']
    """

    def __init__(self, secrets: Iterable[bytes] = ()) -> None:
        self._secrets = _searched(secrets)
        self._pattern = _pattern(self._secrets)
        self._queue: deque[_Held] = deque()
        self._open: dict[tuple[str, Source], list[tuple[_Held, int, int]]] = {}
        self._typed: dict[tuple[str, Source], list[tuple[_Held, int, int]]] = {}

    def feed(self, record: Record) -> list[Record]:
        """Take one record; return the records that can be shown now, oldest first."""
        held = _Held(self._without_secret_details(record))
        self._queue.append(held)
        if self._pattern is not None and record.data:
            self._search(held)
        if len(self._queue) > _MOST_HELD:
            return self.flush()
        return self._ready()

    def flush(self) -> list[Record]:
        """Return all records held back. A possible beginning of a secret is masked, as is the rest when it follows."""
        for pieces in self._open.values():
            for held, start, end in pieces:
                held.shown[start:end] = bytes([MASK]) * (end - start)
        return [self._queue.popleft().release() for _ in range(len(self._queue))]

    def _without_secret_details(self, record: Record) -> Record:
        """Mask every known secret in the record's text details. Octets are handled elsewhere."""
        if type(record.fact) is Octets:
            return record
        fact = self._without_secrets(record.fact)
        return record if fact is record.fact else replace(record, fact=fact)

    def _without_secrets(self, fact: Fact) -> Fact:
        changed: dict[str, Any] = {}
        for field, value in values_of(fact):
            shown = self._without_secrets_in(value)
            if shown != value:
                changed[field.name] = shown
        return replace(fact, **changed) if changed else fact  # type: ignore[type-var]

    def _without_secrets_in(self, value: object) -> object:
        if isinstance(value, tuple):
            return tuple(map(self._without_secrets_in, value))
        return _masked(value, self._pattern) if isinstance(value, str) else value

    def _search(self, held: _Held) -> None:
        """Mask the secrets that end in ``held``, and remember what may become one."""
        assert self._pattern is not None
        source = held.record.line, held.record.sender
        self._open.pop(source, None)
        pieces = [*self._typed.pop(source, []), (held, 0, len(held.record.data))]
        stream = b"".join(piece.record.data[start:end] for piece, start, end in pieces).lower()
        held_back, remembered = 0, 0
        for octets, places in _readings(stream):
            for match in self._pattern.finditer(octets.decode("latin-1")):
                _mask(pieces, places[match.start(1)][0], places[match.end(1) - 1][1])
            is_corrected = octets is not stream
            for slip in (0, _LONGEST_SLIP):
                length = self._longest_open_end(octets, slip)
                back = len(stream) - places[-length][0] if length else 0
                remembered = max(remembered, back)
                # Octets not erased yet are shown; they are only remembered, for the rest of the secret after a
                # correction.
                if not slip or is_corrected:
                    held_back = max(held_back, back)
        if held_back:
            self._open[source] = _last(pieces, held_back)
        if remembered:
            self._typed[source] = _last(pieces, remembered)

    def _longest_open_end(self, stream: bytes, slip: int) -> int:
        """Return how many of the last octets could be the beginning of a secret followed by ``slip`` wrong ones."""
        longest = 0
        for secret in self._secrets:
            for length in range(min(len(secret) - 1, len(stream)), longest, -1):
                if stream.endswith(secret[:length]):
                    longest = length
                    break
            for wrong in range(1, min(slip, len(stream)) + 1):
                if stream[-wrong] in b"\r\n":
                    break
                before = stream[:-wrong]
                for length in range(len(secret) - 1, _SHORTEST_BEGINNING - 1, -1):
                    if before.endswith(secret[:length]):
                        longest = max(longest, length + wrong)
                        break
        return longest

    def _ready(self) -> list[Record]:
        waiting = {id(held) for pieces in self._open.values() for held, _, _ in pieces if not held.released}
        ready = []
        while self._queue and id(self._queue[0]) not in waiting:
            ready.append(self._queue.popleft().release())
        return ready


def mask_text(text: str, secrets: Iterable[bytes]) -> str:
    """Mask every known secret in a text, such as a command line.

    Example:
        >>> mask_text("chat assword: wonderland", [b"wonderland"])
        'chat assword: **********'
    """
    return _masked(text, _pattern_of(tuple(secrets)))


def mask_arguments(arguments: Iterable[str], secrets: Iterable[bytes] = ()) -> list[str]:
    """Mask, in a program's arguments, every known secret and whatever looks like the answer to a password prompt.

    Example:
        >>> mask_arguments(["chat", "ogin:", "alice", "assword:", "wonderland"])
        ['chat', 'ogin:', 'alice', 'assword:', '**********']
    """
    pattern, asked, shown = _pattern_of(tuple(secrets)), False, []
    for argument in arguments:
        text = "*" * len(argument) if asked else _masked(argument, pattern)
        for match in _GIVEN.finditer(text):
            text = text[: match.start(1)] + "*" * len(match[1]) + text[match.end(1) :]
        asked = _ASKS.search(argument) is not None
        shown.append(text)
    return shown


@lru_cache(maxsize=16)
def _pattern_of(secrets: tuple[bytes, ...]) -> re.Pattern[str] | None:
    return _pattern(_searched(secrets))


def _masked(text: str, pattern: re.Pattern[str] | None) -> str:
    if pattern is None or pattern.search(text) is None:
        return text
    shown = list(text)
    for match in pattern.finditer(text):
        shown[match.start(1) : match.end(1)] = "*" * len(match[1])
    return "".join(shown)


def _searched(secrets: Iterable[bytes]) -> list[bytes]:
    """Return the texts to search for, in lower case, longest first."""
    known = {secret for secret in secrets if len(secret) >= SHORTEST_KNOWN_SECRET}
    forms = {form.lower() for secret in known for form in (secret, *_url_coded(secret))}
    return sorted(forms, key=lambda form: (-len(form), form))


def _url_coded(secret: bytes) -> tuple[bytes, bytes]:
    """Return a secret as it is encoded in a URL and in a form (RFC 3986, 2.1; HTML, form-urlencoded)."""
    coded = b"".join(bytes([octet]) if octet in _UNRESERVED else b"%%%02X" % octet for octet in secret)
    return coded, coded.replace(b"%20", b"+")


def _pattern(secrets: list[bytes]) -> re.Pattern[str] | None:
    # The look-ahead finds overlapping secrets; the longest comes first in the alternation. Our own texts are decoded
    # from UTF-8, streams of octets are not.
    words = [secret.decode("latin-1") for secret in secrets]
    words += [secret.decode("utf-8", "replace") for secret in secrets if not secret.isascii()]
    return re.compile(f"(?=({'|'.join(map(re.escape, words))}))", re.IGNORECASE) if secrets else None


def _readings(stream: bytes) -> Iterator[tuple[bytes, list[tuple[int, int]]]]:
    """Yield a stream as it is and, if it has backspaces, as it is meant; with the position of each octet."""
    yield stream, [(index, index + 1) for index in range(len(stream))]
    if any(octet in _ERASES for octet in stream):
        meant: list[int] = []
        for index, octet in enumerate(stream):
            if octet not in _ERASES:
                meant.append(index)
            elif meant:
                meant.pop()
        yield bytes(stream[index] for index in meant), [(index, index + 1) for index in meant]


def _mask(pieces: list[tuple[_Held, int, int]], first: int, end: int) -> None:
    """Mask the octets from ``first`` to ``end`` of the stream that the pieces make up."""
    offset = 0
    for held, start, stop in pieces:
        length = stop - start
        low, high = max(first - offset, 0), min(end - offset, length)
        if low < high:
            held.shown[start + low : start + high] = bytes([MASK]) * (high - low)
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
