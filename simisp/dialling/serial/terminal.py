"""A terminal as a dialler uses it: opened without losing an octet, hung up by B0, handed over to a script processor."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import struct
import termios
from collections.abc import Callable
from contextlib import suppress

from simisp.errors import EndpointError, LockError, reason_of

__all__ = ["SerialTerminal", "open_terminal"]

_CFLAG, _ISPEED, _OSPEED, _CC = 2, 4, 5, 6
_SPEED = termios.B115200
_TIOCM_CAR = 0x040
_READ_SIZE = 4096
_CMSPAR = 0o10000000000  # mark or space parity; the termios module lacks it
_DATABITS = {5: termios.CS5, 6: termios.CS6, 7: termios.CS7, 8: termios.CS8}
_PARITIES = {
    "none": 0,
    "even": termios.PARENB,
    "odd": termios.PARENB | termios.PARODD,
    "space": termios.PARENB | _CMSPAR,
    "mark": termios.PARENB | termios.PARODD | _CMSPAR,
}
_FRAMING = termios.CSIZE | termios.CSTOPB | termios.PARENB | termios.PARODD | _CMSPAR


def open_terminal(path: str) -> SerialTerminal:
    """Open a port in raw mode, at 115200 bit/s, eight bits, no parity. What has already arrived on it is kept.

    Raises:
        LockError: Another program uses the port exclusively (TIOCEXCL).
        EndpointError: It cannot be opened, or is not a terminal.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise LockError(f"{path} is used exclusively (TIOCEXCL)", path=path) from None
        raise EndpointError("the port can't be opened", path=path, errno=error.errno, remedy=reason_of(error)) from None
    try:
        _set_raw(descriptor)
    except termios.error as error:
        os.close(descriptor)
        raise EndpointError("this is not a terminal", path=path, errno=error.args[0]) from None
    return SerialTerminal(descriptor, path)


class SerialTerminal:
    """An open terminal, read under asyncio.

    Args:
        descriptor: Open on it; the Terminal closes it.
        path: The path that it was opened by.
    """

    def __init__(self, descriptor: int, path: str) -> None:
        self.descriptor = descriptor
        self.path = path
        self._loop = asyncio.get_running_loop()
        self._reads = False

    def read(self, on_data: Callable[[bytes], None], on_lost: Callable[[], None], *, one_by_one: bool = False) -> None:
        """Report what arrives, from now on.

        Args:
            on_data: Called with the octets.
            on_lost: Called once if the terminal is gone, or its other end is closed.
            one_by_one: Read one octet at a time, so that what follows is left for another process to read.
        """
        self.pause()
        os.set_blocking(self.descriptor, False)
        size = 1 if one_by_one else _READ_SIZE

        def readable() -> None:
            try:
                data = os.read(self.descriptor, size)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if data:
                on_data(data)
            else:
                self.pause()
                on_lost()

        self._loop.add_reader(self.descriptor, readable)
        self._reads = True

    def pause(self) -> None:
        """Leave what arrives in the kernel's buffer."""
        if self._reads:
            self._loop.remove_reader(self.descriptor)
            self._reads = False

    def lend(self) -> None:
        """Leave the terminal to another process, which expects blocking reads."""
        self.pause()
        os.set_blocking(self.descriptor, True)

    def send(self, data: bytes) -> None:
        """Send a few octets. What the terminal does not accept, since its other end is not read, is lost."""
        while data:
            try:
                data = data[os.write(self.descriptor, data) :]
            except OSError:
                return

    def carrier(self) -> bool | None:
        """Return the state of DCD; None if there is no DCD, as on a pseudo-terminal."""
        try:
            (bits,) = struct.unpack("i", fcntl.ioctl(self.descriptor, termios.TIOCMGET, bytes(4)))
        except OSError:
            return None
        return bool(bits & _TIOCM_CAR)

    def set_dtr(self, on: bool) -> None:
        """Raise DTR, or drop it, as every tty driver does at speed 0."""
        try:
            attributes = termios.tcgetattr(self.descriptor)
            attributes[_ISPEED] = attributes[_OSPEED] = _SPEED if on else termios.B0
            termios.tcsetattr(self.descriptor, termios.TCSANOW, attributes)
        except termios.error:
            return

    def set_framing(self, databits: int, parity: str, stopbits: int) -> None:
        """Set data bits (5 to 8), parity (``"none"``, ``"odd"``…) and stop bits. Unsupported ones stay unchanged."""
        framing = _DATABITS[databits] | _PARITIES[parity] | (termios.CSTOPB if stopbits == 2 else 0)
        # A pseudo-terminal forces eight bits and no parity, and tcsetattr then fails with EINVAL.
        with suppress(termios.error):
            attributes = termios.tcgetattr(self.descriptor)
            attributes[_CFLAG] = attributes[_CFLAG] & ~_FRAMING | framing
            termios.tcsetattr(self.descriptor, termios.TCSADRAIN, attributes)

    def close(self) -> None:
        """Close our descriptor. Processes that inherited it keep the terminal open."""
        if self.descriptor >= 0:
            self.pause()
            os.close(self.descriptor)
            self.descriptor = -1


def _set_raw(descriptor: int) -> None:
    attributes = termios.tcgetattr(descriptor)
    attributes[:3] = [0, 0, termios.CS8 | termios.CREAD | termios.CLOCAL | termios.HUPCL]
    attributes[3] = 0
    attributes[_ISPEED] = attributes[_OSPEED] = _SPEED
    attributes[_CC][termios.VMIN] = 1
    attributes[_CC][termios.VTIME] = 0
    # Not TCSAFLUSH: the far end's first octets may have arrived.
    termios.tcsetattr(descriptor, termios.TCSANOW, attributes)
