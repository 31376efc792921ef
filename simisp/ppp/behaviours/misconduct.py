"""What the bad behaviours have in common: a link, things to do later, and ways to end it all."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import ClassVar

from simisp.facts.ppp import LinkEnding
from simisp.ppp.behaviour import LinkBehaviour, PppFrame
from simisp.ppp.config import PppConfig
from simisp.ppp.frame import ConfigOption, ControlPacket, decode_options, encode_options
from simisp.ppp.link import PppLink

__all__ = ["Misconduct", "options_of", "packet_of"]

_MOST_WAITING = 1000
"""How many things can wait for their time; a client that causes more of them causes nothing more."""
_NEVER_GIVES_UP = 1_000_000_000


class Misconduct(LinkBehaviour):
    """A behaviour that its subclasses make bad.

    Attributes:
        link: The link, from :meth:`begin` on.
    """

    is_patient: ClassVar[bool] = False
    """Whether the link waits for the client forever, where it would give up otherwise."""
    is_mute: ClassVar[bool] = False
    """Whether the link neither hears nor says anything."""
    option: ClassVar[str] = ""
    """What of it can be set: ``nth``, which frames are damaged; ``after``, seconds; empty for nothing."""

    link: PppLink

    def __init__(self) -> None:
        self.is_silent = self.is_mute
        self._waiting: list[tuple[float, int, Callable[[float], None]]] = []
        self._order = itertools.count()

    def configured(self, config: PppConfig) -> PppConfig:
        """Return what the link is set to, given what it would be set to."""
        if not (self.is_patient or self.is_mute):
            return config
        return replace(config, timers=replace(config.timers, max_configure=_NEVER_GIVES_UP))

    # What a link asks ------------------------------------------------------------------------------------------------

    def begin(self, link: PppLink, *, now: float) -> None:
        """Take note that the link starts."""
        self.link = link

    def before_send(self, frame: PppFrame, *, now: float) -> Iterable[PppFrame]:
        """Return what is sent in place of a frame."""
        return () if self.is_silent else self.sent(frame, now=now)

    def on_octets(self, data: bytes, *, now: float) -> bytes:
        """Return the received octets that the link looks at."""
        return b"" if self.is_silent else data

    def next_timer(self) -> float | None:
        """Return when the next thing is to be done."""
        return self._waiting[0][0] if self._waiting else None

    def handle_timer(self, *, now: float) -> None:
        """Do what is due."""
        while self._waiting and now >= self._waiting[0][0]:
            _, _, action = heapq.heappop(self._waiting)
            action(now)

    def set(self, value: float) -> None:
        """Set its option."""

    # For subclasses --------------------------------------------------------------------------------------------------

    def sent(self, frame: PppFrame, *, now: float) -> Iterable[PppFrame]:
        """Return what is sent in place of a frame, while the behaviour is not silent."""
        return (frame,)

    def later(self, seconds: float, action: Callable[[float], None], *, now: float) -> None:
        """Do something after a time; it is given the time then."""
        if len(self._waiting) < _MOST_WAITING:
            heapq.heappush(self._waiting, (now + seconds, next(self._order), action))

    def say(self, protocol: int, code: int, identifier: int, data: bytes = b"", *, now: float) -> None:
        """Send a packet of a control protocol."""
        if not self.is_silent:
            packet = ControlPacket(code, identifier & 0xFF, data)
            self.link.send_frame(PppFrame(protocol, packet.encode()), now=now)

    def say_options(
        self, protocol: int, code: int, identifier: int, options: Iterable[ConfigOption], *, now: float
    ) -> None:
        """Send a packet of a control protocol that carries options."""
        self.say(protocol, code, identifier, encode_options(options), now=now)

    def fall_silent(self) -> None:
        """Neither take nor send anything more, with the carrier on."""
        self.is_silent = True
        self._waiting.clear()

    def hang_up(self, now: float) -> None:
        """End the call, without a word of PPP."""
        self._waiting.clear()
        self.link.drop(ending=LinkEnding.CLOSED, now=now)


def packet_of(frame: PppFrame, protocol: int, code: int | None = None) -> ControlPacket | None:
    r"""Return the packet of a control protocol that a frame carries; None if it carries another one, or none.

    Args:
        frame: The frame.
        protocol: The protocol's number.
        code: The packet's code; None for any.

    Example:
        >>> packet_of(PppFrame(0xC021, b"\x05\x02\x00\x04"), 0xC021, 5)
        ControlPacket(code=5, identifier=2, data=b'')
    """
    if frame.protocol != protocol:
        return None
    packet = ControlPacket.decode(frame.information)
    return packet if packet is not None and code in (None, packet.code) else None


def options_of(packet: ControlPacket) -> tuple[ConfigOption, ...]:
    """Return the options that a packet carries; none if they are damaged."""
    return decode_options(packet.data) or ()
