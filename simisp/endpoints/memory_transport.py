"""asyncio interfaces of a port in memory: a transport with a protocol, or a reader and a writer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from simisp.circuits import Circuit
from simisp.endpoints.memory import MemoryPort

__all__ = ["MemorySerial", "MemoryTransport", "connect", "open_streams"]

_Protocol = TypeVar("_Protocol", bound=asyncio.Protocol)
_HIGH_WATER = 64 * 1024
_STREAM_LIMIT = 64 * 1024


class MemorySerial:
    """The port's circuits by pyserial's names: the ``serial`` of a transport.

    Args:
        port: The client's end.
    """

    def __init__(self, port: MemoryPort) -> None:
        self.port = port

    @property
    def cd(self) -> bool:
        """Whether data carrier detected is on."""
        return self.port.circuit(Circuit.DCD)

    @property
    def cts(self) -> bool:
        """Whether clear to send is on."""
        return self.port.circuit(Circuit.CTS)

    @property
    def dsr(self) -> bool:
        """Whether data set ready is on."""
        return self.port.circuit(Circuit.DSR)

    @property
    def ri(self) -> bool:
        """Whether the ring indicator is on."""
        return self.port.circuit(Circuit.RI)

    @property
    def name(self) -> str:
        """The name of the port."""
        return self.port.path

    @property
    def is_open(self) -> bool:
        """Whether the port is still ours."""
        return self.port.is_open

    @property
    def in_waiting(self) -> int:
        """How many octets there are to read."""
        return self.port.waiting

    @property
    def dtr(self) -> bool:
        """Data terminal ready; with a modem's &D2 a call ends when it goes off."""
        return self.port.circuit(Circuit.DTR)

    @dtr.setter
    def dtr(self, on: bool) -> None:
        self.port.set_circuit(Circuit.DTR, bool(on))

    @property
    def rts(self) -> bool:
        """Request to send."""
        return self.port.circuit(Circuit.RTS)

    @rts.setter
    def rts(self, on: bool) -> None:
        self.port.set_circuit(Circuit.RTS, bool(on))


class MemoryTransport(asyncio.Transport):
    """A transport over a port in memory, like pyserial-asyncio's over a real port.

    No octet is lost: what the line does not accept now is kept, and above the high-water mark the protocol is asked to
    pause. A protocol that pauses reading leaves the octets on the line, and so stops the far end.

    Args:
        loop: The event loop.
        protocol: The protocol, notified of events.
        port: The client's end; the transport closes it.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, protocol: asyncio.BaseProtocol, port: MemoryPort) -> None:
        super().__init__()
        self.serial = MemorySerial(port)
        self._loop = loop
        self._port = port
        self._protocol = protocol
        self._unsent = bytearray()
        self._high, self._low = _HIGH_WATER, _HIGH_WATER // 4
        self._writing_paused = False
        self._reading_paused = False
        self._closing = False
        self._ended = False
        loop.call_soon(self._begin)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop."""
        return self._loop

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return the circuits for ``"serial"``; nothing else is known."""
        return self.serial if name == "serial" else default

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Use another protocol from now on."""
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return the protocol."""
        return self._protocol

    def is_closing(self) -> bool:
        """Return whether the transport is closed or about to be."""
        return self._closing

    def is_reading(self) -> bool:
        """Return whether arriving octets are passed to the protocol."""
        return not (self._reading_paused or self._closing)

    def pause_reading(self) -> None:
        """Leave arriving octets on the line."""
        self._reading_paused = True

    def resume_reading(self) -> None:
        """Pass arriving octets to the protocol again."""
        if self._reading_paused:
            self._reading_paused = False
            self._loop.call_soon(self._arrived)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send octets as fast as the line accepts them. After :meth:`close` they are dropped."""
        if not self._closing and data:
            self._unsent += data
            self._send()
            if len(self._unsent) > self._high and not self._writing_paused:
                self._writing_paused = True
                self._protocol.pause_writing()

    def can_write_eof(self) -> bool:
        """Return False: a serial line has no end of file."""
        return False

    def get_write_buffer_size(self) -> int:
        """Return how many octets wait to be sent."""
        return len(self._unsent)

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return the number of pending octets below which the protocol resumes writing, and above which it pauses."""
        return self._low, self._high

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set the number of pending octets above which the protocol pauses, and below which it resumes.

        Raises:
            ValueError: Not 0 <= low <= high.
        """
        if high is None:
            high = _HIGH_WATER if low is None else 4 * low
        if low is None:
            low = high // 4
        if not 0 <= low <= high:
            raise ValueError(f"the low-water mark must be from 0 to the high one, not {low} of {high}")
        self._high, self._low = high, low

    def flush(self) -> None:
        """Drop pending octets, as pyserial-asyncio does."""
        self._unsent.clear()
        self._send()

    def close(self) -> None:
        """Send pending octets, then close the port."""
        if not self._closing:
            self._closing = True
            if not self._unsent:
                self._loop.call_soon(self._end, None)

    def abort(self) -> None:
        """Close the port now, dropping pending octets."""
        self._closing = True
        self._unsent.clear()
        self._loop.call_soon(self._end, None)

    def _begin(self) -> None:
        self._protocol.connection_made(self)
        self._port.arrived.callback = self._arrived
        self._port.room.callback = self._send
        self._port.lost.callback = self._lost
        self._arrived()
        if not self._port.is_open:
            self._lost()

    def _arrived(self) -> None:
        if self.is_reading() and not self._ended and (data := self._port.read()):
            assert isinstance(self._protocol, asyncio.Protocol)
            self._protocol.data_received(data)

    def _send(self) -> None:
        if self._unsent and self._port.is_open:
            del self._unsent[: self._port.write(self._unsent)]
        if self._writing_paused and len(self._unsent) <= self._low:
            self._writing_paused = False
            self._protocol.resume_writing()
        if self._closing and not self._unsent:
            self._end(None)

    def _lost(self) -> None:
        self._reading_paused = False
        self._arrived()  # octets from before the port was taken away
        self._closing = True
        self._end(None)

    def _end(self, error: Exception | None) -> None:
        if not self._ended:
            self._ended = True
            self._port.close()
            self._protocol.connection_lost(error)


async def connect(
    port: MemoryPort, protocol_factory: Callable[[], _Protocol]
) -> tuple[MemoryTransport, _Protocol]:  # fmt: skip
    """Return a transport and a protocol on a port, as pyserial-asyncio's ``create_serial_connection`` does."""
    protocol = protocol_factory()
    return MemoryTransport(asyncio.get_running_loop(), protocol, port), protocol


def open_streams(port: MemoryPort) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Return a reader and a writer on a port, as pyserial-asyncio's ``open_serial_connection`` does."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=_STREAM_LIMIT, loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    return reader, asyncio.StreamWriter(MemoryTransport(loop, protocol, port), protocol, reader, loop)
