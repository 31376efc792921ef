"""Behaviours of a link that is up: it ends, or nearly, in a way that the client has to notice by itself."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import ClassVar

from simisp.facts.ppp import Network
from simisp.far_end import ModemRestartRequested
from simisp.ppp.behaviour import PppFrame
from simisp.ppp.behaviours.misconduct import Misconduct, options_of, packet_of
from simisp.ppp.control import PacketCode
from simisp.ppp.frame import ConfigOption, ProtocolNumber
from simisp.ppp.lcp import LcpOption
from simisp.ppp.link import PppLink

__all__ = [
    "CarrierGone",
    "ModemRestarts",
    "NoCarrierAsText",
    "PeerRestarts",
    "StopsAnsweringEchoes",
    "TerminatesAndIsGone",
    "TerminatesWithMessage",
]

_IDENTIFIER = 0x60


class _AfterAWhile(Misconduct):
    """Something happens once, some time after the link has come up."""

    option = "after"
    usual: ClassVar[float] = 5.0
    """How many seconds that is, unless it is set."""

    def __init__(self) -> None:
        super().__init__()
        self._after = self.usual
        self._is_due = True

    def set(self, value: float) -> None:
        """Set how many seconds that is."""
        self._after = value

    def on_up(self, network: Network, *, now: float) -> None:
        """Let it happen then."""
        if self._is_due:
            self._is_due = False
            self.later(self._after, self.happen, now=now)

    @abstractmethod
    def happen(self, now: float) -> None:
        """Do it."""


class StopsAnsweringEchoes(_AfterAWhile):
    """After a while, 30 s, the peer answers no Echo-Request any more, and everything else."""

    usual = 30.0

    def __init__(self) -> None:
        super().__init__()
        self._has_stopped = False

    def happen(self, now: float) -> None:
        """Stop."""
        self._has_stopped = True

    def on_receive(self, frame: PppFrame, *, now: float) -> bool:
        """Lose an Echo-Request."""
        return self._has_stopped and packet_of(frame, ProtocolNumber.LCP, PacketCode.ECHO_REQUEST) is not None


class TerminatesWithMessage(_AfterAWhile):
    """After 5 s the link is terminated, with a message."""

    def happen(self, now: float) -> None:
        """Terminate it."""
        self.link.close(b"Session limit reached", now=now)


class TerminatesAndIsGone(_AfterAWhile):
    """After 5 s there is a Terminate-Request, and then nothing more: the carrier stays on."""

    def happen(self, now: float) -> None:
        """Send it."""
        self.say(ProtocolNumber.LCP, PacketCode.TERMINATE_REQUEST, _IDENTIFIER, now=now)
        self.fall_silent()


class CarrierGone(_AfterAWhile):
    """After 5 s the carrier is gone, without a word of PPP."""

    def happen(self, now: float) -> None:
        """Hang up."""
        self.hang_up(now)


class NoCarrierAsText(_AfterAWhile):
    """NO CARRIER stands in the stream as text: before the first frame, and for good after 5 s, with the carrier on."""

    text = b"\r\nNO CARRIER\r\n"

    def begin(self, link: PppLink, *, now: float) -> None:
        """Send it for the first time."""
        super().begin(link, now=now)
        link.send_octets(self.text)

    def happen(self, now: float) -> None:
        """Send it, and nothing more."""
        self.link.send_octets(self.text)
        self.fall_silent()


class ModemRestarts(_AfterAWhile):
    """After 5 s the modem itself starts anew: the carrier is gone, its banner comes, and it knows of no call."""

    def happen(self, now: float) -> None:
        """Start anew."""
        self.link.request(ModemRestartRequested(b"\r\n^SYSSTART\r\n\r\n+CPIN: READY\r\n"))
        self.fall_silent()


class PeerRestarts(_AfterAWhile):
    """After 5 s the peer begins anew, with a Configure-Request of LCP in the middle of the link."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: tuple[ConfigOption, ...] = ()

    def sent(self, frame: PppFrame, *, now: float) -> Iterable[PppFrame]:
        """Remember what LCP asks for."""
        request = packet_of(frame, ProtocolNumber.LCP, PacketCode.CONFIGURE_REQUEST)
        self._asked = self._asked if request is None else options_of(request)
        return (frame,)

    def happen(self, now: float) -> None:
        """Begin anew."""
        # The link takes the client's request that answers this one as a new beginning, and goes on from there.
        options = [
            ConfigOption(option.type, bytes(octet ^ 0x5A for octet in option.data))
            if option.type == LcpOption.MAGIC
            else option
            for option in self._asked
        ]
        self.say_options(ProtocolNumber.LCP, PacketCode.CONFIGURE_REQUEST, _IDENTIFIER, options, now=now)
