"""One client's connection to a port: what it brings is decoded and reported, what the line sends waits for it.

Octets of the line wait unencoded, in order with changes of circuits, and are encoded a piece at a time. So a client
that suspends the line stops them, one that purges its buffer drops them, and neither cuts an encoded octet in two.
What makes them go on is said by the client, so it is read meanwhile even if its octets are held: those are kept here.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

from simisp.circuits import Circuit
from simisp.endpoints.base import ConnectionLost, DataArrived, PortClosed, PortEvent, Reactor, RoomMade
from simisp.endpoints.coding import Coding, CodingOutput

__all__ = ["Connection", "SocketTransport", "Transport"]

_READ_SIZE = 4096
_MOST_READS = 8
"""Reads at a time: a client that floods the port gets its turn like everything else."""
_PIECE = 4096
"""Octets of the line that are encoded at a time."""
_MOST_PENDING = 64 * 1024
"""Octets that wait for a client above which nothing is read from it: it answers itself with what it asks for."""


class Transport(Protocol):
    """What carries a connection's octets; nothing of it blocks."""

    @property
    def reading(self) -> int:
        """The descriptor that is readable when octets or the connection's end have arrived."""

    @property
    def writing(self) -> int:
        """The descriptor that is writable when there is room."""

    def read(self, most: int) -> bytes:
        """Return octets; empty at the connection's end.

        Raises:
            BlockingIOError: There are none now.
            OSError: The connection is lost.
        """

    def write(self, data: bytes | bytearray) -> int:
        """Write octets; return how many there was room for.

        Raises:
            BlockingIOError: There is no room now.
            OSError: The connection is lost.
        """

    def lost_because(self, error: OSError) -> str:
        """Return why a connection was lost, in words; empty where an error is how a client closes it."""

    def close(self) -> None:
        """Close it."""


class SocketTransport:
    """A connected stream socket.

    Args:
        connected: The socket, which is made non-blocking and belongs to this.
        keep_alive: For how many seconds a silent peer may be gone before the kernel gives it up; None if it doesn't.
    """

    def __init__(self, connected: socket.socket, *, keep_alive: float | None = None) -> None:
        connected.setblocking(False)
        self._socket = connected
        self._keep_alive = keep_alive
        self.reading = self.writing = connected.fileno()

    def read(self, most: int) -> bytes:
        """Return octets; empty at the end."""
        return self._socket.recv(most)

    def write(self, data: bytes | bytearray) -> int:
        """Write octets without SIGPIPE."""
        return self._socket.send(data, socket.MSG_NOSIGNAL)

    def lost_because(self, error: OSError) -> str:
        """Return why the connection was lost."""
        if error.errno == errno.ETIMEDOUT and self._keep_alive is not None:
            return f"no answer to keep-alive for {self._keep_alive:g} s"
        by_reset = error.errno in (errno.ECONNRESET, errno.EPIPE)
        return "the client reset it" if by_reset else os.strerror(error.errno or 0)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


class Connection:
    """A client's connection, from its opening to its closing, which it reports.

    Args:
        transport: What carries it; closed with it.
        coding: How octets and circuits travel.
        on_over: Called when the client has gone, after its closing was reported.
    """

    def __init__(self, transport: Transport, coding: Coding, on_over: Callable[[], None]) -> None:
        self.coding = coding
        self._transport = transport
        self._on_over = on_over
        self._reactor: Reactor | None = None
        self._on_event: Callable[[PortEvent], None] | None = None
        self._is_open = True
        self._held = False
        self._reads = self._awaits_room = False
        self._ends = select.epoll()  # wakes for the client's end alone, while its octets are left where they are
        self._waits_for_end = False
        self._out = bytearray()
        self._later: deque[bytes | tuple[Circuit, bool]] = deque()
        self._later_octets = 0
        self._kept: list[DataArrived] = []
        self._kept_octets = 0
        with contextlib.suppress(OSError):  # a transport that has no end to wait for
            self._ends.register(transport.reading, select.EPOLLRDHUP)

    @property
    def backlog(self) -> int:
        """How many octets wait because the client does not read, or wants none."""
        return len(self._out) + self._later_octets

    def attach(self, reactor: Reactor, on_event: Callable[[PortEvent], None]) -> None:
        """Report from now on what happens."""
        self._reactor, self._on_event = reactor, on_event
        self._watch()
        self._give_soon()

    def detach(self) -> None:
        """Report nothing any more."""
        reactor, self._reactor, self._on_event = self._reactor, None, None
        if reactor is None:
            return
        if self._reads:
            reactor.remove_reader(self._transport.reading)
        if self._waits_for_end:
            reactor.remove_reader(self._ends.fileno())
        if self._awaits_room:
            reactor.remove_writer(self._transport.writing)
        self._reads = self._waits_for_end = self._awaits_room = False

    def begin(self) -> None:
        """Send a new client what its coding begins with, and report what is known of it from the start."""
        self._act_upon(self.coding.begin())

    def hold(self, on: bool) -> None:
        """Leave the client's octets where they are, or take them again."""
        self._held = on
        self._watch()
        self._give_soon()

    def look(self) -> None:
        """Report at once what has happened so far."""
        if self.has_left():
            self._read_to_the_end()
        elif not self._held:
            self._give_kept()
            self._read()

    def has_left(self) -> bool:
        """Whether the client has closed its side, however many of its octets there are still to read."""
        return bool(self._is_open and self._ends.poll(0))

    def send(self, data: bytes) -> None:
        """Send octets of the line."""
        if not self._is_open:
            return
        self._later.append(data)
        self._later_octets += len(data)
        self._flush()
        self._watch()

    def show(self, circuit: Circuit, on: bool) -> None:
        """Show the client a circuit, before the octets that are sent after it."""
        self._later.append((circuit, on))
        self._flush()
        self._watch()

    def close(self) -> None:
        """Close the connection without a report. Calling it again does nothing."""
        if self._is_open:
            self._is_open = False
            self.detach()
            self._ends.close()
            self._transport.close()
            self._out.clear()
            self._later.clear()
            self._later_octets = 0

    # What the client sends -------------------------------------------------------------------------------------------

    def _readable(self) -> None:
        self._give_kept()
        self._read()

    def _give_soon(self) -> None:
        if self._kept and not self._held and self._reactor is not None:
            self._reactor.call_soon_threadsafe(self._give_kept)

    def _give_kept(self) -> None:
        """Report the octets that arrived while they were held, if they are not held any more."""
        while self._kept and not self._held and self._on_event is not None:
            event = self._kept.pop(0)
            self._kept_octets -= len(event.data)
            self._on_event(event)

    def _read(self) -> None:
        for _ in range(_MOST_READS):
            data = self._taken()
            if data is None:
                return
            self._act_upon(self.coding.receive(data))
            if len(data) < _READ_SIZE or not self._reads:
                return

    def _read_to_the_end(self) -> None:
        """Report what the client sent before it closed its side: no more can come, and its closing is not held."""
        while self._on_event is not None and (data := self._taken()) is not None:
            self._act_upon(self.coding.receive(data))

    def _taken(self) -> bytes | None:
        """Return what has arrived; None for nothing, and when that was the end."""
        if not self._is_open:
            return None
        try:
            data = self._transport.read(_READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError as error:
            self._end(self._transport.lost_because(error))
            return None
        if not data:
            self._end("")
        return data or None

    def _act_upon(self, outputs: Iterable[CodingOutput]) -> None:
        for output in outputs:
            if not self._is_open:
                return
            if isinstance(output, bytes):
                self._out += output
            elif type(output) is not DataArrived or output.data:
                self._report(output)
        if not self._is_open:
            return
        if self.coding.purged:
            self._later = deque(each for each in self._later if not isinstance(each, bytes))
            self._later_octets = 0
        if self._out or self._later:
            waited, backlog = self._awaits_room or self._later_octets > 0, self.backlog
            self._flush()
            if waited and self.backlog < backlog:
                self._report(RoomMade())
        self._watch()

    def _report(self, event: PortEvent) -> None:
        if self._held and type(event) is DataArrived:
            self._kept.append(event)
            self._kept_octets += len(event.data)
        elif self._on_event is not None:
            self._on_event(event)

    def _end(self, reason: str) -> None:
        kept, self._kept, self._kept_octets = self._kept, [], 0
        for event in kept:
            if self._on_event is not None:
                self._on_event(event)  # its closing is not held, nor what came before it, whatever this leads to
        if reason:
            self._report(ConnectionLost(reason))
        self._report(PortClosed(0))
        if self._is_open:
            self.close()
            self._on_over()

    # What the client is sent -----------------------------------------------------------------------------------------

    def _flush(self) -> None:
        """Send what the client takes now."""
        while self._is_open:
            self._encode_some()
            if not self._out:
                return
            try:
                sent = self._transport.write(self._out)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                # Reading finds the end, with what the client sent before it.
                self._out.clear()
                self._later.clear()
                self._later_octets = 0
                return
            del self._out[:sent]

    def _encode_some(self) -> None:
        while self._later and len(self._out) < _PIECE and not self._is_stopped():
            item = self._later.popleft()
            if not isinstance(item, bytes):
                self._out += self.coding.show(*item)
                continue
            if len(item) > _PIECE:
                self._later.appendleft(item[_PIECE:])
                item = item[:_PIECE]
            self._later_octets -= len(item)
            self._out += self.coding.encode(item)

    def _is_stopped(self) -> bool:
        """Return whether what is next waits for something that the client has to say."""
        following = self._later[0]
        return self.coding.suspended or (isinstance(following, bytes) and self.coding.waits(following))

    def _reads_on(self) -> bool:
        """Return whether the client is to be read because it alone can make the line go on."""
        is_stopped = bool(self._later) and not self._out and self._is_stopped()
        return is_stopped and self._kept_octets < _MOST_PENDING

    def _writable(self) -> None:
        self._flush()
        self._watch()
        self._report(RoomMade())

    def _watch(self) -> None:
        """Have the reactor call for what there is to be called for now."""
        reactor = self._reactor
        if reactor is None or not self._is_open:
            return
        reads = (not self._held and self.backlog < _MOST_PENDING) or self._reads_on()
        if reads is not self._reads:
            self._reads = reads
            if reads:
                reactor.add_reader(self._transport.reading, self._readable)
            else:
                reactor.remove_reader(self._transport.reading)
        if self._waits_for_end is reads:
            self._waits_for_end = not reads
            if reads:
                reactor.remove_reader(self._ends.fileno())
            else:
                reactor.add_reader(self._ends.fileno(), self._read_to_the_end)
        if bool(self._out) is not self._awaits_room:
            self._awaits_room = bool(self._out)
            if self._awaits_room:
                reactor.add_writer(self._transport.writing, self._writable)
            else:
                reactor.remove_writer(self._transport.writing)
