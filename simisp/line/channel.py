"""Channels: the paths of octets and circuits between the client and the modem, and between the modem and the ISP.

A line has four places for a channel, one for each direction on either side of the modem::

    client  --CLIENT_TO_MODEM-->  modem  --MODEM_TO_ISP-->  far end
    client  <--MODEM_TO_CLIENT--  modem  <--ISP_TO_MODEM--  far end

Most places have no channel, and then everything passes on at once, at no cost. A channel is a machine
(:mod:`simisp.machine`) that may hold back, lose, add or change its input, with its own timers, and reports what it does
as facts. Anything random comes from its own generator, made from the scenario's seed and its place: so adding a channel
at one place changes nothing at another, and equal seeds give equal runs.

A circuit keeps its position among the octets. Between client and modem these are the circuits of the port. On the line
to the modem it is only DCD: a far end that hangs up is DCD going off after the last octet that it has sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from simisp.circuits import Circuit
from simisp.facts.fact import Fact
from simisp.facts.faults import ChannelPlace
from simisp.machine import Machine, Output, SendData, SetCircuit
from simisp.spans import Spans

if TYPE_CHECKING:
    from random import Random

__all__ = [
    "LOST_CARRIER",
    "OTHER_DIRECTION",
    "Channel",
    "ChannelMaker",
    "ChannelPlace",
    "TurnedBack",
    "enter",
    "open_channels",
]


class Channel(Machine, Protocol):
    """One direction of one side of the line.

    Its outputs are :class:`~simisp.machine.SendData` and :class:`~simisp.machine.SetCircuit` for the other end, in
    order, and facts for the transcript. The octets keep their ``secrets`` and ``relayed``
    (:meth:`~simisp.machine.SendData.part`).
    """

    @property
    def held(self) -> int:
        """How many octets are under way. If there are many, the Session takes no more octets from their sender."""

    def receive_data(self, data: bytes, *, now: float, secrets: Spans = (), relayed: bool = False) -> None:
        """Take octets at its beginning, with the attributes of :class:`~simisp.machine.SendData`."""

    def notice(self, fact: Fact, *, now: float) -> None:
        """Take a fact of the call, by which it may do something: it was answered, its dialogue has reached a mark."""

    def overhear(self, data: bytes, *, now: float) -> None:
        """Take octets that pass in the other direction at this side of the modem, by which it may do something."""

    def clear(self) -> None:
        """Drop the octets under way: the call is over. Only the places between modem and ISP are ever cleared."""


@dataclass(frozen=True, slots=True)
class TurnedBack(Output):
    """Octets that come back to their sender instead of going on.

    Attributes:
        data: One octet or more.
        secrets: Which of them are secret.
    """

    data: bytes
    secrets: Spans = ()


OTHER_DIRECTION: Mapping[ChannelPlace, ChannelPlace] = {
    ChannelPlace.CLIENT_TO_MODEM: ChannelPlace.MODEM_TO_CLIENT,
    ChannelPlace.MODEM_TO_CLIENT: ChannelPlace.CLIENT_TO_MODEM,
    ChannelPlace.MODEM_TO_ISP: ChannelPlace.ISP_TO_MODEM,
    ChannelPlace.ISP_TO_MODEM: ChannelPlace.MODEM_TO_ISP,
}

ChannelMaker = Callable[["Random"], Channel]
"""Makes a channel that uses the given random generator."""


def open_channels(makers: Mapping[ChannelPlace, ChannelMaker], seed: int) -> dict[ChannelPlace, Channel]:
    """Return new channels for the places that have one.

    Args:
        makers: Makes the channel of each place.
        seed: The seed of everything random.
    """
    if not makers:
        return {}
    from random import Random  # most lines have no channels

    return {place: make(Random(f"{seed}/{place.value}")) for place, make in makers.items()}  # noqa: S311 - no secret


def enter(channel: Channel, output: Output, *, now: float) -> bool:
    """Put a machine's output into a channel; return whether it is of a kind that passes through channels."""
    match output:
        case SendData(data, secrets, relayed):
            channel.receive_data(data, now=now, secrets=secrets, relayed=relayed)
        case SetCircuit(circuit, on):
            channel.set_circuit(circuit, on, now=now)
        case _:
            return False
    return True


LOST_CARRIER = SetCircuit(Circuit.DCD, False)
"""The output by which a far end that hangs up reaches the modem."""
