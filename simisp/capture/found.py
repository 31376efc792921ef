r"""Finds frames of PPP among the octets of one direction, and leaves all else as text.

==========================  ==============================================  ==========================================
state                       octets                                          what they are
==========================  ==============================================  ==========================================
outside                     up to a flag 0x7E                               text
in a frame                  up to a flag, the check sequence is right       a frame
in a frame                  up to a flag, PPP by its first two octets, or   a damaged frame
                            frames were found before and this is no text
in a frame                  up to a flag, otherwise                         text
in a frame                  more of them than a frame can have              text
==========================  ==============================================  ==========================================

The map of escaped octets is not known here, so a check sequence is tried with and without the octets below 0x20 that
stand unescaped in a frame. A password may have been masked on the way here, PAP's or a known one in any packet, so that
no check sequence fits: of the two, that one is the frame whose packet is whole, and it is cut to that, since what is
masked may have been escaped. A damaged frame is shown with all that came.

See Also:
    RFC 1662, 3 and 4 (frames); RFC 1334, 2.2.1 (the password).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from simisp.ppp.frame import CODE_NAMES, ProtocolNumber, split_frame
from simisp.ppp.hdlc import check_sequence_of
from simisp.ppp.pap import PapCode, read_pap_request
from simisp.transcript.redaction import SHORTEST_KNOWN_SECRET

__all__ = ["FoundFrame", "FoundText", "FrameFinder"]

_FLAG = b"\x7e"
_MOST_HELD = 2 * 1600
"""How many octets behind a flag are kept where it may be text: a frame of the usual MRU, each octet escaped."""
_LONGEST = 2 * (16_384 + 16)
"""The same where it is a frame: of the largest MRU of a scenario."""
_BEGINNINGS = (b"\xff\x03", b"\xff\x7d\x23")
_ESCAPED = re.compile(rb"\x7d(.)", re.DOTALL)
_CONTROLS = bytes(range(0x20))
_PRINTED = re.compile(rb"[\t\r\n\x20-\x7e]*")
_SHORTEST = 4
_CHECK_SEQUENCE = 2
_MASK = b"*"


@dataclass(frozen=True, slots=True)
class FoundFrame:
    """A frame of PPP.

    Attributes:
        octets: From its address or protocol field to before its check sequence.
        fault: What is wrong with it; empty if nothing is.
    """

    octets: bytes
    fault: str = ""


@dataclass(frozen=True, slots=True)
class FoundText:
    """Octets that are no frame."""

    octets: bytes


class FrameFinder:
    r"""Finds the frames in one direction of a line, however its octets are cut.

    Example:
        >>> finder = FrameFinder()
        >>> finder.feed(b"ppp\r~\xff}#\xc0!}%}\"} }$")
        [FoundText(octets=b'ppp\r')]
        >>> finder.feed(b"\xfe\xf8~")
        [FoundFrame(octets=b'\xff\x03\xc0!\x05\x02\x00\x04', fault='wrong check sequence')]
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self._in_frame = False
        self._has_found = False

    def feed(self, data: bytes) -> list[FoundFrame | FoundText]:
        """Take octets; return what they complete."""
        found: list[FoundFrame | FoundText] = []
        *ended, rest = data.split(_FLAG)
        for piece in ended:
            octets = bytes(self._held) + piece
            self._held.clear()
            if octets:
                found.append(self._found(octets) if self._in_frame else FoundText(octets))
            self._in_frame = True
        self._held += rest
        is_likely = self._has_found or self._held.startswith(_BEGINNINGS)
        if self._held and (not self._in_frame or len(self._held) > (_LONGEST if is_likely else _MOST_HELD)):
            found += self.flush()
        return found

    def flush(self) -> list[FoundFrame | FoundText]:
        """Return what is held because a frame may have begun, and look for a flag anew: the call is over, say."""
        held = bytes(self._held)
        self._held.clear()
        self._in_frame = False
        return [FoundText(held)] if held else []

    def _found(self, octets: bytes) -> FoundFrame | FoundText:
        unescaped = _ESCAPED.sub(lambda pair: bytes((pair[1][0] ^ 0x20,)), octets)
        bare = _ESCAPED.sub(lambda pair: bytes((pair[1][0] ^ 0x20,)), octets.translate(None, _CONTROLS))
        for frame in dict.fromkeys((unescaped, bare)):
            if len(frame) >= _SHORTEST and check_sequence_of(frame[:-2]) == frame[-2:]:
                self._has_found = True
                return FoundFrame(frame[:-2])
        is_text = _PRINTED.fullmatch(octets) is not None
        if octets.startswith(_BEGINNINGS) or (self._has_found and not is_text):
            whole = _with_mask(unescaped) or _with_mask(bare)
            return FoundFrame(unescaped[:-2], "wrong check sequence") if whole is None else FoundFrame(whole)
        return FoundText(octets)


def _with_mask(frame: bytes) -> bytes | None:
    """Return a frame, with its check sequence, in which a secret is masked, up to the end of its packet.

    None if nothing in it is masked, or its packet is not whole.
    """
    split = split_frame(frame)
    if split is None:
        return None
    protocol, information = split
    length = int.from_bytes(information[2:4], "big")  # of IP as of control protocols
    packet = information[:length]
    if not _SHORTEST <= length <= len(information) - _CHECK_SEQUENCE or not _is_masked(protocol, packet):
        return None
    return frame[: len(frame) - len(information)] + packet


def _is_masked(protocol: int, packet: bytes) -> bool:
    if protocol == ProtocolNumber.PAP and packet[0] == PapCode.REQUEST:
        request = read_pap_request(packet[4:])
        return request is not None and request[1].startswith(_MASK)
    return (protocol in CODE_NAMES or protocol == ProtocolNumber.IP) and _MASK * SHORTEST_KNOWN_SECRET in packet
