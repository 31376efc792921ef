"""A port as a dialler opens it: a serial port, a TCP connection, or an RFC 2217 server."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import threading
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

from simisp.dialling.serial.terminal import SerialTerminal
from simisp.errors import EndpointError, reason_of
from simisp.procfs.device import pty_index

__all__ = ["OpenPort", "open_port"]

_PARITIES = {"none": "N", "odd": "O", "even": "E", "mark": "M", "space": "S"}
_CONNECT_WITHIN = 10.0
_READ_SIZE = 4096


class OpenPort(Protocol):
    """An open port under asyncio. Octets and the port's loss are reported to the callbacks of :func:`open_port`."""

    descriptor: int
    """Its file descriptor; -1 if it has no descriptor that can be locked."""
    frames: bool
    """Whether it handles data bits, stop bits and parity itself."""

    def stop_reading(self) -> None:
        """Leave what arrives from now on to the next reader of the port."""

    def send(self, data: bytes) -> None:
        """Send octets, as fast as the port accepts them."""

    def set_framing(self, databits: int, parity: str, stopbits: int) -> None:
        """Change the framing; does nothing on a port without framing."""

    def carrier(self) -> bool | None:
        """Return the state of DCD; None if unknown."""

    async def close(self) -> None:
        """Send pending octets, then close. Calling it again does nothing."""


async def open_port(url: str, *, on_data: Callable[[bytes], None], on_lost: Callable[[str], None]) -> OpenPort:
    """Open a port.

    Args:
        url: A device's path, ``socket://host:port``, ``rfc2217://host:port``, or ``fd://3`` for a terminal that this
            process inherited.
        on_data: Called with the octets that arrive.
        on_lost: Called once, with the reason, if the port is lost before it is closed.

    Raises:
        EndpointError: It cannot be opened.
    """
    scheme = urlsplit(url).scheme if "://" in url else ""
    try:
        if scheme == "socket":
            return await _open_socket(url, on_data, on_lost)
        if scheme == "fd":
            return _InheritedPort(url, on_data, on_lost)
        if scheme == "rfc2217":
            return await _Rfc2217Port.open(url, on_data, on_lost)
        if scheme:
            raise EndpointError(
                f"{scheme}:// is not known here", path=url, remedy="a device's path, socket:// or rfc2217://"
            )
        return await _open_tty(url, on_data, on_lost)
    except (OSError, ValueError) as error:
        number = getattr(error, "errno", None)
        reason = os.strerror(number) if number else str(error) or type(error).__name__
        raise EndpointError(f"the port can't be opened ({reason})", path=url, errno=number) from error


class _Receiver(asyncio.Protocol):
    def __init__(self, on_data: Callable[[bytes], None], on_lost: Callable[[str], None]) -> None:
        self._on_data = on_data
        self._on_lost = on_lost
        self.closing = False
        self.closed = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self._on_data(data)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_result(None)
        if not self.closing:
            number = getattr(error, "errno", None)
            # The other side of a PTY has closed, or a modem has hung up: reading gives EIO or no octets.
            hung_up = error is None or number == errno.EIO
            self._on_lost("the port hung up" if error is None or hung_up else f"the port failed: {reason_of(error)}")


class _TransportPort:
    """A port on an asyncio transport."""

    def __init__(self, transport: Any, receiver: _Receiver, serial: Any = None) -> None:
        self.descriptor = serial.fileno() if serial is not None else -1
        self.frames = serial is not None and not _is_pty(serial.fileno())
        self._transport = transport
        self._receiver = receiver
        self._serial = serial

    def stop_reading(self) -> None:
        pass  # there is no other reader after us

    def send(self, data: bytes) -> None:
        self._transport.write(data)

    def set_framing(self, databits: int, parity: str, stopbits: int) -> None:
        if self.frames:
            _apply(self._serial, databits, parity, stopbits)

    def carrier(self) -> bool | None:
        if self._serial is None:
            return None
        try:
            return bool(self._serial.cd)
        except OSError:
            return None  # a PTY has no circuits

    async def close(self) -> None:
        if not self._receiver.closing:
            self._receiver.closing = True
            self._transport.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._receiver.closed), _CONNECT_WITHIN)


async def _open_socket(url: str, on_data: Callable[[bytes], None], on_lost: Callable[[str], None]) -> OpenPort:
    where = urlsplit(url)
    if not where.hostname or not where.port:
        raise EndpointError("host and port are missing", path=url, remedy="socket://host:port")
    transport, receiver = await asyncio.wait_for(
        asyncio.get_running_loop().create_connection(
            lambda: _Receiver(on_data, on_lost), where.hostname, where.port
        ),
        _CONNECT_WITHIN,
    )  # fmt: skip
    return _TransportPort(transport, receiver)


async def _open_tty(path: str, on_data: Callable[[bytes], None], on_lost: Callable[[str], None]) -> OpenPort:
    import serial
    import serial_asyncio

    port = serial.Serial(path, baudrate=115200, timeout=0, write_timeout=0)
    transport, receiver = await serial_asyncio.connection_for_serial(
        asyncio.get_running_loop(), lambda: _Receiver(on_data, on_lost), port
    )
    return _TransportPort(transport, receiver, port)


class _InheritedPort:
    """A terminal opened by the process that started this one: what has arrived on it is not lost."""

    def __init__(self, url: str, on_data: Callable[[bytes], None], on_lost: Callable[[str], None]) -> None:
        self.descriptor = int(urlsplit(url).netloc)
        self.frames = not _is_pty(self.descriptor)
        self._terminal = SerialTerminal(self.descriptor, url)
        # The process that started this one reads on after we have ended, and must find each octet that was not for us.
        self._terminal.read(on_data, lambda: on_lost("the port hung up"), one_by_one=True)

    def stop_reading(self) -> None:
        self._terminal.pause()

    def send(self, data: bytes) -> None:
        self._terminal.send(data)

    def set_framing(self, databits: int, parity: str, stopbits: int) -> None:
        if self.frames:
            self._terminal.set_framing(databits, parity, stopbits)

    def carrier(self) -> bool | None:
        return self._terminal.carrier()

    async def close(self) -> None:
        self._terminal.close()


class _Rfc2217Port:
    """pyserial's RFC 2217 client, which reads in a thread and therefore needs one here too."""

    descriptor = -1
    frames = True

    def __init__(self, port: Any, on_data: Callable[[bytes], None], on_lost: Callable[[str], None]) -> None:
        self._port = port
        self._on_data = on_data
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._read, name="rfc2217", daemon=True)
        self._thread.start()

    @classmethod
    async def open(cls, url: str, on_data: Callable[[bytes], None], on_lost: Callable[[str], None]) -> _Rfc2217Port:
        import serial

        port = await asyncio.to_thread(serial.serial_for_url, url, baudrate=115200, timeout=0.1)
        return cls(port, on_data, on_lost)

    def stop_reading(self) -> None:
        pass  # there is no other reader after us

    def send(self, data: bytes) -> None:
        self._port.write(data)

    def set_framing(self, databits: int, parity: str, stopbits: int) -> None:
        _apply(self._port, databits, parity, stopbits)

    def carrier(self) -> bool | None:
        try:
            return bool(self._port.cd)
        except (OSError, ValueError):
            return None

    async def close(self) -> None:
        if not self._closing.is_set():
            self._closing.set()
            await asyncio.to_thread(self._thread.join)
            await asyncio.to_thread(self._port.close)

    def _read(self) -> None:
        while not self._closing.is_set():
            try:
                data = self._port.read(_READ_SIZE) if self._port.in_waiting > 1 else self._port.read(1)
            except (OSError, ValueError) as error:
                if not self._closing.is_set():
                    self._loop.call_soon_threadsafe(self._on_lost, f"the port failed: {reason_of(error)}")
                return
            if data:
                self._loop.call_soon_threadsafe(self._on_data, data)


def _apply(port: Any, databits: int, parity: str, stopbits: int) -> None:
    port.bytesize = databits
    port.parity = _PARITIES[parity]
    port.stopbits = stopbits


def _is_pty(descriptor: int) -> bool:
    """Return whether a terminal is a pseudo-terminal, which forces eight bits and no parity."""
    return pty_index(os.fstat(descriptor).st_rdev) is not None
