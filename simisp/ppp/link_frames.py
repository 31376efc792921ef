"""The frames of a link: what each protocol sends and receives, on the line, and in the transcript.

What LCP has agreed on (ACCM, the compressed fields, the MRU) is looked up for each frame, since it may change between
two of them. The link's behaviour may replace each frame that is sent, and its octets.

See Also:
    RFC 1662, 7.1 (what negotiates the link is written as if nothing had been agreed on).
"""

from __future__ import annotations

from dataclasses import replace

from simisp.facts.ppp import FrameError, PacketReceived, PacketSent
from simisp.machine import Output, SendData
from simisp.ppp.behaviour import LinkBehaviour, PppFrame
from simisp.ppp.control import PacketCode
from simisp.ppp.describe import code_name, describe, describe_ip
from simisp.ppp.frame import CODE_NAMES, ControlPacket, ProtocolNumber, frame_of, protocol_name, split_frame
from simisp.ppp.hdlc import EVERY_CONTROL, Framer
from simisp.ppp.lcp import DEFAULT_MRU, Lcp
from simisp.ppp.passwords import PasswordSpans

__all__ = ["LinkFrames"]


class LinkFrames:
    """The frames of one side of a link.

    Args:
        lcp: LCP of this side, which says what is agreed.
        behaviour: How the link behaves.
        mru: How many octets of information this side takes in a frame.
        outputs: Where octets and facts are put.

    Attributes:
        framer: Frames on the line.
    """

    def __init__(self, lcp: Lcp, behaviour: LinkBehaviour, mru: int, outputs: list[Output]) -> None:
        self.framer = Framer(longest=max(mru, DEFAULT_MRU) + 16)
        self._lcp = lcp
        self._behaviour = behaviour
        self._outputs = outputs
        self._passwords = PasswordSpans()

    def agree(self) -> None:
        """Escape what LCP has agreed on: it is up."""
        self.framer.send_accm = self._lcp.peer_accm
        self.framer.receive_accm = self._lcp.accm

    def forget(self) -> None:
        """Escape every control character again: LCP is down."""
        self.framer.send_accm = self.framer.receive_accm = EVERY_CONTROL

    def read(self, frame: bytes) -> tuple[int, bytes, ControlPacket | None] | None:
        """Return a frame's protocol, what it carries, and that as a packet if it is one; None for no frame of PPP."""
        read = split_frame(frame)
        if read is None:
            self._outputs.append(FrameError("no protocol", len(frame)))
            return None
        protocol, information = read
        packet = ControlPacket.decode(information) if protocol in CODE_NAMES else None
        self._outputs.append(_received(protocol, information, packet))
        return protocol, information, packet

    def send_packet(self, protocol: int, packet: ControlPacket, now: float) -> None:
        """Send a packet of a control protocol, as much of it as the peer takes in a frame."""
        longest = (self._lcp.peer_mru if self._lcp.is_open else DEFAULT_MRU) - 4
        if len(packet.data) > longest:
            packet = replace(packet, data=packet.data[:longest])
        self.send(protocol, packet.encode(), now=now)

    def send(self, protocol: int, information: bytes, *, now: float) -> None:
        """Send a frame, unless the behaviour replaces it."""
        for frame in self._behaviour.before_send(PppFrame(protocol, information), now=now):
            self.send_frame(frame, now=now)

    def send_frame(self, frame: PppFrame, *, now: float) -> None:
        """Send exactly this frame."""
        packet = ControlPacket.decode(frame.information) if frame.protocol in CODE_NAMES else None
        received = _received(frame.protocol, frame.information, packet)
        self._outputs.append(PacketSent(received.protocol, received.code, received.id, received.summary))
        self.send_octets(self._behaviour.on_wire(frame, self.encode(frame), now=now))

    def encode(self, frame: PppFrame) -> bytes:
        """Return the octets that a frame should be on the line now."""
        lcp = self._lcp
        if frame.protocol == ProtocolNumber.LCP:
            negotiates = frame.information[:1] and frame.information[0] <= PacketCode.CODE_REJECT
            accm = EVERY_CONTROL if negotiates else self.framer.send_accm
            return self.framer.encode(frame_of(frame.protocol, frame.information), accm=accm)
        short = lcp.is_open
        octets = frame_of(frame.protocol, frame.information, acfc=short and lcp.peer_acfc, pfc=short and lcp.peer_pfc)
        return self.framer.encode(octets)

    def send_octets(self, octets: bytes) -> None:
        """Send octets as they are. Where they are a password is said with them."""
        if octets:
            self._outputs.append(SendData(octets, self._passwords.find(octets)))


def _received(protocol: int, information: bytes, packet: ControlPacket | None) -> PacketReceived:
    """Return what a transcript shows of a packet."""
    name = protocol_name(protocol)
    if packet is None:
        said = describe_ip(information) if protocol == ProtocolNumber.IP else ""
        return PacketReceived(name, "", 0, said or f"{len(information)} octets")
    return PacketReceived(name, code_name(protocol, packet.code), packet.identifier, describe(protocol, packet))
