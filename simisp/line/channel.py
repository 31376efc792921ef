"""Channels: what octets and circuits pass through between the client and the modem, and between the modem and the ISP.

A line has four places for a channel, one in each direction on either side of the modem::

    client  --CLIENT_TO_MODEM-->  modem  --MODEM_TO_ISP-->  far end
    client  <--MODEM_TO_CLIENT--  modem  <--ISP_TO_MODEM--  far end

Most lines have none: a place without a channel passes everything on at once, and costs nothing. A channel is a machine
(:mod:`simisp.machine`) that may hold back, lose, add or change what comes in, by timers of its own, and reports what it
does as facts. What it draws at random it draws from a generator of its own, made from the scenario's seed and its
place: to add a channel at one place changes nothing at another, and equal seeds give equal runs.

A circuit goes through in its order among the octets. Between client and modem these are the circuits of the port. On
the line to the modem it is DCD alone: the far end's hanging up is DCD going off behind the last octet that it has sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from random import Random
from typing import Protocol

from simisp.circuits import Circuit
from simisp.machine import Machine, Output, SendData, SetCircuit
from simisp.spans import Spans

__all__ = ["LOST_CARRIER", "Channel", "ChannelMaker", "ChannelPlace", "enter", "open_channels"]


class ChannelPlace(Enum):
    """Where a channel lies. The value is its name, which its random generator is made from."""

    __hash__ = object.__hash__  # looked up with each piece of data; Enum hashes the name each time

    CLIENT_TO_MODEM = "client to modem"
    MODEM_TO_CLIENT = "modem to client"
    MODEM_TO_ISP = "modem to isp"
    ISP_TO_MODEM = "isp to modem"


class Channel(Machine, Protocol):
    """One direction of one side of the line.

    Its outputs are :class:`~simisp.machine.SendData` and :class:`~simisp.machine.SetCircuit` for the other end, in
    their order, and facts for the transcript. What it makes of octets keeps their ``secrets`` and ``relayed``
    (:meth:`~simisp.machine.SendData.part`).
    """

    @property
    def held(self) -> int:
        """How many octets are under way. With many of them the Session takes no more from whoever sends them."""

    def receive_data(self, data: bytes, *, now: float, secrets: Spans = (), relayed: bool = False) -> None:
        """Take octets from its beginning, with what :class:`~simisp.machine.SendData` says about them."""

    def clear(self) -> None:
        """Lose what is under way: the call is over. Only the two places between modem and ISP are ever cleared."""


ChannelMaker = Callable[[Random], Channel]
"""Makes a channel that draws at random from what it is given."""


def open_channels(makers: Mapping[ChannelPlace, ChannelMaker], seed: int) -> dict[ChannelPlace, Channel]:
    """Return new channels for the places that have one.

    Args:
        makers: What makes the channel of each place.
        seed: What everything random is drawn from.
    """
    return {place: make(Random(f"{seed}/{place.value}")) for place, make in makers.items()}  # noqa: S311 - no secret


def enter(channel: Channel, output: Output, *, now: float) -> bool:
    """Put an output of a machine into a channel; return whether it is of a kind that passes through one."""
    match output:
        case SendData(data, secrets, relayed):
            channel.receive_data(data, now=now, secrets=secrets, relayed=relayed)
        case SetCircuit(circuit, on):
            channel.set_circuit(circuit, on, now=now)
        case _:
            return False
    return True


LOST_CARRIER = SetCircuit(Circuit.DCD, False)
"""What a far end that hangs up sends through the line to the modem."""
