"""The locks taken on an open port: flock(2), as picocom does, and TIOCEXCL, as pppd and gammu do.

TIOCEXCL makes every later open fail with EBUSY, except root's. On a pseudo-terminal it outlives the process that set
it, until the master is closed or a process clears it. The kernel does not record which process set it.
"""

from __future__ import annotations

import fcntl
import struct

from simisp.errors import EndpointError, LockError
from simisp.locks.holders import flocks_on
from simisp.procfs.device import PortDevice
from simisp.procfs.process import command_line

__all__ = ["clear_exclusive", "is_exclusive", "set_exclusive", "take_flock"]

_TIOCEXCL = 0x540C
_TIOCNXCL = 0x540D
_TIOCGEXCL = 0x80045440
"""From the kernel's asm-generic/ioctls.h, values for x86 and ARM; the termios module lacks the last."""


def is_exclusive(descriptor: int) -> bool | None:
    """Return whether TIOCEXCL is set on a port, or None if its driver does not say.

    Args:
        descriptor: Open on the port; for a pseudo-terminal this must be the slave, for the master always says no.
    """
    try:
        (answer,) = struct.unpack("i", fcntl.ioctl(descriptor, _TIOCGEXCL, bytes(4)))
    except OSError:
        return None
    return bool(answer)


def set_exclusive(descriptor: int) -> None:
    """Set TIOCEXCL on an open port.

    Raises:
        EndpointError: The descriptor is not a terminal.
    """
    _ioctl(descriptor, _TIOCEXCL)


def clear_exclusive(descriptor: int) -> None:
    """Clear TIOCEXCL on an open port, whichever process set it.

    Raises:
        EndpointError: The descriptor is not a terminal.
    """
    _ioctl(descriptor, _TIOCNXCL)


def take_flock(descriptor: int, port: str) -> None:
    """Take an exclusive flock(2) on an open port, without blocking. It ends when the descriptor is closed.

    Raises:
        LockError: Another process has a flock on it.
        EndpointError: The system refuses for another reason.
    """
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _flock_held(port) from None
    except OSError as error:
        raise EndpointError("flock is refused", path=port, errno=error.errno) from None


def _flock_held(port: str) -> LockError:
    device = PortDevice.find(port)
    takers = [lock.pid for lock in flocks_on(device) if lock.kind == "flock" and lock.pid] if device else []
    pid = takers[0] if takers else None
    command = command_line(pid) if pid else ""
    holder = f"pid {pid} ({command or 'gone, its descriptor lives on in a child'})" if pid else "another process"
    return LockError(f"{port} is locked: {holder} has a flock on it", path=port, pid=pid, command=command)


def _ioctl(descriptor: int, request: int) -> None:
    try:
        fcntl.ioctl(descriptor, request)
    except OSError as error:
        raise EndpointError("this is not a terminal", path=f"descriptor {descriptor}", errno=error.errno) from None
