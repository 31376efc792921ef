"""Parses the replies of an SMTP server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["LONGEST_LINE", "MOST_LINES", "Reply", "ReplyReader"]

LONGEST_LINE = 1024
"""How many octets of a line are kept. RFC 5321 allows a reply line 512."""
MOST_LINES = 128
"""How many lines of one reply are kept."""

_LINE = re.compile(r"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply, of one line or several.

    Attributes:
        code: Its three digits; 0 for a line that is not a reply.
        lines: The texts of its lines.
    """

    code: int
    lines: tuple[str, ...]

    @property
    def is_positive(self) -> bool:
        """Whether the command was carried out (2yz), or should continue (3yz)."""
        return 200 <= self.code < 400

    @property
    def is_permanent(self) -> bool:
        """Whether the same command would fail again (5yz)."""
        return self.code >= 500

    def __str__(self) -> str:
        return f"{self.code} {' '.join(self.lines)}".strip() if self.code else f"no reply: {' '.join(self.lines)!r}"


class ReplyReader:
    r"""Splits what a server sends into replies, in bounded memory.

    Example:
        >>> [str(reply) for reply in ReplyReader().read(b"250-isp\r\n250 SIZE\r\n354 go")]
        ['250 isp SIZE']

    See Also:
        RFC 5321, 4.2 (replies), 4.2.1 (continued replies).
    """

    def __init__(self) -> None:
        self._line = bytearray()
        self._lines: list[str] = []

    def read(self, data: bytes) -> Iterator[Reply]:
        """Yield the replies that ``data`` completes."""
        for piece in data.splitlines(keepends=True):
            self._line += piece[: LONGEST_LINE - len(self._line)]
            if not piece.endswith(b"\n"):
                continue
            line, self._line = self._line.decode("latin-1").rstrip("\r\n"), bytearray()
            reply = self._take(line)
            if reply is not None:
                yield reply

    def _take(self, line: str) -> Reply | None:
        match = _LINE.fullmatch(line)
        if match is None:
            self._lines.clear()
            return Reply(0, (line,))
        if len(self._lines) < MOST_LINES:
            self._lines.append(match[3] or "")
        if match[2] == "-":
            return None
        lines, self._lines = tuple(self._lines), []
        return Reply(int(match[1]), lines)
