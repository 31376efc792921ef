"""A serial port in this process's memory: no descriptor, no kernel, and every octet and circuit in its exact order.

The simulator has a :class:`MemoryEndpoint`, the software under test opens a :class:`MemoryPort` on it. Neither blocks;
each notifies the other by callbacks, which are called from the event loop and never from within a call.
"""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Callable, Iterator

from simisp.circuits import DTE_CIRCUITS, Circuit
from simisp.endpoints.base import (
    Ability,
    DataArrived,
    PortCircuit,
    PortClosed,
    PortEvent,
    PortOpened,
    Reactor,
    RoomMade,
)
from simisp.errors import EndpointError

__all__ = ["MemoryEndpoint", "MemoryPort"]

_CAPACITY = 4096
"""How many octets may wait in a direction, as in the kernel's queue of a terminal."""

Schedule = Callable[[Callable[[], None]], object]


def _nothing() -> None:
    pass


class _Notice:
    """Calls back from the event loop, once for any number of requests before."""

    def __init__(self, schedule: Schedule, callback: Callable[[], None] = _nothing) -> None:
        self.callback = callback
        self._schedule = schedule
        self._given = False

    def give(self) -> None:
        if not self._given:
            self._given = True
            self._schedule(self._call)

    def _call(self) -> None:
        self._given = False
        self.callback()


class MemoryEndpoint:
    r"""A port whose client lives in the same process.

    One client at a time can have it open; a second one is refused, as on a port opened exclusively. Octets that a
    client left unread never reach the next one, and what it wrote before it closed comes before its closing.

    Args:
        schedule: Calls a function soon, such as an event loop's ``call_soon``.
        path: The name of the port.
        capacity: How many octets may wait in each direction before the sender has to.

    Example:
        >>> turns = []
        >>> endpoint = MemoryEndpoint(turns.append)
        >>> port = endpoint.open()
        >>> port.write(b"ATZ\r")
        4
        >>> list(endpoint.receive())
        [PortOpened(openings=1), DataArrived(data=b'ATZ\r')]
        >>> endpoint.send(b"OK")
        >>> port.read()
        b'OK'
    """

    def __init__(self, schedule: Schedule, *, path: str = "memory", capacity: int = _CAPACITY) -> None:
        self.path = path
        self.abilities = frozenset({Ability.CIRCUITS, Ability.HANG_UP_SEEN, Ability.NEXT_CLIENT})
        self._schedule = schedule
        self._capacity = capacity
        self._events: deque[PortEvent | bytearray] = deque()
        self._opened: deque[MemoryPort] = deque()  # openings not reported yet
        self._held_by: MemoryPort | None = None  # the client that has it open
        self._serving: MemoryPort | None = None  # the same, as far as reported
        self._unread = 0
        self._backlog = bytearray()
        self._on_event: Callable[[PortEvent], None] | None = None
        self._left_alone = False
        self._circuits = dict.fromkeys(Circuit, False)
        self._happened = _Notice(schedule)
        self._room = _Notice(schedule)

    @property
    def echo_rate(self) -> None:
        """None: a port in memory has no terminal that could echo."""

    @property
    def terminal(self) -> None:
        """A port in memory is no terminal."""

    @property
    def backlog(self) -> int:
        """How many octets are pending because the client does not read."""
        return len(self._backlog)

    @property
    def is_open(self) -> bool:
        """Whether a client has the port open."""
        return self._held_by is not None

    def open(self) -> MemoryPort:
        """Open the port; DTR and RTS go on.

        Raises:
            EndpointError: It is already open.
        """
        if self._held_by is not None:
            raise EndpointError("the port is open already", path=self.path, errno=errno.EBUSY, remedy="close it first")
        port = self._held_by = MemoryPort(self, self._schedule, self._capacity)
        self._opened.append(port)
        self._append(PortOpened(1))
        return port

    def attach(self, reactor: Reactor, on_event: Callable[[PortEvent], None]) -> None:
        """Report from now on what happens, in order, and soon what has happened already."""
        self._on_event = on_event
        self._happened.callback, self._room.callback = self.look, self._make_room
        if self._events:
            self._happened.give()

    def detach(self) -> None:
        """Report nothing any more. Calling it again does nothing."""
        self._on_event = None
        self._happened.callback = self._room.callback = _nothing

    def hold(self, on: bool) -> None:
        """Leave the client's octets where they are, or take them again."""
        self._left_alone = on
        if not on and self._events:
            self._happened.give()

    def look(self) -> None:
        """Report what has happened so far."""
        for event in self.receive(data=not self._left_alone):
            if self._on_event is None:
                return
            self._on_event(event)

    def _make_room(self) -> None:
        self._flush()
        if self._on_event is not None:
            self._on_event(RoomMade())

    def receive(self, *, data: bool = True) -> Iterator[PortEvent]:
        """Yield what happened, in order. Without ``data`` circuits pass the octets that are left where they are."""
        if not data and not any(isinstance(event, PortClosed) for event in self._events):
            yield from self._take_circuits()
            return
        while self._events:
            event = self._events.popleft()
            match event:
                case bytearray():
                    self._taken(event)
                    yield DataArrived(bytes(event))
                case PortOpened():
                    self._serving = self._opened.popleft()
                    yield event
                case PortClosed():
                    yield event
                    # Only now: answers sent meanwhile have no recipient.
                    self._serving = None
                    self._backlog.clear()
                case _:
                    yield event

    def send(self, data: bytes) -> None:
        """Send octets; those that the client does not accept now wait in the backlog."""
        self._backlog += data
        self._flush()

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        """Show the client DSR, CTS, DCD or RI."""
        if self._circuits[circuit] is not on:
            self._circuits[circuit] = on
            if self._held_by is not None:
                self._held_by.circuit_changed(circuit, on)

    def _flush(self) -> None:
        """Send of the backlog what the client takes now."""
        if self._serving is not None:
            del self._backlog[: self._serving.deliver(self._backlog)]

    def close(self) -> None:
        """Take the port away from its client. Calling it again does nothing."""
        self.detach()
        port, self._held_by, self._serving = self._held_by, None, None
        if port is not None:
            port.lose()

    # For the client's end --------------------------------------------------------------------------------------------

    def circuit(self, circuit: Circuit) -> bool:
        """Return the state of a circuit that the DCE drives."""
        return self._circuits[circuit]

    def take(self, data: bytes | bytearray | memoryview) -> int:
        """Take octets from the client; return how many there was room for."""
        taken = data[: max(0, self._capacity - self._unread)]
        if taken:
            self._unread += len(taken)
            if self._events and isinstance(last := self._events[-1], bytearray):
                last += taken
            else:
                self._append(bytearray(taken))
        return len(taken)

    def take_circuit(self, circuit: Circuit, on: bool) -> None:
        """Take DTR or RTS from the client."""
        self._append(PortCircuit(circuit, on))

    def client_reads(self) -> None:
        """There is room for octets again."""
        if self._backlog:
            self._room.give()

    def client_closed(self) -> None:
        """Note that the client has closed the port; another client may open it."""
        self._held_by = None
        self._append(PortClosed(0))

    def _append(self, event: PortEvent | bytearray) -> None:
        self._events.append(event)
        self._happened.give()

    def _taken(self, octets: bytearray) -> None:
        self._unread -= len(octets)
        if self._held_by is not None:
            self._held_by.room.give()

    def _take_circuits(self) -> Iterator[PortEvent]:
        others = [event for event in self._events if not isinstance(event, bytearray)]
        octets = bytearray().join(event for event in self._events if isinstance(event, bytearray))
        self._events = deque([octets] if octets else [])
        for event in others:
            if isinstance(event, PortOpened):
                self._serving = self._opened.popleft()
            yield event


class MemoryPort:
    """The client's end of a port in memory; non-blocking. ``MemoryLine.open_port`` makes it.

    Attributes:
        is_open: Whether the client still has the port.
        arrived: Its ``callback`` is called when there is something to read.
        room: Its ``callback`` is called when octets can be written again.
        lost: Its ``callback`` is called when the port was taken away.
        on_circuit: Called for each change of DSR, CTS, DCD or RI, with the circuit and whether it is on; or None.
    """

    def __init__(self, endpoint: MemoryEndpoint, schedule: Schedule, capacity: int) -> None:
        """Internal: open a port.

        Args:
            endpoint: The simulator's end.
            schedule: Calls a function on the loop's next turn.
            capacity: How many octets may be unread; further octets wait on the line.
        """
        self._endpoint = endpoint
        self._schedule = schedule
        self._capacity = capacity
        self._unread = bytearray()
        self._own = dict.fromkeys(DTE_CIRCUITS, True)
        self.is_open = True
        """Whether the port is still ours."""
        self.arrived = _Notice(schedule)
        """Its ``callback`` is called when there is something to read."""
        self.room = _Notice(schedule)
        """Its ``callback`` is called when octets can be written again."""
        self.lost = _Notice(schedule)
        """Its ``callback`` is called when the port was taken away."""
        self.on_circuit: Callable[[Circuit, bool], None] | None = None
        """Called for each change of DSR, CTS, DCD or RI."""

    @property
    def path(self) -> str:
        """The name of the port."""
        return self._endpoint.path

    @property
    def waiting(self) -> int:
        """How many octets there are to read."""
        return len(self._unread)

    def read(self, most: int | None = None) -> bytes:
        """Return octets that have arrived; may be empty. After the port was taken away, the rest of them.

        Args:
            most: How many at most; None for all.
        """
        data = bytes(self._unread[:most])
        del self._unread[: len(data)]
        if data and self.is_open:
            self._endpoint.client_reads()
        return data

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Send octets; return how many the line takes now, 0 or more. The rest has to be written again later.

        Args:
            data: The octets.

        Raises:
            EndpointError: The port is closed.
        """
        self._check()
        return self._endpoint.take(data)

    def circuit(self, circuit: Circuit) -> bool:
        """Return whether a circuit is on.

        Args:
            circuit: Any of the six; DTR and RTS are as the client itself has set them.
        """
        own = self._own.get(circuit)
        return self._endpoint.circuit(circuit) if own is None else own

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        """Set DTR or RTS.

        Args:
            circuit: Which of the two.
            on: Its new state.

        Raises:
            ValueError: The DCE drives this one.
            EndpointError: The port is closed.
        """
        if circuit not in self._own:
            raise ValueError(f"{circuit.value} is driven by the DCE")
        self._check()
        if self._own[circuit] is not on:
            self._own[circuit] = on
            self._endpoint.take_circuit(circuit, on)

    def close(self) -> None:
        """Close the port; what has not been read is gone. Calling it again does nothing."""
        if self.is_open:
            self.is_open = False
            self._unread.clear()
            self._endpoint.client_closed()

    # For the endpoint ------------------------------------------------------------------------------------------------

    def deliver(self, data: bytearray) -> int:
        """Internal: take octets from the simulator; return how many there was room for."""
        if not self.is_open:
            return len(data)  # lost: the port is closed
        taken = data[: max(0, self._capacity - len(self._unread))]
        self._unread += taken
        if taken:
            self.arrived.give()
        return len(taken)

    def circuit_changed(self, circuit: Circuit, on: bool) -> None:
        """Internal: show the client a change."""
        self._schedule(lambda: self.on_circuit(circuit, on) if self.on_circuit is not None else None)

    def lose(self) -> None:
        """Internal: the port is gone."""
        self.is_open = False
        self.lost.give()

    def _check(self) -> None:
        if not self.is_open:
            raise EndpointError("the port is closed", path=self.path, errno=errno.EBADF)
