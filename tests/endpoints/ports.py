"""Each kind of endpoint with a client that opens it, so that one suite can play on all of them."""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import termios
import tty
from collections.abc import Callable
from typing import Protocol

from simisp.circuits import Circuit
from simisp.endpoints.base import Endpoint, PortEvent
from simisp.endpoints.memory import MemoryEndpoint, MemoryPort
from simisp.endpoints.pty import PtyEndpoint
from simisp.endpoints.serial_port import SerialEndpoint
from simisp.endpoints.several import SeveralEndpoints
from simisp.endpoints.socket_port import SocketEndpoint
from simisp.endpoints.spec import parse_endpoint
from simisp.endpoints.stdio import StdioEndpoint
from simisp.endpoints.tcp import tcp_endpoint
from simisp.endpoints.unix import unix_endpoint
from simisp.errors import EndpointError
from simisp.telnet.codes import BINARY, COM_PORT, ECHO, SGA
from simisp.telnet.engine import TelnetData, TelnetEngine, TelnetSubOption

__all__ = ["KINDS", "Client", "Played", "StreamClient", "TelnetClient", "connected_to", "open_pty"]


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

    def is_turned_away(self) -> bool:
        """Return whether the port has closed the connection; for ports that refuse a second client that way."""

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

    def is_turned_away(self) -> bool:
        return not self.port.is_open


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

    def is_turned_away(self) -> bool:
        raise NotImplementedError

    def close(self) -> None:
        os.close(self._port)


def connected_to(path: str) -> socket.socket:
    """Return a socket that is connected to a port, by the port's path, and does not block."""
    _scheme, _, rest = path.partition(":")
    if path.startswith("unix:"):
        client = socket.socket(socket.AF_UNIX)
        client.connect(f"\0{rest[1:]}" if rest.startswith("@") else rest)
    else:
        host, _, port = rest.removeprefix("//").rpartition(":")
        client = socket.socket(socket.AF_INET6 if "[" in host else socket.AF_INET)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect((host.strip("[]"), int(port)))
    client.setblocking(False)
    return client


class StreamClient:
    """A client that has connected to a port and takes its octets as they are."""

    def __init__(self, path: str) -> None:
        self.socket = connected_to(path)
        self.has_ended = False

    def write(self, data: bytes) -> int:
        try:
            return self.socket.send(data)
        except BlockingIOError:
            return 0

    def read(self, most: int = 65536) -> bytes:
        try:
            data = self.socket.recv(most)
        except BlockingIOError:
            return b""
        except ConnectionResetError:
            data = b""
        self.has_ended = not data
        return data

    def set_speed(self, speed: int) -> None:
        raise NotImplementedError

    def circuit(self, circuit: Circuit) -> bool:
        raise NotImplementedError

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        raise NotImplementedError

    def is_turned_away(self) -> bool:
        self.read()
        return self.has_ended

    def close(self) -> None:
        self.socket.close()


class TelnetClient(StreamClient):
    """A client that speaks telnet, in binary from the start, and the COM port option where the port has it."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        has_port = path.startswith("rfc2217:")
        options = (BINARY, COM_PORT) if has_port else (BINARY,)
        self._engine = TelnetEngine(ours=options, theirs=(*options, ECHO, SGA))
        self._modem_state = 0
        for option in options:
            for ours in (True, False):
                super().write(self._engine.options.ask(option, ours=ours))

    def write(self, data: bytes) -> int:
        return len(data) if super().write(data.replace(b"\xff", b"\xff\xff")) else 0  # in binary, as it has said

    def read(self, most: int = 65536) -> bytes:
        data = b""
        for output in self._engine.receive(super().read(most)):
            match output:
                case bytes():
                    super().write(output)
                case TelnetData(octets):
                    data += octets
                case TelnetSubOption(option, parameters) if option == COM_PORT and parameters[0] == 107:
                    self._modem_state = parameters[1]
                case _:
                    pass
        return data

    def ask(self, parameters: bytes) -> None:
        """Send a sub-option of the COM port."""
        super().write(self._engine.sub_option(COM_PORT, parameters))

    def set_speed(self, speed: int) -> None:
        rates = {termios.B1200: 1200, termios.B9600: 9600}
        self.ask(b"\1" + rates[speed].to_bytes(4, "big"))

    def circuit(self, circuit: Circuit) -> bool:
        self.read()
        bits = {Circuit.DCD: 0x80, Circuit.RI: 0x40, Circuit.DSR: 0x20, Circuit.CTS: 0x10}
        return bool(self._modem_state & bits[circuit])

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        self.ask(bytes((5, {Circuit.DTR: 8, Circuit.RTS: 11}[circuit] + (not on))))


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
            TimeoutError: It does not hold within two minutes.
        """
        async with asyncio.timeout(120.0):
            while not condition():
                self._changed.clear()
                with_events = asyncio.ensure_future(self._changed.wait())
                await asyncio.wait([with_events], timeout=0.001)
                with_events.cancel()


def _memory() -> Played:
    endpoint = MemoryEndpoint(asyncio.get_running_loop().call_soon)
    return Played(endpoint, lambda: _MemoryClient(endpoint.open()))


def open_pty(path: str) -> Client:
    """Return a client that has opened a pseudo-terminal."""
    return _PtyClient(path)


def _several(first: Callable[[], Endpoint], second: Callable[[], Endpoint], at: int) -> Callable[[], Played]:
    """Return what makes two ports that lead to one line, with clients that come by one of them."""

    def played() -> Played:
        several = SeveralEndpoints([first(), second()])
        path = several.paths[at]
        return Played(several, lambda: StreamClient(path))

    return played


def _pty() -> Played:
    endpoint = PtyEndpoint(raw=True)
    return Played(endpoint, lambda: _PtyClient(endpoint.path))


class _DescriptorClient:
    """A client on the other ends of a line's two descriptors, of which a cable has no others."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        for number in (reading, writing):
            os.set_blocking(number, False)

    def write(self, data: bytes) -> int:
        try:
            return os.write(self._writing, data)
        except BlockingIOError:
            return 0

    def read(self, most: int = 65536) -> bytes:
        try:
            return os.read(self._reading, most)
        except BlockingIOError:
            return b""

    def set_speed(self, speed: int) -> None:
        raise NotImplementedError

    def circuit(self, circuit: Circuit) -> bool:
        raise NotImplementedError

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        raise NotImplementedError

    def is_turned_away(self) -> bool:
        raise NotImplementedError

    def close(self) -> None:
        for number in {self._reading, self._writing}:
            os.close(number)


def _wired(endpoint: Endpoint, ends: tuple[int, int]) -> Played:
    """Return a port whose client is there from the beginning; nobody else can open it."""
    left = [_DescriptorClient(*ends)]

    def client() -> Client:
        if not left:
            raise EndpointError("a cable has two ends", path=endpoint.path)
        return left.pop()

    return Played(endpoint, client)


def _stdio() -> Played:
    here, there = os.pipe(), os.pipe()
    return _wired(StdioEndpoint(here[0], there[1]), (there[0], here[1]))


def _socket_stdio() -> Played:
    ours, theirs = (each.detach() for each in socket.socketpair())
    return _wired(StdioEndpoint(ours, os.dup(ours)), (theirs, theirs))


def _serial() -> Played:
    master, slave = os.openpty()
    endpoint = SerialEndpoint(os.ttyname(slave), speed=9600)
    os.close(slave)
    return _wired(endpoint, (master, master))


def _streams(make: Callable[[], Endpoint], client: Callable[[str], Client] = StreamClient) -> Callable[[], Played]:
    def played() -> Played:
        endpoint = make()
        return Played(endpoint, lambda: client(endpoint.path))

    return played


def _written(spec: str) -> Callable[[], Endpoint]:
    return parse_endpoint(spec).make


_names = itertools.count()


def _abstract() -> SocketEndpoint:
    return unix_endpoint(f"@abstract:simisp-test-{os.getpid()}-{next(_names)}")


KINDS: dict[str, Callable[[], Played]] = {
    "memory": _memory,
    "PTY": _pty,
    "TCP": _streams(tcp_endpoint),
    "TCP over IPv6": _streams(lambda: tcp_endpoint("::1")),
    "Unix socket": _streams(unix_endpoint),
    "abstract Unix socket": _streams(_abstract),
    "telnet": _streams(_written("telnet"), TelnetClient),
    "RFC 2217": _streams(_written("rfc2217"), TelnetClient),
    "stdio": _stdio,
    "stdio on a socket": _socket_stdio,
    "serial": _serial,
    "TCP beside a PTY": _several(PtyEndpoint, tcp_endpoint, 1),
}
"""Each kind of endpoint, by name; made inside a running loop. A new kind is added here."""
