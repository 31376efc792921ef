"""A client of a pure run that logs in first and then brings up PPP on the same line."""

from __future__ import annotations

from typing import Protocol

from simisp.circuits import Circuit
from simisp.machine import Output, SendData
from simisp.ppp.client import PppClient
from simisp.runner.pure_clients import PureClient

__all__ = ["ClientThenPpp", "UnreadingClient"]


class UnreadingClient(PureClient, Protocol):
    """A client that says what it has received and not looked at."""

    @property
    def unread(self) -> bytes:
        """The octets behind the last one that it looked at: the first for what follows it."""


class ClientThenPpp:
    """A client that plays another one to its end and, if its exit status is 0, goes on with PPP.

    Args:
        first: What logs in: a script, or a conversation.
        ppp: What brings up the link.
    """

    def __init__(self, first: UnreadingClient, ppp: PppClient) -> None:
        self.first = first
        self.ppp = ppp
        self._plays: PureClient = first

    @property
    def name(self) -> str:
        """What a verdict calls it."""
        return f"{self.first.name}, then {self.ppp.name}"

    @property
    def exit_status(self) -> int | None:
        """That of PPP once the first client has ended well; that of the first client until then, and if it failed."""
        return self._plays.exit_status

    @property
    def reads(self) -> bool:
        """Whether it waits for octets from the line."""
        return self._plays.reads

    def start(self, *, now: float) -> None:
        """Begin to log in."""
        self.first.start(now=now)
        self._after(now)

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the line."""
        self._plays.receive_data(data, now=now)
        self._after(now)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Take a circuit of the modem."""
        self._plays.set_circuit(circuit, on, now=now)
        self._after(now)

    def handle_timer(self, *, now: float) -> None:
        """Act on what is due."""
        self._plays.handle_timer(now=now)
        self._after(now)

    def next_timer(self) -> float | None:
        """Return the earliest deadline."""
        return self._plays.next_timer()

    def take_outputs(self) -> list[Output]:
        """Return what was sent since the last call."""
        outputs = list(self.first.take_outputs())
        if self._plays is self.ppp:
            outputs += [output for output in self.ppp.take_outputs() if type(output) is SendData]
        return outputs

    def _after(self, now: float) -> None:
        if self._plays is self.first and self.first.exit_status == 0:
            self._plays = self.ppp
            self.ppp.start(now=now)
            self.ppp.receive_data(self.first.unread, now=now)
