"""What is behind a port: the contract between a driver and the machine that it drives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from simisp.circuits import Circuit
from simisp.facts.fact import Fact
from simisp.machine import CircuitTaken, Machine, Output, Received
from simisp.modem.known_answers import KnownAnswer

__all__ = ["PortMachine", "QuietPort"]


class PortMachine(Machine, Protocol):
    """A machine behind a port. A modem's AT line is one, its NMEA port another.

    A modem with several ports has one such machine for each. What one of them takes may change another, so that after
    each event at one port the others are given a turn (:meth:`settle`).
    """

    def receive_some(self, data: bytes, start: int, *, now: float) -> int:
        """Take octets from the client, from index ``start`` until their answers are much; return the next index."""

    def answer_known(self, data: bytes, *, now: float) -> KnownAnswer | None:
        """Take a whole line whose answer is known, and return it in place of the outputs; None for the usual way."""

    def see_rate(self, rate: int, *, now: float) -> None:
        """Take the rate at which the client sends and reads, in bit/s; 0 is B0."""

    def notice(self, fact: Fact, *, now: float) -> None:
        """Take what the client did to the port besides: an opening, a closing, a break."""

    def settle(self, *, now: float) -> None:
        """Pass on what another port of the same modem has caused here."""

    def lose_power(self, *, now: float) -> None:
        """Be unplugged: what was under way is over."""

    def power_up(self, *, now: float) -> None:
        """Be plugged in again: begin anew, as after switching on."""


class QuietPort:
    r"""A port that takes everything and says nothing, such as a module's diagnostic port, which speaks no AT.

    What a client sends is recorded. It is also what other machines without commands have in common.

    Example:
        >>> port = QuietPort()
        >>> port.receive_data(b"AT\r", now=1.0)
        >>> port.take_outputs()
        [Received(data=b'AT\r', secrets=())]
    """

    def __init__(self) -> None:
        self._outputs: list[Output] = []

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the client."""
        self._outputs.append(Received(data))

    def receive_some(self, data: bytes, start: int, *, now: float) -> int:
        """Take all octets from the client."""
        self.receive_data(data[start:], now=now)
        return len(data)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take a circuit of the client."""
        self._outputs.append(CircuitTaken(circuit, on))

    def answer_known(self, data: bytes, *, now: float) -> KnownAnswer | None:
        """Return None: nothing is answered."""
        return None

    def see_rate(self, rate: int, *, now: float) -> None:
        """Take the client's rate, which means nothing here."""

    def notice(self, fact: Fact, *, now: float) -> None:
        """Do nothing: what is done to the port means nothing here."""

    def settle(self, *, now: float) -> None:
        """Do nothing: no other port concerns this one."""

    def lose_power(self, *, now: float) -> None:
        """Do nothing: nothing is under way."""

    def power_up(self, *, now: float) -> None:
        """Begin anew."""

    def handle_timer(self, *, now: float) -> None:
        """Do nothing: there is no deadline."""

    def next_timer(self) -> float | None:
        """Return None: there is no deadline."""
        return None

    def take_outputs(self) -> Sequence[Output]:
        """Return the outputs since the last call, in order, and forget them."""
        outputs, self._outputs = self._outputs, []
        return outputs
