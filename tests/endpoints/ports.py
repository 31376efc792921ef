"""Each kind of endpoint with a client that opens it, so that one suite can play on all of them."""

from __future__ import annotations

import asyncio
import os
import termios
import tty
from collections.abc import Callable
from typing import Protocol

from simisp.circuits import Circuit
from simisp.endpoints.base import Endpoint, PortEvent
from simisp.endpoints.memory import MemoryEndpoint, MemoryPort
from simisp.endpoints.pty import PtyEndpoint

__all__ = ["KINDS", "Client", "Played"]


class Client(Protocol):
    """A client that has opened a port; nothing of it waits."""

    def write(self, data: bytes) -> int:
        """Send octets; return how many the line took."""

    def read(self, most: int = 65536) -> bytes:
        """Return what there is to read; empty when nothing is."""

    def set_speed(self, speed: int) -> None:
        """Set the port's speed; for ports that have the ability."""

    def circuit(self, circuit: Circuit) -> bool:
        """Return whether a circuit that the modem drives is on; for ports that have the ability."""

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        """Set DTR or RTS; for ports that have the ability."""

    def close(self) -> None:
        """Close the port."""


class _MemoryClient:
    def __init__(self, port: MemoryPort) -> None:
        self.port = port
        self.close = port.close

    def write(self, data: bytes) -> int:
        return self.port.write(data)

    def read(self, most: int = 65536) -> bytes:
        return self.port.read(most)

    def set_speed(self, speed: int) -> None:
        raise NotImplementedError

    def circuit(self, circuit: Circuit) -> bool:
        return self.port.circuit(circuit)

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        self.port.set_circuit(circuit, on)


class _PtyClient:
    def __init__(self, path: str) -> None:
        self._port = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        if termios.tcgetattr(self._port)[3] & termios.ICANON:
            tty.setraw(self._port, termios.TCSANOW)

    def write(self, data: bytes) -> int:
        try:
            return os.write(self._port, data)
        except BlockingIOError:
            return 0

    def read(self, most: int = 65536) -> bytes:
        try:
            return os.read(self._port, most)
        except BlockingIOError:
            return b""

    def set_speed(self, speed: int) -> None:
        settings = termios.tcgetattr(self._port)
        settings[4] = settings[5] = speed
        termios.tcsetattr(self._port, termios.TCSANOW, settings)

    def circuit(self, circuit: Circuit) -> bool:
        raise NotImplementedError

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        raise NotImplementedError

    def close(self) -> None:
        os.close(self._port)


class Played:
    """An endpoint that is attached to the running loop, its clients, and what it has reported.

    Args:
        endpoint: The endpoint.
        open_client: Opens its port.
    """

    def __init__(self, endpoint: Endpoint, open_client: Callable[[], Client]) -> None:
        self.endpoint = endpoint
        self.open = open_client
        self.events: list[PortEvent] = []
        self.on_event: Callable[[PortEvent], None] = lambda _: None
        self._changed = asyncio.Event()

    def attach(self) -> None:
        """Let the endpoint report to this."""
        self.endpoint.attach(asyncio.get_running_loop(), self._take)

    def _take(self, event: PortEvent) -> None:
        self.events.append(event)
        self.on_event(event)
        self._changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds, which is looked at after each event and each turn that brings a client octets.

        Raises:
            TimeoutError: It does not hold within a minute.
        """
        async with asyncio.timeout(60.0):
            while not condition():
                self._changed.clear()
                with_events = asyncio.ensure_future(self._changed.wait())
                await asyncio.wait([with_events], timeout=0.001)
                with_events.cancel()


def _memory() -> Played:
    endpoint = MemoryEndpoint(asyncio.get_running_loop().call_soon)
    return Played(endpoint, lambda: _MemoryClient(endpoint.open()))


def _pty() -> Played:
    endpoint = PtyEndpoint(raw=True)
    return Played(endpoint, lambda: _PtyClient(endpoint.path))


KINDS: dict[str, Callable[[], Played]] = {"memory": _memory, "PTY": _pty}
"""Each kind of endpoint, by name; made inside a running loop. A new kind is added here."""
