"""A port with one client for its whole life: what is wired to it, on descriptors that are open already."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

from simisp.circuits import Circuit
from simisp.endpoints.base import PortEvent, PortOpened, Reactor
from simisp.endpoints.coding import RawCoding
from simisp.endpoints.connection import Connection, Transport

__all__ = ["DescriptorTransport", "WiredPort"]


class DescriptorTransport:
    """Two descriptors, which may be the same, made non-blocking until they are closed.

    Args:
        reading: Where the client's octets come from.
        writing: Where the line's octets go.
        on_close: Closes them.
    """

    def __init__(self, reading: int, writing: int, on_close: Callable[[], None]) -> None:
        self.reading, self.writing = reading, writing
        self._on_close = on_close
        self._were_blocking = {number: os.get_blocking(number) for number in {reading, writing}}
        for number in self._were_blocking:
            os.set_blocking(number, False)

    def read(self, most: int) -> bytes:
        """Return octets; empty at the end."""
        return os.read(self.reading, most)

    def write(self, data: bytes | bytearray) -> int:
        """Write octets."""
        return os.write(self.writing, data)

    def lost_because(self, error: OSError) -> str:
        """Return why it was lost; EIO is how a terminal's other end hangs up."""
        return "" if error.errno == errno.EIO else os.strerror(error.errno or 0)

    def close(self) -> None:
        """Leave the descriptors as they were found: others may have the same open files."""
        for number, was_blocking in self._were_blocking.items():
            os.set_blocking(number, was_blocking)
        self._on_close()


class WiredPort:
    """A line whose client is there from the beginning; with its end the port is closed for good.

    Args:
        transport: What carries the octets.
    """

    def __init__(self, transport: Transport) -> None:
        self._connection = Connection(transport, RawCoding(), lambda: None)
        self._reactor: Reactor | None = None
        self._on_event: Callable[[PortEvent], None] | None = None
        self._is_reported = False

    @property
    def backlog(self) -> int:
        """How many octets are pending because the client does not read."""
        return self._connection.backlog

    def attach(self, reactor: Reactor, on_event: Callable[[PortEvent], None]) -> None:
        """Report from now on what happens; the client's opening first."""
        self._reactor, self._on_event = reactor, on_event
        reactor.call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        """Report the opening, if that was not done, and begin to read."""
        reactor, on_event = self._reactor, self._on_event
        if reactor is None or on_event is None:
            return
        if not self._is_reported:
            self._is_reported = True
            on_event(PortOpened(1))
            self._opened(on_event)
        if self._reactor is reactor:
            self._connection.attach(reactor, on_event)

    def _opened(self, on_event: Callable[[PortEvent], None]) -> None:
        """Report what else is known when the port has just been opened."""

    def detach(self) -> None:
        """Report nothing any more. Calling it again does nothing."""
        self._reactor = self._on_event = None
        self._connection.detach()

    def look(self) -> None:
        """Report at once what has happened so far."""
        self._begin()
        self._connection.look()

    def hold(self, on: bool) -> None:
        """Leave the client's octets where they are, or take them again."""
        self._connection.hold(on)

    def send(self, data: bytes) -> None:
        """Send octets; those that the client does not take now wait."""
        self._connection.send(data)

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        """Show nothing: octets alone are carried."""

    def close(self) -> None:
        """Release everything. Calling it again does nothing."""
        self.detach()
        self._connection.close()
