"""A client in pure time that is asked, after each event, until when it waits."""

from __future__ import annotations

from collections.abc import Sequence

from simisp.circuits import Circuit
from simisp.machine import Output, SendData
from simisp.sweep.client import ClientView, Sending, WatchedClient
from simisp.sweep.undisturbed import WaitSeen

__all__ = ["WaitsSeen"]


class WaitsSeen:
    """A client that behaves as the one it stands for, and keeps the waits with a limit that this one began.

    Args:
        client: The client.

    Attributes:
        waits: The waits, in order.
    """

    def __init__(self, client: WatchedClient) -> None:
        self._client = client
        self._due: float | None = None
        self.waits: list[WaitSeen] = []

    @property
    def name(self) -> str:
        """What a verdict calls the client."""
        return self._client.name

    @property
    def exit_status(self) -> int | None:
        """The client's exit status."""
        return self._client.exit_status

    @property
    def reads(self) -> bool:
        """Whether the client waits for octets."""
        return self._client.reads

    def start(self, *, now: float) -> None:
        """Let the client begin."""
        self._client.start(now=now)
        self._look(now)

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Hand on octets."""
        self._client.receive_data(data, now=now)
        self._look(now)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Hand on a circuit."""
        self._client.set_circuit(circuit, on, now=now)
        self._look(now)

    def handle_timer(self, *, now: float) -> None:
        """Let the client act on what is due."""
        self._client.handle_timer(now=now)
        self._look(now)

    def next_timer(self) -> float | None:
        """Return when the client's wait ends."""
        return self._client.next_timer()

    def take_outputs(self) -> Sequence[Output]:
        """Return what the client has sent."""
        return self._client.take_outputs()

    def about(self, output: SendData) -> Sending | None:
        """Return what the client knows of that moment."""
        return self._client.about(output)

    def view(self) -> ClientView:
        """Return where the client stands."""
        return self._client.view()

    def _look(self, now: float) -> None:
        due = self._client.next_timer()
        if due != self._due and due is not None and due > now and self._client.reads:
            self.waits.append(WaitSeen(now, due - now))
        self._due = due
