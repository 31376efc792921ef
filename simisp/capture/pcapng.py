"""The file format pcapng: blocks of frames, with direction and what is wrong with them.

Two interfaces are written, one for each kind of frame:

=========  =================================  ==========================================================================
interface  link type                          a packet
=========  =================================  ==========================================================================
ppp        204, PPP with direction            one octet of direction, then the frame without its check sequence
cmux       236, 3GPP TS 27.010                two octets: no further header, and the direction; then the frame
=========  =================================  ==========================================================================

Outbound is what the client, the DTE, has sent. A damaged frame has the flag for a wrong check sequence, and a comment.

See Also:
    draft-ietf-opsawg-pcapng; the list of link types of tcpdump.org.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from simisp.capture.frames import CapturedFrame, FrameKindOnLine
from simisp.errors import CaptureError

__all__ = ["LINK_TYPES", "file_head", "frames_in", "is_capture", "packet_block"]

_SECTION, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6
_MAGIC = 0x1A2B3C4D
_COMMENT, _NAME, _RESOLUTION, _FLAGS, _APPLICATION = 1, 2, 9, 2, 4
_INBOUND, _OUTBOUND = 1, 2
_WRONG_CHECK_SEQUENCE = 1 << 24
_MICROSECONDS = 1_000_000
_LONGEST_BLOCK = 1024 * 1024
_PCAP = {0xA1B2C3D4: _MICROSECONDS, 0xA1B23C4D: 1_000_000_000}
"""The magic number of the older format, and into how many parts it divides a second."""

LINK_TYPES = {FrameKindOnLine.PPP: 204, FrameKindOnLine.MUX: 236}
"""The link type of each kind of frame."""
_KINDS = {number: kind for kind, number in LINK_TYPES.items()}
_INTERFACES = {kind: number for number, kind in enumerate(LINK_TYPES)}


def file_head() -> bytes:
    """Return the beginning of a file: its section, and both interfaces."""
    section = struct.pack("<IHHq", _MAGIC, 1, 0, -1) + _options((_APPLICATION, b"simisp"))
    interfaces = (
        struct.pack("<HHI", number, 0, 0) + _options((_NAME, kind.value.encode()), (_RESOLUTION, b"\x06"))
        for kind, number in LINK_TYPES.items()
    )
    return _block(_SECTION, section) + b"".join(_block(_INTERFACE, each) for each in interfaces)


def packet_block(frame: CapturedFrame, began: float) -> bytes:
    """Return a frame as a block.

    Args:
        frame: The frame.
        began: When the run began, in seconds since 1970.
    """
    if frame.kind is FrameKindOnLine.PPP:
        data = bytes((frame.by_client,)) + frame.octets
    else:
        data = bytes((0, not frame.by_client)) + frame.octets
    flags = (_OUTBOUND if frame.by_client else _INBOUND) | (_WRONG_CHECK_SEQUENCE if frame.fault else 0)
    stamp = round((began + frame.at) * _MICROSECONDS)
    comment = ", ".join(filter(None, (frame.line, frame.fault)))
    options = [(_COMMENT, comment.encode())] if comment else []
    head = struct.pack("<IIIII", _INTERFACES[frame.kind], stamp >> 32, stamp & 0xFFFFFFFF, len(data), len(data))
    return _block(_PACKET, head + _padded(data) + _options(*options, (_FLAGS, struct.pack("<I", flags))))


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _options(*options: tuple[int, bytes]) -> bytes:
    written = b"".join(struct.pack("<HH", code, len(value)) + _padded(value) for code, value in options)
    return written + bytes(4)


# Reading --------------------------------------------------------------------------------------------------------------


def is_capture(data: bytes) -> bool:
    """Return whether a file begins as pcapng or pcap does."""
    return data[:4] == struct.pack("<I", _SECTION) or (len(data) >= 24 and bool(_order_of_pcap(data)))


def frames_in(data: bytes) -> Iterator[CapturedFrame]:
    """Yield the frames of a file, pcapng or the older pcap, in order. Times begin with the first frame.

    Frames of other link types than :data:`LINK_TYPES` are left out.

    Raises:
        CaptureError: It is neither, or it is damaged; the message says at which octet.
    """
    if not is_capture(data):
        raise CaptureError("it is neither pcapng nor pcap", at=0)
    order = _order_of_pcap(data)
    found = _in_pcap(data, order) if order else _in_pcapng(data)
    first: float | None = None
    for stamp, link, octets, flags in found:
        first = stamp if first is None else first
        frame = _frame(stamp - first, link, octets, flags)
        if frame is not None:
            yield frame


def _frame(at: float, link: int, octets: bytes, flags: int) -> CapturedFrame | None:
    kind = _KINDS.get(link)
    size = 1 if kind is FrameKindOnLine.PPP else 2
    if kind is None or len(octets) < size:
        return None
    by_client = bool(octets[0]) if kind is FrameKindOnLine.PPP else not octets[1]
    fault = "wrong check sequence" if flags & _WRONG_CHECK_SEQUENCE else ""
    return CapturedFrame(max(0.0, at), kind, by_client, octets[size:], fault)


_Found = Iterator[tuple[float, int, bytes, int]]
"""Time in seconds, link type, octets and flags of each packet."""


@dataclass(slots=True)
class _Interface:
    link: int
    parts: int


def _in_pcapng(data: bytes) -> _Found:
    order, position = "<", 0
    interfaces: list[_Interface] = []
    while position < len(data):
        if len(data) - position < 12:
            raise CaptureError("a block is cut off", at=position)
        kind = struct.unpack_from(order + "I", data, position)[0]
        if kind == _SECTION:
            order = _order_of_section(data, position)
            interfaces = []
        length = struct.unpack_from(order + "I", data, position + 4)[0]
        if length % 4 or not 12 <= length <= _LONGEST_BLOCK or position + length > len(data):
            raise CaptureError("a block has a length that can't be, or is cut off", at=position)
        body = data[position + 8 : position + length - 4]
        if kind == _INTERFACE:
            interfaces.append(_interface(body, order, position))
        elif kind == _PACKET:
            yield _packet(body, order, interfaces, position)
        position += length


def _order_of_section(data: bytes, position: int) -> str:
    for order in "<>":
        if struct.unpack_from(order + "I", data, position + 8)[0] == _MAGIC:
            return order
    raise CaptureError("a section has no byte order", at=position)


def _interface(body: bytes, order: str, position: int) -> _Interface:
    if len(body) < 8:
        raise CaptureError("an interface is cut off", at=position)
    resolution = dict(_read_options(body[8:], order)).get(_RESOLUTION, b"\x06")[:1] or b"\x06"
    power = resolution[0] & 0x7F
    return _Interface(
        struct.unpack_from(order + "H", body)[0], 2 ** min(power, 63) if resolution[0] & 0x80 else 10 ** min(power, 18)
    )


def _packet(body: bytes, order: str, interfaces: list[_Interface], position: int) -> tuple[float, int, bytes, int]:
    if len(body) < 20:
        raise CaptureError("a packet is cut off", at=position)
    number, high, low, length, _ = struct.unpack_from(order + "IIIII", body)
    if number >= len(interfaces) or length > len(body) - 20:
        raise CaptureError("a packet has no interface, or is longer than its block", at=position)
    options = dict(_read_options(body[20 + length + -length % 4 :], order))
    flags = options.get(_FLAGS, b"")
    interface = interfaces[number]
    return (
        (high << 32 | low) / interface.parts,
        interface.link,
        body[20 : 20 + length],
        struct.unpack(order + "I", flags)[0] if len(flags) == 4 else 0,
    )


def _read_options(octets: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 4 <= len(octets):
        code, length = struct.unpack_from(order + "HH", octets, position)
        if not code:
            return
        yield code, octets[position + 4 : position + 4 + length]
        position += 4 + length + -length % 4


def _order_of_pcap(data: bytes) -> str:
    return next((order for order in "<>" if struct.unpack_from(order + "I", data)[0] in _PCAP), "")


def _in_pcap(data: bytes, order: str) -> _Found:
    magic, link = struct.unpack_from(order + "I16xI", data)
    position = 24
    while position < len(data):
        if len(data) - position < 16:
            raise CaptureError("a packet is cut off", at=position)
        seconds, part, length, _ = struct.unpack_from(order + "IIII", data, position)
        if position + 16 + length > len(data):
            raise CaptureError("a packet is cut off", at=position)
        yield seconds + part / _PCAP[magic], link & 0xFFFF, data[position + 16 : position + 16 + length], 0
        position += 16 + length
