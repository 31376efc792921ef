r"""Asynchronous framing: octets to frames and back.

====================  =======================================  ======================================================
received              state                                    what it means
====================  =======================================  ======================================================
0x7E                  before the first flag                    a frame may follow; what came before is no frame
0x7E                  in a frame, nothing in it                flags may be repeated
0x7E                  in a frame, after 0x7D                   the frame is aborted by its sender
0x7E                  in a frame, fewer than four octets       a runt
0x7E                  in a frame, the check sequence is wrong  a damaged frame
0x7E                  in a frame, otherwise                    a frame; another one may follow
0x7D                  in a frame                               the next octet has its bit 0x20 inverted
0x00 to 0x1F          in the receiver's map                    nothing: something on the line has inserted it
====================  =======================================  ======================================================

The frame check sequence is computed bit-reversed: :func:`binascii.crc_hqx` has the same polynomial with the highest bit
first, so octets whose bits are reversed give the reversed sequence, at the speed of C.

See Also:
    RFC 1662, 3 (frame), 4.2 (transparency), 4.3 (invalid frames), 7.1 (map), C.2 (check sequence).
"""

from __future__ import annotations

import re
from binascii import crc_hqx
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["EVERY_CONTROL", "FLAG", "Framer", "FramingFault", "check_sequence_of", "escaped"]

FLAG = b"\x7e"
"""Begins and ends each frame."""
EVERY_CONTROL = 0xFFFFFFFF
"""The map with all octets below 0x20: bit n stands for octet n. It is in force until LCP agrees on another one."""

_ESCAPE = b"\x7d"
_INVERTED = 0x20
_REVERSED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))
_GOOD = 0x1D0F
"""What the reversed check sequence comes to over a whole frame, its own check sequence included."""
_SHORTEST = 4
_PAIR = re.compile(rb"\x7d(.)", re.DOTALL)
_UNESCAPED = {bytes((octet,)): bytes((octet ^ _INVERTED,)) for octet in range(256)}


@dataclass(frozen=True, slots=True)
class FramingFault:
    """Octets that are no frame.

    Attributes:
        why: What is wrong with them.
        octets: How many there are, as received.
    """

    why: str
    octets: int


def check_sequence_of(frame: bytes) -> bytes:
    r"""Return the frame check sequence of a frame, as it is sent: the lower octet first.

    Example:
        >>> check_sequence_of(b"123456789").hex()
        '6e90'
    """
    return (crc_hqx(frame.translate(_REVERSED), 0xFFFF) ^ 0xFFFF).to_bytes(2, "big").translate(_REVERSED)


@lru_cache(maxsize=64)
def _escapes(accm: int) -> tuple[tuple[bytes, bytes], ...]:
    """Return what is replaced by what for a map; 0x7D comes first, for all replacements contain it."""
    octets = [0x7D, 0x7E, *(octet for octet in range(0x20) if accm >> octet & 1)]
    return tuple((bytes((octet,)), bytes((0x7D, octet ^ _INVERTED))) for octet in octets)


@lru_cache(maxsize=64)
def _mapped(accm: int) -> bytes:
    return bytes(octet for octet in range(0x20) if accm >> octet & 1)


def escaped(octets: bytes, accm: int) -> bytes:
    r"""Return octets as they are sent inside a frame.

    Args:
        octets: What to send.
        accm: The asynchronous control character map of this direction.

    Example:
        >>> escaped(b"\x01~a\x11", 1 << 0x11)
        b'\x01}^a}1'
    """
    for octet, replacement in _escapes(accm):
        if octet in octets:
            octets = octets.replace(octet, replacement)
    return octets


class Framer:
    r"""Frames of both directions of one line. A frame here is what is between two flags, without the check sequence.

    Args:
        longest: The most octets of a frame that comes, check sequence included; a longer one is dropped.

    Attributes:
        send_accm: The map for what is sent.
        receive_accm: The map for what comes: the octets in it are dropped where they come unescaped.

    Example:
        >>> framer = Framer()
        >>> sent = framer.encode(b"\xff\x03\xc0\x21\x09\x01\x00\x08abcd")
        >>> sent
        b'~\xff}#\xc0!})}!} }(abcd\xdb\xae~'
        >>> list(framer.decode(sent))
        [b'\xff\x03\xc0!\t\x01\x00\x08abcd']
    """

    __slots__ = ("_began", "_dropped", "_held", "longest", "receive_accm", "send_accm")

    def __init__(self, *, longest: int = 1504 + 6) -> None:
        self.send_accm = EVERY_CONTROL
        self.receive_accm = EVERY_CONTROL
        self.longest = longest
        self._held = bytearray()
        self._began = False
        self._dropped = 0
        """How many octets of the present frame are gone, because it is too long; 0 while it may become one."""

    @property
    def held(self) -> bytes:
        """The octets of the frame that has not ended, as received."""
        return bytes(self._held)

    @property
    def in_frame(self) -> bool:
        """Whether a flag has come, so that octets now belong to a frame."""
        return self._began

    def encode(self, frame: bytes, *, accm: int | None = None) -> bytes:
        """Return a frame as it is sent, with both flags.

        Args:
            frame: From its address field, or its protocol field where that is left out, to before the check sequence.
            accm: The map to use; None for the one in force.
        """
        octets = frame + check_sequence_of(frame)
        return b"~%b~" % escaped(octets, self.send_accm if accm is None else accm)

    def decode(self, data: bytes) -> Iterator[bytes | FramingFault]:
        """Take octets; yield the frames that they complete, and what is no frame, in order.

        A frame may change the maps for those behind it, so each is looked for when it is asked for. To drop the rest
        of the octets, stop asking.
        """
        position, held = 0, self._held
        while (end := data.find(FLAG, position)) >= 0:
            if held or self._dropped:
                self._hold(data[position:end])
                octets = bytes(held)
                held.clear()
            else:
                octets = data[position:end]
            position = end + 1
            if (ended := self._ended(octets)) is not None:
                yield ended
        self._hold(data[position:])

    def _hold(self, octets: bytes) -> None:
        if self._dropped:
            self._dropped += len(octets)
            return
        self._held += octets
        if len(self._held) > 2 * self.longest:
            self._dropped = len(self._held)
            self._held.clear()

    def _ended(self, octets: bytes) -> bytes | FramingFault | None:
        """Return what the octets before a flag are; None if there are none of them."""
        length = self._dropped or len(octets)
        began, self._began, self._dropped = self._began, True, 0
        if not length:
            return None
        if not began:
            return FramingFault("no frame", length)
        if length > 2 * self.longest:
            return FramingFault("too long", length)
        if octets.endswith(_ESCAPE):
            return FramingFault("aborted", length)
        if self.receive_accm:
            octets = octets.translate(None, _mapped(self.receive_accm))
        if _ESCAPE in octets:
            octets = _PAIR.sub(lambda pair: _UNESCAPED[pair[1]], octets)
        fault = self._fault_of(octets)
        return octets[:-2] if fault is None else FramingFault(fault, length)

    def _fault_of(self, octets: bytes) -> str | None:
        if len(octets) > self.longest:
            return "too long"
        if len(octets) < _SHORTEST:
            return "too short"
        return None if crc_hqx(octets.translate(_REVERSED), 0xFFFF) == _GOOD else "wrong check sequence"
