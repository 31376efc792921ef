"""Clients of PPP: one that bears what far ends do, and variants that each lack one thing."""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import IPv4Address

from simisp.machine import SendData
from simisp.ppp.automaton import RestartTimers
from simisp.ppp.behaviour import LinkBehaviour, PppFrame
from simisp.ppp.behaviours.misconduct import packet_of
from simisp.ppp.chap import ChapCode
from simisp.ppp.config import AuthMethod, PppConfig, PppRole
from simisp.ppp.control import PacketCode
from simisp.ppp.frame import ProtocolNumber
from simisp.ppp.hdlc import FLAG
from simisp.ppp.link import PppLink
from simisp.ppp.network import echo_request, is_echo_reply
from support.public_line import ClientFailedError, PublicLine

_CONFIG = PppConfig(
    role=PppRole.CLIENT, user="alice", password="wonderland", asks_dns=True, echo_every=10.0, echo_failures=3,
    timers=RestartTimers(restart=10.0), seed=2,
)  # fmt: skip
_RESULT = re.compile(rb"\r\n(CONNECT[^\r]*|NO CARRIER|BUSY|ERROR)\r\n")
_AGREED_BEFORE = IPv4Address("10.0.0.2")
"""What a client is where the ISP lets no address be asked for: its contract says so."""
_FOREVER = 1_000_000
_PATIENCE = 200.0
"""A client that after so many seconds has neither a link nor an end of it negotiates forever."""


class PppCaller:
    """Dials, brings up PPP within a limit, watches link and carrier, and dials again when the link is over.

    Args:
        line: The port.
    """

    config = _CONFIG
    limit: float | None = 60.0
    """Seconds from CONNECT until IP packets have to pass; None for no limit."""
    watches_carrier = True
    redials = True

    def __init__(self, line: PublicLine) -> None:
        self.line = line
        self.link = PppLink(self.config)

    def behaviour(self) -> LinkBehaviour | None:
        """Return what its side of the link does that is not as it should be; None for nothing."""
        return None

    # What it can do ---------------------------------------------------------------------------------------------------

    def connect(self) -> bool:
        """Dial, and return whether IP packets can pass."""
        self._dial()
        end = None if self.limit is None else self.line.now + self.limit
        until = self.line.now + _PATIENCE
        while not self.link.is_up and not self.link.is_over:
            if end is not None and self.line.now >= end:
                self.link.drop(now=self.line.now)
            elif self.line.now >= until:
                raise ClientFailedError("negotiates forever")
            else:
                self._go_on(until if end is None else end)
        return self.link.is_up

    def keep_up(self, seconds: float) -> bool:
        """Keep a link up for so long, dialling again whenever it is over; return whether packets pass in the end."""
        end = self.line.now + seconds
        while self.line.now < end:
            if self.link.is_over:
                if not self.redials:
                    return False
                self.connect()
            else:
                self._go_on(end)
        return self.pings()

    def pings(self) -> bool:
        """Return whether the other end answers a ping, one of three."""
        remote = self.link.ipcp.remote
        for sequence in range(3):
            if not self.link.is_up or remote is None:
                return False
            self.link.networks.packets.clear()
            local = self.link.ipcp.local
            source = local if int(local) else _AGREED_BEFORE
            request = echo_request(source, remote, identifier=1, sequence=sequence, data=bytes(32))
            self.link.send(ProtocolNumber.IP, request, now=self.line.now)
            end = self.line.now + 5.0
            while self.line.now < end and self.link.is_up:
                self._go_on(end)
                if any(is_echo_reply(packet, request) for packet in self.link.networks.packets):
                    return True
        return False

    def disconnect(self) -> None:
        """Take the link down."""
        self.link.close(b"User request", now=self.line.now)
        until = self.line.now + _PATIENCE
        while not self.link.is_over:
            if self.line.now >= until:
                raise ClientFailedError("waits forever for the end of the link")
            self._go_on(until)

    # How it does it ---------------------------------------------------------------------------------------------------

    def _dial(self) -> None:
        """Dial, three times at most, and start the link behind CONNECT."""
        for _ in range(3):
            self.line.hang_up()
            self.line.write(b"ATD*99#\r")
            text, end = b"", self.line.now + 90.0
            while not (match := _RESULT.search(text)) and self.line.now < end:
                text += self.line.read(end - self.line.now)
            if match and match[1].startswith(b"CONNECT"):
                self.link = PppLink(self.config, self.behaviour())
                self.link.start(now=self.line.now)
                self._hear(text[match.end() :])
                return
        raise ClientFailedError("no call comes through")

    def _go_on(self, until: float) -> None:
        """Let the next thing happen: octets, a deadline of the link, or this time."""
        due = self.link.next_timer()
        end = until if due is None else min(until, due)
        self._hear(self.line.read(max(0.0, end - self.line.now)))
        if self.watches_carrier and not self.line.has_carrier and not self.link.is_over:
            self.link.drop(now=self.line.now)
        self.link.handle_timer(now=self.line.now)
        self._say()

    def _hear(self, data: bytes) -> None:
        self.link.receive_data(data, now=self.line.now)
        self._say()

    def _say(self) -> None:
        data = b"".join(output.data for output in self.link.take_outputs() if isinstance(output, SendData))
        if data:
            self.line.write(data)


# In the negotiation ---------------------------------------------------------------------------------------------------


class AsksForever(PppCaller):
    """Repeats a Configure-Request until it is answered, and has no limit for the whole."""

    config = replace(_CONFIG, timers=RestartTimers(restart=10.0, max_configure=_FOREVER))
    limit = None


class ShortTimer(PppCaller):
    """Repeats a request after 3 s under a new identifier, and has no limit for the whole."""

    config = replace(_CONFIG, timers=RestartTimers(restart=3.0))
    limit = None


class KnowsNoLoop(PppCaller):
    """Has no magic number, and so can't find out that it hears itself."""

    config = replace(_CONFIG, magic=False, timers=RestartTimers(restart=10.0, max_configure=_FOREVER))
    limit = None


class PapOnly(PppCaller):
    """Knows PAP alone."""

    config = replace(_CONFIG, agrees=(AuthMethod.PAP,))


class OwnAddress(PppCaller):
    """Has an address of its own, and asks for that."""

    config = replace(_CONFIG, local=IPv4Address("10.9.9.9"))


class _Heeds(LinkBehaviour):
    """Has the link at hand."""

    link: PppLink

    def begin(self, link: PppLink, *, now: float) -> None:
        """Take note of the link."""
        self.link = link


class _NoCountOfNaks(_Heeds):
    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """Forget how often the peer has refused."""
        self.link.ipcp._refusals = 0
        return False


class CountsNoNaks(PppCaller):
    """Asks anew after each Nak, however many there have been, and has no limit for the whole."""

    limit = None

    def behaviour(self) -> LinkBehaviour:
        """Return a side that never finds that the negotiation does not converge."""
        return _NoCountOfNaks()


class _DeafToRejects(LinkBehaviour):
    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """Lose a Configure-Reject of IPCP."""
        return packet_of(frame, ProtocolNumber.IPCP, PacketCode.CONFIGURE_REJECT) is not None


class InsistsOnDns(PppCaller):
    """Goes on asking IPCP for what was rejected: the servers for names, or its address."""

    def behaviour(self) -> LinkBehaviour:
        """Return a side that takes no reject."""
        return _DeafToRejects()


class InsistsOnAddress(InsistsOnDns):
    """Asks for nothing but its address, again and again."""

    config = replace(_CONFIG, asks_dns=False)


class _StrictSuccess(_Heeds):
    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """End the link at a Success in which the message does not stand behind a space."""
        success = packet_of(frame, ProtocolNumber.CHAP, ChapCode.SUCCESS)
        if success is None or b" M=" in success.data:
            return False
        self.link.drop(now=now)
        return True


class WantsItsSpace(PppCaller):
    """Takes MS-CHAP v2's Success only as the RFC writes it."""

    def behaviour(self) -> LinkBehaviour:
        """Return a side that is so strict."""
        return _StrictSuccess()


# On the line ----------------------------------------------------------------------------------------------------------


class _FlagsInPairs(LinkBehaviour):
    def __init__(self) -> None:
        self._is_inside = False

    def on_octets(self, data: bytes, *, now: float) -> bytes:
        """Return the octets between the first flag and the second, the third and the fourth."""
        kept = bytearray()
        for octet in data:
            if octet == FLAG[0]:
                self._is_inside = not self._is_inside
                kept += FLAG
            elif self._is_inside:
                kept.append(octet)
        return bytes(kept)


class PairsFlags(PppCaller):
    """Takes flags in turn for the beginning and the end of a frame."""

    def behaviour(self) -> LinkBehaviour:
        """Return a side that is out of step behind one flag too many."""
        return _FlagsInPairs()


class _WholeHeaders(LinkBehaviour):
    def __init__(self) -> None:
        self._frame = b""

    def on_octets(self, data: bytes, *, now: float) -> bytes:
        """Return the frames that begin with the address and control fields."""
        *frames, self._frame = (self._frame + data).split(FLAG)
        kept = (frame for frame in frames if frame.startswith((b"\xff\x03", b"\xff\x7d\x23")))
        return b"".join(FLAG + frame + FLAG for frame in kept)


class WantsWholeHeaders(PppCaller):
    """Refuses to compress headers, and drops what comes compressed."""

    config = replace(_CONFIG, pfc=False, acfc=False)

    def behaviour(self) -> LinkBehaviour:
        """Return a side that drops it."""
        return _WholeHeaders()


# With the link up -----------------------------------------------------------------------------------------------------


class IgnoresCarrier(PppCaller):
    """Does not look at DCD, and sends no Echo-Requests."""

    config = replace(_CONFIG, echo_every=None)
    watches_carrier = False
    limit = None


class SendsNoEcho(PppCaller):
    """Watches DCD, and trusts a link that is up for as long as that is on."""

    config = replace(_CONFIG, echo_every=None)


class OneCall(PppCaller):
    """Dials once: when the link is over it stays as it is."""

    redials = False


class _DeafOnceUp(_Heeds):
    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """Lose a Configure-Request of IPCP once the link has been up."""
        return self.link.was_up and packet_of(frame, ProtocolNumber.IPCP, PacketCode.CONFIGURE_REQUEST) is not None


class AgreesOnce(PppCaller):
    """Agrees on addresses once, and not again when LCP has begun anew."""

    def behaviour(self) -> LinkBehaviour:
        """Return a side that has agreed for good."""
        return _DeafOnceUp()


class WaitsForTerminateAck(PppCaller):
    """Repeats a Terminate-Request until it is answered."""

    config = replace(_CONFIG, echo_every=None, timers=RestartTimers(restart=10.0, max_terminate=_FOREVER))
    watches_carrier = False
