"""Faults that put in, replace or turn back text: noise, insert, line ends, replace."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random

from simisp.line.channel import ChannelPlace
from simisp.line.faults.fault import LineFault
from simisp.line.faults.when import When
from simisp.machine import SendData
from simisp.spans import whole

__all__ = ["Insert", "LineEnds", "Noise", "Replace"]


class Noise(LineFault):
    """Puts in random octets when it comes.

    Args:
        octets: How many.
    """

    def __init__(self, name: str, when: When, random: Random, place: ChannelPlace, *, octets: int = 16) -> None:
        super().__init__(name, when, random, place)
        self._count = octets

    def _begin(self, now: float) -> None:
        self._let_through(SendData(self._random.randbytes(self._count), relayed=True), now)
        self._stop(now)


class Insert(LineFault):
    """Puts in a text when it comes: an unsolicited result, a prompt once more, a frame of PPP.

    Args:
        insert: The text.
    """

    def __init__(self, name: str, when: When, random: Random, place: ChannelPlace, *, insert: bytes) -> None:
        super().__init__(name, when, random, place)
        self._text = insert

    def _begin(self, now: float) -> None:
        self._let_through(SendData(self._text, relayed=True), now)
        self._stop(now)


class _Rewritten(LineFault):
    """Replaces texts in the stream, however it is cut. What could be the beginning of one waits a moment for more.

    Args:
        texts: Each text with what comes in its place; where several match, the longest does.
    """

    _PATIENCE = 0.05

    def __init__(
        self, name: str, when: When, random: Random, place: ChannelPlace, *, texts: Mapping[bytes, bytes]
    ) -> None:
        super().__init__(name, when, random, place)
        self._texts = dict(texts)
        by_length = sorted(self._texts, key=len, reverse=True)
        self._pattern = re.compile(b"|".join(map(re.escape, by_length)))

    def _affect(self, piece: SendData, now: float) -> None:
        kept, self._kept = self._kept, SendData(b"")
        secrets = (*kept.secrets, *((a + len(kept.data), b + len(kept.data)) for a, b in piece.secrets))
        stream = SendData(kept.data + piece.data, secrets, piece.relayed)
        position = 0
        while True:
            found = self._pattern.search(stream.data, position)
            if found is None or self._may_grow(stream.data, found.start()):
                break
            if found.start() > position:
                self._let_through(stream.part(position, found.start()), now)
            self._put_instead(stream.part(found.start(), found.end()), now)
            position = found.end()
        wait_from = self._beginning(stream.data, position)
        if wait_from > position:
            self._let_through(stream.part(position, wait_from), now)
        if wait_from < len(stream.data):
            if not kept.data or wait_from > 0:
                self._kept_until = now + self._PATIENCE
            self._kept = stream.part(wait_from, len(stream.data))

    def _put_instead(self, text: SendData, now: float) -> None:
        """Let through what comes in place of a text; it is a secret where the text was one."""
        instead = self._texts[text.data]
        if instead:
            self._let_through(SendData(instead, whole(instead) if text.secrets else (), text.relayed), now)

    def _may_grow(self, data: bytes, start: int) -> bool:
        """Return whether what is there could still become a longer text than the one found."""
        rest = data[start:]
        return any(len(text) > len(rest) and text.startswith(rest) for text in self._texts)

    def _beginning(self, data: bytes, start: int) -> int:
        """Return the first index from which the rest could be the beginning of a text."""
        for index in range(start, len(data)):
            rest = data[index:]
            if any(len(text) > len(rest) and text.startswith(rest) for text in self._texts):
                return index
        return len(data)

    def _give_back(self, now: float) -> None:
        kept, self._kept = self._kept, SendData(b"")
        found = self._pattern.match(kept.data) if kept.data else None
        end = 0
        if found is not None:
            end = found.end()
            self._put_instead(kept.part(0, end), now)
        if end < len(kept.data):
            self._let_through(kept.part(end, len(kept.data)), now)


class Replace(_Rewritten):
    """Replaces one text by another: ``CONNECT 33600`` by ``BUSY``.

    Args:
        replace: The text.
        by: What comes in its place; empty for nothing.
    """

    def __init__(
        self, name: str, when: When, random: Random, place: ChannelPlace, *, replace: bytes, by: bytes
    ) -> None:
        super().__init__(name, when, random, place, texts={replace: by})


_ENDS = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "lfcr": b"\n\r", "crcrlf": b"\r\r\n"}


class LineEnds(_Rewritten):
    """Ends lines in another way.

    Args:
        ends: ``cr``, ``lf``, ``crlf``, ``lfcr`` or ``crcrlf``.
    """

    def __init__(self, name: str, when: When, random: Random, place: ChannelPlace, *, ends: str) -> None:
        end = _ENDS[ends]
        super().__init__(name, when, random, place, texts={b"\r\n": end, b"\r": end, b"\n": end})
