r"""The basic option: a frame has flags around it and says its length.

::

    flag 0xF9 | address | control | length (one octet, or two) | octets | check sequence | flag 0xF9

The flag may also stand among the octets, so a reader has to believe the length. What it does when there is nothing to
believe:

==============================  ====================================  =================================================
the octets so far               next                                  what is read then
==============================  ====================================  =================================================
anything                        no flag                               on; these octets are skipped
flag                            another flag                          the frame behind the last one
flag, then what is no header    (address without EA, unknown control) from the octet behind the flag
flag, header                    a length above N1                     from the octet behind the flag: the length is lost
                                                                      or false, and the next frame may be in here
flag, header, length, octets    no flag where the frame ends          from the octet behind the flag, likewise
flag, header, length, octets    a flag, but a false check sequence    from that flag: the whole frame is damaged
flag, header, length, octets    a flag, and the check sequence fits   from that flag; the frame is taken
==============================  ====================================  =================================================

Since it looks into what it had taken for a frame, a lost length octet costs that frame and no other. What is kept
is never more than one frame of N1 octets.

See Also:
    3GPP TS 27.010, 5.2.1 (fields), 5.2.3 (flags), 5.2.1.5 (length).
"""

from __future__ import annotations

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

__all__ = ["BASIC_FLAG", "BasicReader", "encode_basic"]

BASIC_FLAG = 0xF9
_ONE_FLAG = bytes((BASIC_FLAG,))
_SHORT = 127
"""The greatest length that one octet can say."""


def encode_basic(frame: MuxFrame, *, with_length: bool = True) -> bytes:
    """Return a frame's octets.

    Args:
        frame: The frame.
        with_length: Whether the length is there: some modems have lost it, and their frames are invalid.

    Example:
        >>> encode_basic(MuxFrame(0, FrameKind.SABM, command=True, final=True)).hex(" ")
        'f9 03 3f 01 1c f9'
    """
    header = frame.header + _length(len(frame.data))
    covered = header + frame.data if frame.kind is FrameKind.UI else header
    sent = header if with_length else frame.header
    return b"".join((_ONE_FLAG, sent, frame.data, bytes((check_sequence(covered),)), _ONE_FLAG))


def _length(count: int) -> bytes:
    return bytes((count << 1 | 1,)) if count <= _SHORT else bytes((count << 1 & 0xFE, count >> 7))


class BasicReader:
    """Finds frames of the basic option.

    Args:
        most: N1, how many octets a frame may carry, 1 to 32767.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept = bytearray()
        self._position = 0
        self._found: deque[Found] = deque()
        self._skipped = 0
        self._flags = 0

    @property
    def held(self) -> int:
        """How many octets are kept because the frame that they may begin has not ended."""
        return len(self._kept)

    def feed(self, data: bytes) -> None:
        """Take octets."""
        self._kept += data

    def find(self) -> Found | None:
        """Return what comes next in the octets; None if more are needed."""
        while not self._found and self._look():
            pass
        return self._found.popleft() if self._found else None

    def rest(self) -> bytes:
        """Return the octets behind the last frame, and forget them: they are no longer the multiplexer's."""
        rest = bytes(self._kept[self._position :]).removeprefix(_ONE_FLAG)
        self._kept.clear()
        self._position = self._flags = 0
        return rest

    def _look(self) -> bool:
        """Look for a frame; return False if there have to be more octets before there is anything to look at."""
        kept = self._kept
        start = kept.find(BASIC_FLAG, self._position)
        self._skip((len(kept) if start < 0 else start) - self._position)
        if start < 0:
            self._drop(len(kept))
            return False
        start = self._behind_flags(start)
        header = self._header_at(start)
        if header is None:
            self._drop(start)
            return False
        size, length = header
        end = start + 1 + size + length + 1
        if size == 0:
            self._skip(1)
            self._position = start + 1
        elif length > self._most:
            self._damaged(start, "it is longer than N1", length)
        elif end >= len(kept):
            self._drop(start)
            return False
        elif kept[end] != BASIC_FLAG:
            self._damaged(start, "no flag where its length says", length)
        else:
            self._whole(start, size, end)
            self._position = end
        return True

    def _drop(self, end: int) -> None:
        """Forget the octets before an index."""
        del self._kept[:end]
        self._position = 0

    def _behind_flags(self, start: int) -> int:
        """Return the index of the last of the flags that begin at ``start``, and count them."""
        kept = self._kept
        if self._flags == 0:
            self._flags = 1
        while start + 1 < len(kept) and kept[start + 1] == BASIC_FLAG:
            start += 1
            self._flags += 1
            if self._flags % MOST_FLAGS == 0:
                self._found.append(FlagsRepeated())
        return start

    def _header_at(self, start: int) -> tuple[int, int] | None:
        """Return the size of the header behind a flag, and the length that it says; None until it is there.

        If there is no header, the size is 0.
        """
        header = self._kept[start + 1 : start + 5]
        if header and not header[0] & 1:
            return 0, 0
        if len(header) > 1 and not MuxFrame.starts_with(header[0], header[1]):
            return 0, 0
        if len(header) > 2 and header[2] & 1:
            return 3, header[2] >> 1
        return (4, header[2] >> 1 | header[3] << 7) if len(header) > 3 else None

    def _damaged(self, start: int, why: str, length: int) -> None:
        """Report a frame of which only the beginning is one; the next one may be in it."""
        self._report_skipped()
        self._found.append(FrameDiscarded(why, length))
        self._flags = 0
        self._position = start + 1

    def _whole(self, start: int, size: int, end: int) -> None:
        """Report the frame between two flags."""
        kept = self._kept
        self._report_skipped()
        self._flags = 1  # the flag at its end, which may begin the next frame
        frame = MuxFrame.of(kept[start + 1], kept[start + 2], bytes(kept[start + 1 + size : end - 1]))
        covered = kept[start + 1 : end - 1] if frame.kind is FrameKind.UI else kept[start + 1 : start + 1 + size]
        if check_sequence(bytes(covered)) == kept[end - 1]:
            self._found.append(frame)
        else:
            self._found.append(FrameDiscarded("false check sequence", len(frame.data)))

    def _skip(self, count: int) -> None:
        self._skipped += count
        if count:
            self._flags = 0

    def _report_skipped(self) -> None:
        if self._skipped:
            self._found.append(FrameDiscarded("between frames", self._skipped))
            self._skipped = 0
