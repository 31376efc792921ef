"""Behaviours in LCP: the negotiation does not begin, or does not end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from simisp.ppp.behaviour import PppFrame
from simisp.ppp.behaviours.misconduct import Misconduct, options_of, packet_of
from simisp.ppp.config import PppConfig
from simisp.ppp.control import PacketCode
from simisp.ppp.frame import ConfigOption, ControlPacket, ProtocolNumber, encode_options
from simisp.ppp.lcp import LcpOption
from simisp.ppp.link import PppLink

__all__ = [
    "AnswersLate",
    "EndlessNaks",
    "EndlessRejects",
    "NewIdentifiers",
    "ReflectsEverything",
    "SameMagic",
    "SilentInLcp",
    "StillInLogIn",
]

_LATE = 3.2
"""Seconds: a little more than the restart timer of most clients, which is 3 s (RFC 1661, 4.6)."""
_LOG_IN_LIMIT = 60.0
_NOT_PRINTED = re.compile(rb"[^\r\x20-\x7e]+")


def _request(frame: PppFrame) -> ControlPacket | None:
    """Return the Configure-Request of LCP that a frame is; None if it is another one."""
    return packet_of(frame, ProtocolNumber.LCP, PacketCode.CONFIGURE_REQUEST)


class SilentInLcp(Misconduct):
    """Nothing is said, and nothing answered."""

    is_mute = True


class ReflectsEverything(Misconduct):
    """Every octet comes back: the line is looped, or a shell echoes."""

    is_mute = True

    def on_octets(self, data: bytes, *, now: float) -> bytes:
        """Send them back."""
        self.link.send_octets(data)
        return b""


class StillInLogIn(Misconduct):
    """The far end has not left its log-in: it echoes what can be printed as a user's name, and hangs up at last."""

    is_mute = True

    def begin(self, link: PppLink, *, now: float) -> None:
        """Ask for the name."""
        super().begin(link, now=now)
        link.send_octets(b"\r\nUsername: ")
        self.later(_LOG_IN_LIMIT, self._end, now=now)

    def on_octets(self, data: bytes, *, now: float) -> bytes:
        """Echo what a terminal would have typed."""
        self.link.send_octets(_NOT_PRINTED.sub(b"", data).replace(b"\r", b"\r\nPassword: "))
        return b""

    def _end(self, now: float) -> None:
        self.link.send_octets(b"\r\nTimeout expired!\r\n")
        self.hang_up(now)


class AnswersLate(Misconduct):
    """Each frame comes a little later than the client's restart timer allows."""

    def sent(self, frame: PppFrame, *, now: float) -> Iterable[PppFrame]:
        """Hold it back for a while."""
        self.later(_LATE, lambda then: self.link.send_frame(frame, now=then), now=now)
        return ()


class NewIdentifiers(Misconduct):
    """It asks anew each second under another identifier, hears the client's requests late, and no Echo-Request."""

    is_patient = True

    def __init__(self) -> None:
        super().__init__()
        self._identifier = 0x40
        self._asked: bytes | None = None

    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """Answer the client's request late, and no Echo-Request at all."""
        if packet_of(frame, ProtocolNumber.LCP, PacketCode.ECHO_REQUEST) is not None:
            return True
        request = _request(frame)
        if request is None:
            return False
        data, identifier = request.data, request.identifier
        ack = PacketCode.CONFIGURE_ACK
        self.later(2.0, lambda then: self.say(ProtocolNumber.LCP, ack, identifier, data, now=then), now=now)
        return True

    def sent(self, frame: PppFrame, *, now: float) -> Iterable[PppFrame]:
        """Repeat what the link asks for again and again."""
        request = _request(frame)
        if request is None:
            return (frame,)
        is_first, self._asked = self._asked is None, request.data
        if is_first:
            self._ask(now)
        return ()

    def _ask(self, now: float) -> None:
        self._identifier += 1
        self.say(ProtocolNumber.LCP, PacketCode.CONFIGURE_REQUEST, self._identifier, self._asked or b"", now=now)
        self.later(1.0, self._ask, now=now)


class EndlessNaks(Misconduct):
    """Each Configure-Request is answered by a Nak with another MRU, 0.2 s later."""

    is_patient = True

    def __init__(self) -> None:
        super().__init__()
        self._mru = 1000

    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """Answer a request, but not at once: two sides that only answer each other would stop time."""
        request = _request(frame)
        if request is None:
            return False
        self._mru = self._mru + 1 if self._mru < 1400 else 1000
        nak = encode_options([ConfigOption(LcpOption.MRU, self._mru.to_bytes(2, "big"))])
        code, identifier = PacketCode.CONFIGURE_NAK, request.identifier
        self.later(0.2, lambda then: self.say(ProtocolNumber.LCP, code, identifier, nak, now=then), now=now)
        return True


class EndlessRejects(Misconduct):
    """Each Configure-Request is answered by a Reject of its first option; without options, of one not asked for."""

    is_patient = True

    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """Answer a request."""
        request = _request(frame)
        if request is None:
            return False
        options = options_of(request) or (ConfigOption(LcpOption.MRU, b"\x05\xdc"),)
        rejected = options[:1]
        self.say_options(ProtocolNumber.LCP, PacketCode.CONFIGURE_REJECT, request.identifier, rejected, now=now)
        return True


class SameMagic(Misconduct):
    """It always has the magic number that the client has, as if the line were looped back."""

    is_patient = True

    def __init__(self) -> None:
        super().__init__()
        self._magic = b""

    def configured(self, config: PppConfig) -> PppConfig:
        """The link has a magic number, whatever else it is set to."""
        return super().configured(replace(config, magic=True))

    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """Ask with the client's magic number, and refuse the client's request by a Nak with the same."""
        request = _request(frame)
        if request is None:
            # What the client says of a request that the link has not made is nothing for the link.
            answers = (PacketCode.CONFIGURE_ACK, PacketCode.CONFIGURE_NAK, PacketCode.CONFIGURE_REJECT)
            return any(packet_of(frame, ProtocolNumber.LCP, code) is not None for code in answers)
        options = options_of(request)
        self._magic = next((option.data for option in options if option.type == LcpOption.MAGIC), b"")
        if not self._magic:
            return False
        same = [ConfigOption(LcpOption.MAGIC, self._magic)]
        self.say_options(ProtocolNumber.LCP, PacketCode.CONFIGURE_NAK, request.identifier, same, now=now)
        self.say_options(ProtocolNumber.LCP, PacketCode.CONFIGURE_REQUEST, request.identifier, same, now=now)
        return True

    def sent(self, frame: PppFrame, *, now: float) -> Iterable[PppFrame]:
        """Keep back the link's own requests: they would have another magic number."""
        return () if _request(frame) is not None else (frame,)
