"""Behaviours on the line: frames that are damaged, or that are not as both sides have agreed."""

from __future__ import annotations

from abc import abstractmethod

from simisp.ppp.behaviour import PppFrame
from simisp.ppp.behaviours.misconduct import Misconduct, options_of, packet_of
from simisp.ppp.control import PacketCode
from simisp.ppp.frame import ProtocolNumber, frame_of
from simisp.ppp.hdlc import EVERY_CONTROL, FLAG, check_sequence_of, escaped
from simisp.ppp.lcp import LcpOption

__all__ = [
    "CompressesAnyway",
    "FlagInside",
    "GarbledFrames",
    "MapAtOnce",
    "NothingEscaped",
    "WrongCheckSequence",
]

_BIT = 0x40


class WrongCheckSequence(Misconduct):
    """No frame has a check sequence that fits."""

    def on_wire(self, frame: PppFrame, octets: bytes, *, now: float) -> bytes:
        """Return the frame with every bit of its check sequence inverted."""
        plain = frame_of(frame.protocol, frame.information)
        wrong = bytes(octet ^ 0xFF for octet in check_sequence_of(plain))
        return FLAG + escaped(plain + wrong, EVERY_CONTROL) + FLAG


class _DamagesNth(Misconduct):
    """Each nth frame is damaged on the way, beginning with the nth."""

    option = "nth"

    def __init__(self) -> None:
        super().__init__()
        self._nth = 7
        self._sent = 0

    def set(self, value: float) -> None:
        """Set which frames are damaged."""
        self._nth = int(value)

    def on_wire(self, frame: PppFrame, octets: bytes, *, now: float) -> bytes:
        """Return the frame, each nth time damaged."""
        self._sent += 1
        return octets if self._sent % self._nth else self._damaged(frame, octets)

    @abstractmethod
    def _damaged(self, frame: PppFrame, octets: bytes) -> bytes:
        """Return a frame damaged."""


class GarbledFrames(_DamagesNth):
    """A bit of each nth frame is inverted."""

    def _damaged(self, frame: PppFrame, octets: bytes) -> bytes:
        plain = frame_of(frame.protocol, frame.information)
        plain += check_sequence_of(plain)
        place = len(plain) // 2
        garbled = plain[:place] + bytes((plain[place] ^ _BIT,)) + plain[place + 1 :]
        return FLAG + escaped(garbled, EVERY_CONTROL) + FLAG


class FlagInside(_DamagesNth):
    """A flag stands unescaped in the middle of each nth frame, and cuts it in two."""

    def _damaged(self, frame: PppFrame, octets: bytes) -> bytes:
        place = len(octets) // 2
        return octets[:place] + FLAG + octets[place:]


class NothingEscaped(Misconduct):
    """The map is taken for 0 from the first frame on: no octet below 0x20 is escaped, not even in LCP."""

    def on_wire(self, frame: PppFrame, octets: bytes, *, now: float) -> bytes:
        """Return the frame with flags and escapes alone escaped."""
        return self.link.framer.encode(frame_of(frame.protocol, frame.information), accm=0)


class MapAtOnce(Misconduct):
    """The map that the client asks for is used from the moment it asks, even in LCP and in the answer to it."""

    def __init__(self) -> None:
        super().__init__()
        self._accm = EVERY_CONTROL

    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """Take the map out of LCP's Configure-Request."""
        packet = packet_of(frame, ProtocolNumber.LCP, PacketCode.CONFIGURE_REQUEST)
        for option in () if packet is None else options_of(packet):
            if option.type == LcpOption.ACCM:
                self._accm = int.from_bytes(option.data[:4], "big")
        return False

    def on_wire(self, frame: PppFrame, octets: bytes, *, now: float) -> bytes:
        """Return the frame with the octets of this map escaped."""
        return self.link.framer.encode(frame_of(frame.protocol, frame.information), accm=self._accm)


class CompressesAnyway(Misconduct):
    """Address, control and protocol fields are left out and shortened, and the client's options for it are refused."""

    _types = (LcpOption.PFC, LcpOption.ACFC)

    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """Refuse the options; a request without them goes to the link."""
        packet = packet_of(frame, ProtocolNumber.LCP, PacketCode.CONFIGURE_REQUEST)
        refused = [] if packet is None else [option for option in options_of(packet) if option.type in self._types]
        if packet is None or not refused:
            return False
        self.say_options(ProtocolNumber.LCP, PacketCode.CONFIGURE_REJECT, packet.identifier, refused, now=now)
        return True

    def on_wire(self, frame: PppFrame, octets: bytes, *, now: float) -> bytes:
        """Return the frame as short as can be, unless it is LCP's."""
        if frame.protocol == ProtocolNumber.LCP:
            return octets
        return self.link.framer.encode(frame_of(frame.protocol, frame.information, acfc=True, pfc=True))
