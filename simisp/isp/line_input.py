"""Assembles lines from octets, as a terminal server does."""

from __future__ import annotations

import re

__all__ = ["LONGEST_LINE", "LineInput"]

LONGEST_LINE = 255
"""The most octets that a typed line holds; octets after them are dropped, and not echoed."""
_LONGEST_WITH_END = LONGEST_LINE + 1

MOST_TYPED_AHEAD = 4096
"""The most octets that wait for the next question; later ones are lost, as in a terminal server's buffer."""

_CR, _LF, _BS, _DEL = 0x0D, 0x0A, 0x08, 0x7F
_PLAIN_LINE = re.compile(rb"([^\x00\x08\x7f\r\n]{0,%d}+)([\r\n])" % LONGEST_LINE)
"""A whole line in which there is nothing to edit or drop, as software sends it."""
_PLAIN_PIECE = re.compile(rb"[^\x00\x08\x7f\r\n]++")
"""A piece of a line with nothing to edit or drop in it either."""


class LineInput:
    r"""Assembles a line from typed octets: CR, LF or CRLF ends it, BS and DEL delete the last octet.

    Octets wait here until they are read: a terminal server accepts type-ahead.

    Args:
        after_line: Whether an LF at the beginning belongs to a CR before it.

    Example:
        >>> typed = LineInput()
        >>> typed.add(b"alicx\x08e\r\nwon")
        >>> typed.read_line()
        (b'alice', b'alicx\x08 \x08e')
        >>> typed.read_line()
        (None, b'won')
    """

    __slots__ = ("_after_cr", "_line", "ahead", "lost")

    def __init__(self, after_line: bool = False) -> None:
        self.ahead = bytearray()
        """The octets that wait to be read."""
        self._line = bytearray()
        self._after_cr = after_line
        self.lost = 0
        """How many octets were lost because the buffer was full."""

    def take_whole_line(self, data: bytes) -> tuple[str, bytes] | None:
        """Take octets that are a whole line, if nothing waits before them and nothing in them needs editing.

        Returns:
            The line and its echo; None if nothing was taken: then :meth:`add` and :meth:`read_line` do.
        """
        if self.ahead or self._line or not data or len(data) > _LONGEST_WITH_END:
            return None
        end = data[-1]
        if end != _CR and (end != _LF or (self._after_cr and len(data) == 1)):
            return None
        echo = data[:-1]
        line = echo.decode("latin-1")
        if not line.isprintable():
            return None
        self._after_cr = end == _CR
        return line, echo

    def add(self, data: bytes) -> None:
        """Take typed octets, as many as there is room for."""
        room = MOST_TYPED_AHEAD - len(self.ahead)
        self.ahead += data[:room]
        self.lost += max(0, len(data) - room)

    def forget(self) -> None:
        """Drop all unread octets."""
        self.ahead.clear()
        self._line.clear()

    def take_rest(self) -> bytes:
        """Return and drop all unread octets."""
        rest = bytes(self.ahead)
        self.ahead.clear()
        return rest

    def read_line(self) -> tuple[bytes | None, bytes]:
        """Return the next line, or None if it is not complete yet, and the echo of the octets read."""
        if not (self._line or (self._after_cr and self.ahead.startswith(b"\n"))):
            plain = _PLAIN_LINE.match(self.ahead)
            if plain is not None:
                line, end = plain.groups()
                self._after_cr = end == b"\r"
                del self.ahead[: plain.end()]
                return line, line
        if len(self._line) + len(self.ahead) <= LONGEST_LINE and _PLAIN_PIECE.fullmatch(self.ahead):
            piece = bytes(self.ahead)
            self._line += piece
            self.ahead.clear()
            self._after_cr = False
            return None, piece
        echo = bytearray()
        for index, octet in enumerate(self.ahead):
            after_cr, self._after_cr = self._after_cr, octet == _CR
            if octet == _LF and after_cr:
                continue
            if octet in (_CR, _LF):
                del self.ahead[: index + 1]
                line = bytes(self._line)
                self._line.clear()
                return line, bytes(echo)
            self._edit(octet, echo)
        self.ahead.clear()
        return None, bytes(echo)

    def _edit(self, octet: int, echo: bytearray) -> None:
        if octet in (_BS, _DEL):
            if self._line:
                del self._line[-1]
                echo += b"\b \b"
        elif len(self._line) < LONGEST_LINE and octet != 0:
            # NUL is padding, not text (getty drops it too).
            self._line.append(octet)
            echo.append(octet)
