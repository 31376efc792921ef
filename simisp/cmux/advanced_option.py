r"""The advanced option: a frame has flags around it that stand nowhere else, as in HDLC.

::

    flag 0x7E | address | control | octets | check sequence | flag 0x7E

An octet that means something to the line (the flag, the escape 0x7D, XON and XOFF) is sent as 0x7D and the octet with
its sixth bit inverted.

===========  =======================  =============================================================================
state        octet                    next state, and effect
===========  =======================  =============================================================================
outside      0x7E                     inside
outside      any other                outside; skipped
inside       0x7E, nothing before it  inside; flags are counted
inside       0x7E                     inside; the frame ends, and is taken if its check sequence fits
inside       0x7D                     after the escape
inside       any other                inside; kept, up to N1, and beyond that the frame is too long
escaped      0x7E                     inside; the frame is aborted
escaped      any other                inside; kept with its sixth bit inverted
===========  =======================  =============================================================================

See Also:
    3GPP TS 27.010, 5.2.2.1 and 5.2.7 (transparency); ISO/IEC 13239, 4.3.2.
"""

from __future__ import annotations

import re
from collections import deque

from simisp.cmux.frame import (
    MOST_FLAGS,
    FlagsRepeated,
    Found,
    FrameDiscarded,
    FrameKind,
    MuxFrame,
    check_sequence,
)

__all__ = ["ADVANCED_FLAG", "AdvancedReader", "encode_advanced"]

ADVANCED_FLAG = 0x7E
_ESCAPE = 0x7D
_INVERTED = 0x20
_ONE_FLAG = bytes((ADVANCED_FLAG,))
_ESCAPED = re.compile(b"[\x7e\x7d\x11\x13\x91\x93]")
_AFTER_ESCAPE = re.compile(rb"\x7d(.)", re.DOTALL)
_AROUND = 3
"""Address, control and check sequence."""


def encode_advanced(frame: MuxFrame) -> bytes:
    """Return a frame's octets.

    Example:
        >>> encode_advanced(MuxFrame(1, FrameKind.UIH, command=True, data=b"~")).hex(" ")
        '7e 07 ef 7d 5e 05 7e'
    """
    header = frame.header
    covered = header + frame.data if frame.kind is FrameKind.UI else header
    inside = header + frame.data + bytes((check_sequence(covered),))
    escaped = _ESCAPED.sub(lambda match: bytes((_ESCAPE, match[0][0] ^ _INVERTED)), inside)
    return _ONE_FLAG + escaped + _ONE_FLAG


class AdvancedReader:
    """Finds frames of the advanced option.

    Args:
        most: N1, how many octets a frame may carry.
    """

    def __init__(self, most: int) -> None:
        self._most = most + _AROUND
        self._kept = bytearray()
        """What is inside the present frame, as it came, with its escapes."""
        self._octets = 0
        """How many octets the present frame has, without escapes."""
        self._unread = b""
        self._position = 0
        self._found: deque[Found] = deque()
        self._inside = self._escaped = False
        self._skipped = 0
        self._flags = 0

    @property
    def held(self) -> int:
        """How many octets are kept because the frame that they may begin has not ended."""
        return len(self._kept)

    def feed(self, data: bytes) -> None:
        """Take octets."""
        self._unread = self._unread[self._position :] + data
        self._position = 0

    def find(self) -> Found | None:
        """Return what comes next in the octets; None if more are needed."""
        while not self._found and self._position < len(self._unread):
            end = self._unread.find(ADVANCED_FLAG, self._position)
            self._keep(self._unread[self._position : end if end >= 0 else len(self._unread)])
            if end >= 0:
                self._flag()
            self._position = end + 1 if end >= 0 else len(self._unread)
        return self._found.popleft() if self._found else None

    def rest(self) -> bytes:
        """Return the octets behind the last frame, and forget them: they are no longer the multiplexer's."""
        rest, self._unread = self._unread[self._position :], b""
        self._position = self._flags = 0
        self._inside = False
        return rest

    def _keep(self, octets: bytes) -> None:
        if not octets:
            return
        if not self._inside:
            self._skipped += len(octets)
            return
        self._flags = 0
        self._octets += len(octets) - octets.count(_ESCAPE)
        self._escaped = octets[-1] == _ESCAPE
        self._kept += octets[: 2 * self._most + 2 - len(self._kept)]

    def _flag(self) -> None:
        octets, kept = self._octets, bytes(self._kept)
        aborted, self._escaped = self._escaped, False
        self._inside, self._octets = True, 0
        self._kept.clear()
        if not kept:
            self._flags += 1
            if self._flags % MOST_FLAGS == 0:
                self._found.append(FlagsRepeated())
            return
        self._flags = 1
        if self._skipped:
            self._found.append(FrameDiscarded("between frames", self._skipped))
            self._skipped = 0
        self._found.append(FrameDiscarded("aborted", octets) if aborted else self._whole(kept, octets))

    def _whole(self, kept: bytes, octets: int) -> Found:
        if octets > self._most:
            return FrameDiscarded("it is longer than N1", octets)
        inside = _AFTER_ESCAPE.sub(lambda match: bytes((match[1][0] ^ _INVERTED,)), kept)
        if len(inside) < _AROUND:
            return FrameDiscarded("it is too short", octets)
        if not MuxFrame.starts_with(inside[0], inside[1]):
            return FrameDiscarded("no such frame", octets)
        frame = MuxFrame.of(inside[0], inside[1], inside[2:-1])
        covered = inside[:-1] if frame.kind is FrameKind.UI else inside[:2]
        return frame if check_sequence(covered) == inside[-1] else FrameDiscarded("false check sequence", octets)
