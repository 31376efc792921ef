"""Behaviours in IPCP: the addresses are not agreed on, or not as the client expects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from simisp.ppp.behaviour import PppFrame
from simisp.ppp.behaviours.misconduct import Misconduct, options_of, packet_of
from simisp.ppp.config import PppConfig
from simisp.ppp.control import PacketCode
from simisp.ppp.frame import ConfigOption, ControlPacket, ProtocolNumber, encode_options
from simisp.ppp.ipcp import IpcpOption

__all__ = [
    "CcpAndIpcpAtOnce",
    "DeafUnlessZero",
    "DropsCarrierAtIpcp",
    "FightsOverAddress",
    "RejectsAddress",
    "RejectsVjAndDns",
    "SilentAfterLogIn",
]

_COMFORTS = frozenset(
    {
        IpcpOption.COMPRESSION,
        IpcpOption.FIRST_DNS,
        IpcpOption.SECOND_DNS,
        IpcpOption.FIRST_NBNS,
        IpcpOption.SECOND_NBNS,
    }
)
_DEFLATE = ConfigOption(26, b"\x78\x00")


def _request(frame: PppFrame) -> ControlPacket | None:
    """Return the Configure-Request of IPCP that a frame is; None if it is another one."""
    return packet_of(frame, ProtocolNumber.IPCP, PacketCode.CONFIGURE_REQUEST)


class SilentAfterLogIn(Misconduct):
    """The log-in succeeds, and nothing follows: no protocol of the network is answered."""

    is_patient = True

    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """Lose what is the network's."""
        return frame.protocol < ProtocolNumber.LCP

    def sent(self, frame: PppFrame, *, now: float) -> Iterable[PppFrame]:
        """Send what is not the network's."""
        return () if frame.protocol < ProtocolNumber.LCP else (frame,)


class DeafUnlessZero(Misconduct):
    """IPCP's requests are answered only if the client asks for the address 0.0.0.0, and so for any."""

    is_patient = True

    def __init__(self) -> None:
        super().__init__()
        self._has_asked = False

    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """Lose a request that names an address, as long as none was for 0.0.0.0."""
        request = _request(frame)
        if request is None:
            return False
        asked = [option.data for option in options_of(request) if option.type == IpcpOption.ADDRESS]
        self._has_asked = self._has_asked or not asked or asked[0] == bytes(4)
        return not self._has_asked


class FightsOverAddress(Misconduct):
    """Each request of IPCP is answered by a Nak with another address, 0.2 s later."""

    is_patient = True

    def __init__(self) -> None:
        super().__init__()
        self._last = 0

    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """Answer a request, but not at once: two sides that only answer each other would stop time."""
        request = _request(frame)
        if request is None:
            return False
        self._last = self._last % 250 + 1
        nak = encode_options([ConfigOption(IpcpOption.ADDRESS, bytes((10, 66, 0, self._last)))])
        code, identifier = PacketCode.CONFIGURE_NAK, request.identifier
        self.later(0.2, lambda then: self.say(ProtocolNumber.IPCP, code, identifier, nak, now=then), now=now)
        return True


class _Rejects(Misconduct):
    """IPCP in which some options of the client are rejected each time."""

    rejected: frozenset[int]

    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """Reject these options of a request; one without them goes to the link."""
        request = _request(frame)
        found = [] if request is None else [o for o in options_of(request) if o.type in self.rejected]
        if request is None or not found:
            return False
        self.say_options(ProtocolNumber.IPCP, PacketCode.CONFIGURE_REJECT, request.identifier, found, now=now)
        return True


class RejectsAddress(_Rejects):
    """The option for the client's address is rejected, and the client is to do without one."""

    rejected = frozenset({IpcpOption.ADDRESS, IpcpOption.ADDRESSES})

    def configured(self, config: PppConfig) -> PppConfig:
        """Have no address for the client, so that its request without one is right."""
        return replace(super().configured(config), remote=None)


class RejectsVjAndDns(_Rejects):
    """Compression and the servers for names are rejected."""

    rejected = _COMFORTS


class DropsCarrierAtIpcp(Misconduct):
    """The carrier is gone at the client's first request of IPCP."""

    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """Hang up at the request."""
        if _request(frame) is None:
            return False
        self.hang_up(now)
        return True


class CcpAndIpcpAtOnce(Misconduct):
    """With each request of IPCP comes one of CCP, which goes on whatever the client says to it."""

    def __init__(self) -> None:
        super().__init__()
        self._identifier = 0

    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """Keep CCP from the link, which has none: reject what the client asks for."""
        if frame.protocol != ProtocolNumber.CCP:
            return False
        request = packet_of(frame, ProtocolNumber.CCP, PacketCode.CONFIGURE_REQUEST)
        if request is not None:
            code = PacketCode.CONFIGURE_REJECT if request.data else PacketCode.CONFIGURE_ACK
            self.say(ProtocolNumber.CCP, code, request.identifier, request.data, now=now)
        end = packet_of(frame, ProtocolNumber.CCP, PacketCode.TERMINATE_REQUEST)
        if end is not None:
            self.say(ProtocolNumber.CCP, PacketCode.TERMINATE_ACK, end.identifier, now=now)
        return True

    def sent(self, frame: PppFrame, *, now: float) -> Iterable[PppFrame]:
        """Send a request of CCP in front of each of IPCP."""
        if _request(frame) is None:
            return (frame,)
        self._identifier = (self._identifier + 1) & 0xFF
        ccp = ControlPacket(PacketCode.CONFIGURE_REQUEST, self._identifier, encode_options([_DEFLATE]))
        return (PppFrame(ProtocolNumber.CCP, ccp.encode()), frame)
