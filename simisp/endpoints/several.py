"""One line behind several ports: whoever opens one of them first has the line until that port is closed.

A client at another socket finds the line busy. A terminal can refuse nobody: what its client sends stays in the kernel,
and its opening is reported when the line is free. If it has closed by then nothing of it is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from simisp.circuits import Circuit
from simisp.endpoints.base import (
    Ability,
    DataArrived,
    Endpoint,
    PortCircuit,
    PortClosed,
    PortEvent,
    PortOpened,
    PortSettings,
    Reactor,
    RoomMade,
    Terminal,
)
from simisp.endpoints.socket_port import SocketEndpoint

__all__ = ["SeveralEndpoints"]


class _Door:
    """One of the ports.

    Attributes:
        openings: How many times it is open.
        settings: Its settings, as last reported.
        circuits: What its client has set DTR and RTS to, since it was opened.
    """

    def __init__(self, port: Endpoint) -> None:
        self.port = port
        self.openings = 0
        self.settings: PortSettings | None = None
        self.circuits: dict[Circuit, bool] = {}


class SeveralEndpoints:
    """A line that several ports lead to, one client at a time.

    Args:
        ports: Two or more; they belong to this.
    """

    def __init__(self, ports: Sequence[Endpoint]) -> None:
        self._doors = [_Door(port) for port in ports]
        self._holder: _Door | None = None
        self._held = False
        self._reactor: Reactor | None = None
        self._on_event: Callable[[PortEvent], None] | None = None

    @property
    def path(self) -> str:
        """The path of the first port."""
        return self._doors[0].port.path

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of all ports, in their order."""
        return tuple(door.port.path for door in self._doors)

    @property
    def abilities(self) -> frozenset[Ability]:
        """What all of them can do."""
        each = [door.port.abilities for door in self._doors]
        return each[0].intersection(*each[1:]) - {Ability.SEVERAL_CLIENTS}

    @property
    def terminal(self) -> Terminal | None:
        """None: a client need not have come through a terminal, even if one of the ports is one."""
        return None

    @property
    def backlog(self) -> int:
        """How many octets are pending because the client does not read."""
        return 0 if self._holder is None else self._holder.port.backlog

    @property
    def echo_rate(self) -> float | None:
        """How many octets a second the client's port can echo; None if it does not echo by itself."""
        return None if self._holder is None else self._holder.port.echo_rate

    def attach(self, reactor: Reactor, on_event: Callable[[PortEvent], None]) -> None:
        """Report from now on what happens, in order, and soon what has happened already."""
        self._reactor, self._on_event = reactor, on_event
        for door in self._doors:
            self._let(door)
            door.port.attach(reactor, lambda event, door=door: self._take(door, event))  # type: ignore[misc]

    def detach(self) -> None:
        """Report nothing any more. Calling it again does nothing."""
        self._reactor = self._on_event = None
        for door in self._doors:
            door.port.detach()

    def look(self) -> None:
        """Report at once what has happened so far."""
        for door in self._doors:
            door.port.look()

    def hold(self, on: bool) -> None:
        """Leave the client's octets where they are, or take them again."""
        self._held = on
        if self._holder is not None:
            self._holder.port.hold(on)

    def send(self, data: bytes) -> None:
        """Send octets to the client."""
        if self._holder is not None:
            self._holder.port.send(data)

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        """Show a circuit at every port: the next client finds it as it is."""
        for door in self._doors:
            door.port.set_circuit(circuit, on)

    def close(self) -> None:
        """Release everything. Calling it again does nothing."""
        self.detach()
        for door in self._doors:
            door.port.close()

    def _let(self, door: _Door) -> None:
        """Let a port's client through, or keep it out, as is its turn now."""
        is_out = self._holder is not None and self._holder is not door
        if isinstance(door.port, SocketEndpoint):
            door.port.is_taken = is_out
        else:
            door.port.hold(is_out or (self._held and door is self._holder))

    def _take(self, door: _Door, event: PortEvent) -> None:
        match event:
            case PortOpened():
                door.openings = event.openings
                if event.openings == 1:
                    door.circuits.clear()
                self._come_in(door, event)
            case PortClosed():
                door.openings = event.openings
                if self._holder is door:
                    self._leave(door, event)
            case DataArrived() | RoomMade():
                if self._holder is door:
                    self._report(event)
            case PortSettings() | PortCircuit():
                self._set(door, event)
            case _:
                self._report(event)

    def _set(self, door: _Door, event: PortSettings | PortCircuit) -> None:
        if isinstance(event, PortSettings):
            door.settings = event
        else:
            door.circuits[event.circuit] = event.on
        if self._holder is door:
            self._report(event)

    def _come_in(self, door: _Door, event: PortOpened) -> None:
        if self._holder is door:
            self._report(event)
        elif self._holder is None:
            self._holder = door
            for each in self._doors:
                self._let(each)
            self._report(event)
            if door.settings is not None:
                self._report(door.settings)
            for circuit, on in list(door.circuits.items()):
                self._report(PortCircuit(circuit, on))

    def _leave(self, door: _Door, event: PortClosed) -> None:
        self._report(event)
        if event.openings or self._holder is not door:
            return
        self._holder = None
        waiting = next((each for each in self._doors if each.openings), None)
        if waiting is not None:
            self._come_in(waiting, PortOpened(waiting.openings))
        else:
            for each in self._doors:
                self._let(each)

    def _report(self, event: PortEvent) -> None:
        if self._on_event is not None:
            self._on_event(event)
