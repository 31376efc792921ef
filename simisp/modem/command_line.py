"""Assembles a command line from octets: prefix, body, editing, echo, and repetition by ``A/``.

The octets go through a small automaton (ITU-T V.250, 5.2); the parity bit is ignored:

==========  ===============================  ==========================================================================
state       octet                            next state, and effect
==========  ===============================  ==========================================================================
outside     A, in either case                after A
outside     any other                        outside
after A     T, in either case                in the body
after A     /                                outside; the last body is run again
after A     A                                after A
after A     any other                        outside
in the body S3                               outside; the body is run
in the body S5                               in the body; the last character is deleted, and erased from the echo
in the body another control character        in the body; dropped
in the body any other                        in the body; appended, up to :data:`LONGEST_BODY`
==========  ===============================  ==========================================================================

Octets are echoed as received (5.2.3), except S5. For speed, regular expressions run the automaton
over whole pieces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["LONGEST_BODY", "CommandLine", "Taken"]

LONGEST_BODY = 2048
"""How many octets of a command line's body are kept. A longer body is discarded, and gives ERROR at its end."""

_PARITY = 0x80
_SEVEN_BITS = bytes(octet & ~_PARITY for octet in range(256))
_CONTROLS = bytes(octet for octet in range(256) if octet & ~_PARITY < 0x20)
_PREFIX = re.compile(rb"[Aa\xc1\xe1][Tt/\xd4\xf4\xaf]")
_SECOND = re.compile(rb"[Tt/\xd4\xf4\xaf]")
_A = b"Aa\xc1\xe1"
_SLASH = b"/\xaf"
_ERASURE = b"\b \b"
_USUAL_LENGTH = 128  # of a whole command line, in octets


@dataclass(frozen=True, slots=True)
class Taken:
    """The result of taking a piece of the input.

    Attributes:
        end: The index after the last octet used.
        echo: What to send back if echo is on: the octets as received, including parity.
        body: The body of the completed line, in seven-bit octets; None if no line is complete.
        overlong: Whether the line is complete but its body is longer than :data:`LONGEST_BODY`.
        is_whole: Whether the line was there from its beginning and needed no editing.
    """

    end: int
    echo: bytes
    body: bytes | None = None
    overlong: bool = False
    is_whole: bool = False


class CommandLine:
    r"""The command line that a DTE is typing.

    Octets outside a line are searched for a prefix: ``AT``, each letter in either case (V.250 requires both to have the
    same case; modems in the field do not), or ``A/``. In the body only S3, S5 and the limit have a meaning; control
    characters are dropped. The eighth bit is ignored throughout, so a DTE may use any parity. Memory is bounded by
    :data:`LONGEST_BODY`, and time is linear in the number of octets.

    Example:
        >>> line = CommandLine()
        >>> line.take(b"ate0\r", 0, s3=13, s5=8)
        Taken(end=5, echo=b'ate0\r', body=b'e0', overlong=False, is_whole=True)
        >>> line.take(b"A/", 0, s3=13, s5=8).body
        b'e0'

    See Also:
        ITU-T V.250, 5.2.1 (format), 5.2.2 (editing), 5.2.3 (echo), 5.2.4 (repetition), 5.1 (parity).
    """

    __slots__ = ("_after_a", "_body", "_in_body", "_overlong", "_repeatable")

    def __init__(self) -> None:
        self._after_a = False
        self._in_body = False
        self._body = bytearray()
        self._overlong = False
        self._repeatable = b""

    @property
    def is_begun(self) -> bool:
        """Whether something of a line is there."""
        return self._in_body or self._after_a

    @property
    def is_after_a(self) -> bool:
        """Whether an A has come, and the next octet decides whether it begins a line."""
        return self._after_a

    def repeat(self, body: bytes) -> None:
        """Take a whole line, none being begun, of which is known what :meth:`take` makes of it: this body."""
        self._repeatable = body

    def clear(self) -> None:
        """Discard an incomplete line. ``A/`` still repeats the last complete one."""
        self._after_a = self._in_body = self._overlong = False
        self._body.clear()

    def take(self, data: bytes, start: int, *, s3: int, s5: int) -> Taken:
        """Take octets from index ``start`` on, up to the end of the first complete line.

        Args:
            data: Octets from the DTE.
            start: The index to begin at.
            s3: The octet that ends a line, 0 to 127.
            s5: The octet that deletes a character, 0 to 127.
        """
        position = start
        if not self._in_body:
            if not (self._after_a or start or len(data) > _USUAL_LENGTH) and (taken := _whole_line(data, s3, s5)):
                self._repeatable = taken.body or b""
                return taken
            position, repeat = self._find_prefix(data, start)
            if repeat:
                return Taken(position, data[start:position], self._repeatable)
        if not self._in_body:
            return Taken(position, data[start:position])
        return self._take_body(data, start, position, s3, s5)

    def _find_prefix(self, data: bytes, start: int) -> tuple[int, bool]:
        """Return the index after the prefix, or the end of the data, and whether the prefix was ``A/``."""
        after_a, self._after_a = self._after_a, False
        match = (_SECOND.match(data, start) if after_a else None) or _PREFIX.search(data, start)
        if match is None:
            self._after_a = data[-1] in _A
            return len(data), False
        repeat = data[match.end() - 1] in _SLASH
        self._in_body = not repeat
        return match.end(), repeat

    def _take_body(self, data: bytes, start: int, position: int, s3: int, s5: int) -> Taken:
        """Collect the body from ``position`` on. The echo begins at ``start``."""
        echo = bytearray()
        special = _special(s3, s5)
        while match := special.search(data, position):
            at, end = match.span()
            if at > position:
                self._extend(data[position:at])
            if data[at] & ~_PARITY == s3:
                echo += data[start:end]
                return self._finish(end, bytes(echo))
            erased = min(end - at, len(self._body))
            del self._body[len(self._body) - erased :]
            echo += data[start:at] + _ERASURE * erased
            start = position = end
        self._extend(data[position:])
        echo += data[start:]
        return Taken(len(data), bytes(echo))

    def _extend(self, octets: bytes) -> None:
        """Append octets to the body, without control characters."""
        room = LONGEST_BODY - len(self._body)
        kept = octets.translate(_SEVEN_BITS, _CONTROLS)
        self._overlong |= len(kept) > room
        self._body += kept[:room]

    def _finish(self, end: int, echo: bytes) -> Taken:
        """Return the completed line, and prepare for the next one."""
        body, overlong = bytes(self._body), self._overlong
        self.clear()
        if not overlong:
            self._repeatable = body
        return Taken(end, echo, body, overlong)


@lru_cache(maxsize=64)
def _special(s3: int, s5: int) -> re.Pattern[bytes]:
    """Return a pattern for the terminator, or a run of deletions, with any parity. The terminator has precedence."""
    ends, deletes = _any_parity(s3), _any_parity(s5)
    return re.compile(b"[" + ends + b"]|[" + deletes + b"]+" if s3 != s5 else b"[" + ends + b"]")


@lru_cache(maxsize=32)
def _whole_line(data: bytes, s3: int, s5: int) -> Taken | None:
    """Return the result for a line that arrives in one piece and needs no editing, as software sends it; else None.

    Software sends the same few lines again and again, so results are cached.
    """
    line = _plain_line(s3, s5).match(data)
    return Taken(line.end(), line[0], line[1].translate(_SEVEN_BITS), is_whole=True) if line else None


@lru_cache(maxsize=64)
def _plain_line(s3: int, s5: int) -> re.Pattern[bytes]:
    """Return a pattern for a line whose body has nothing to drop or edit."""
    body = b"[^" + b"".join(map(_any_parity, {s3, s5, *range(0x20)})) + b"]*+"
    return re.compile(rb"[^Aa\xc1\xe1]*+[Aa\xc1\xe1][Tt\xd4\xf4](" + body + b")[" + _any_parity(s3) + b"]")


def _any_parity(octet: int) -> bytes:
    """Return an octet with and without the eighth bit, for a character class of a pattern."""
    return re.escape(bytes([octet])) + re.escape(bytes([octet | _PARITY]))
