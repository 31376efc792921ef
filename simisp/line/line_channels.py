"""The channels of one line: what passes through them, and what comes out at the other end."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simisp.facts.fact import Fact
from simisp.line.channel import (
    OTHER_DIRECTION,
    Channel,
    ChannelMaker,
    ChannelPlace,
    TurnedBack,
    enter,
    open_channels,
)
from simisp.line.round_trips import RoundTrips
from simisp.machine import Output, SendData, earliest

__all__ = ["LineChannels"]

_ONLY_DURING_A_CALL = (ChannelPlace.MODEM_TO_ISP, ChannelPlace.ISP_TO_MODEM)


class LineChannels:
    """The channels of a line that has any.

    Args:
        makers: Makes the channel of each place that has one from the start.
        seed: The seed of everything random.
        arrive: Takes what comes out of a channel: its place, the output and the time.
        send_back: Takes octets that a channel has turned back: its place, the octets and the time.
        settle: Passes on what an arrival has caused in the machines at the ends, at the given time.
    """

    __slots__ = ("_arrive", "_at", "_round_trips", "_send_back", "_settle")

    def __init__(
        self,
        makers: Mapping[ChannelPlace, ChannelMaker],
        seed: int,
        *,
        arrive: Callable[[ChannelPlace, Output, float], None],
        send_back: Callable[[ChannelPlace, SendData, float], None],
        settle: Callable[[float], None],
    ) -> None:
        self._at: Mapping[ChannelPlace, Channel] = open_channels(makers, seed)
        self._round_trips = RoundTrips()
        self._arrive, self._send_back, self._settle = arrive, send_back, settle

    def __contains__(self, place: ChannelPlace) -> bool:
        return place in self._at

    @property
    def held(self) -> int:
        """How many octets are under way in all of them."""
        return sum(channel.held for channel in self._at.values())

    def add(self, place: ChannelPlace, channel: Channel) -> None:
        """Put a channel behind those that a place has, at any moment; what is under way in them goes on into it.

        Args:
            place: The place.
            channel: The channel, which has taken nothing yet.
        """
        from simisp.line.faults.chain import Chain  # few lines have two channels at one place

        known = self._at.get(place)
        self._at = {**self._at, place: channel if known is None else Chain([known, channel])}

    def send(self, place: ChannelPlace, output: Output, now: float) -> bool:
        """Put an output into the channel of a place, and pass on what comes out of it.

        Returns:
            False if it is not for a channel: the place has none, or the output is neither octets nor a circuit.
        """
        channel = self._at.get(place)
        if channel is None or not enter(channel, output, now=now):
            return False
        self._take_from(place, now)
        return True

    def let_overhear(self, place: ChannelPlace, data: bytes, now: float) -> None:
        """Let the channel of the other direction know of octets that set out at a place."""
        across = OTHER_DIRECTION[place]
        if across in self._at:
            self._at[across].overhear(data, now=now)
            self._take_from(across, now)

    def let_notice(self, fact: Fact, now: float) -> None:
        """Let all channels know of a fact of the call."""
        for place, channel in self._at.items():
            channel.notice(fact, now=now)
            self._take_from(place, now)

    def end_call(self) -> None:
        """Drop the octets under way between modem and ISP."""
        for place in _ONLY_DURING_A_CALL:
            if place in self._at:
                self._at[place].clear()

    def next_timer(self) -> float | None:
        """Return the earliest deadline of all channels."""
        return earliest(channel.next_timer() for channel in self._at.values())

    def handle_timer(self, *, now: float) -> None:
        """Let everything that is due come out."""
        while due := [place for place, channel in self._at.items() if _is_due(channel, now)]:
            for place in due:
                self._at[place].handle_timer(now=now)
                self._take_from(place, now)
                self._settle(now)

    def _take_from(self, place: ChannelPlace, now: float) -> None:
        for output in self._at[place].take_outputs():
            if type(output) is TurnedBack:
                self._turn_back(place, SendData(output.data, output.secrets), now)
            else:
                self._arrive(place, output, now)

    def _turn_back(self, place: ChannelPlace, output: SendData, now: float) -> None:
        """Send octets that have come back at a place on their way to their sender."""
        if not self._round_trips.begin(now):
            return  # an echo has answered an echo for long enough
        self._send_back(place, output, now)
        self._round_trips.end()


def _is_due(channel: Channel, now: float) -> bool:
    deadline = channel.next_timer()
    return deadline is not None and now >= deadline
