"""Frees a port: has the effect of rebooting the computer, without the reboot."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from simisp.dialling.serial.holders import holders
from simisp.errors import EndpointError, LockError
from simisp.locks import LockFound, PortDevice, PortLock, find_locks, lock_directories
from simisp.procfs.process import command_line, is_alive, process_status
from simisp.ras.port import PortHolder

__all__ = ["Released", "held_by", "locked_by", "release"]

_PATIENCE = 2.0
_KILLED_WITHIN = 30.0
_LOOK_AGAIN = 0.02


@dataclass(frozen=True, slots=True)
class Released:
    """What was done to free a port.

    Attributes:
        port: The port.
        ended: The processes that held it and were ended.
        cleared: The lock files that were removed: those of the ended processes, and stale ones.
        remaining: The processes that still hold it: we may not end them, or only a lock file names them.
        complaint: Why lock files remain; empty if no lock file remains.
    """

    port: str
    ended: tuple[PortHolder, ...]
    cleared: tuple[str, ...]
    remaining: tuple[PortHolder, ...]
    complaint: str = ""

    @property
    def is_free(self) -> bool:
        """Whether the port can now be dialled on."""
        return not self.remaining and not self.complaint

    def describe(self) -> str:
        """Return what was done, one line for each thing.

        Example:
            >>> print(Released("/dev/modem", (PortHolder(812, "chat -v"),), (), ()).describe())
            /dev/modem: ended pid 812 (chat -v)
            /dev/modem: free
        """
        done = [
            *(f"ended {holder}" for holder in self.ended),
            *(f"removed the lock file {path}" for path in self.cleared),
            *(f"still held by {holder}" for holder in self.remaining),
            *([self.complaint] if self.complaint else []),
        ]
        if self.is_free:
            done.append("free" if done else "no process held it")
        return "\n".join(f"{self.port}: {what}" for what in done)


def held_by(port: str, directories: Iterable[str | Path] = ()) -> tuple[PortHolder, ...]:
    """Return the holders of a port: the processes that have it open, and living processes that its lock files name.

    Raises:
        EndpointError: A lock directory that was named does not exist.
    """
    found = {holder.pid: holder for holder in holders(port)}
    for lock in _locks(port, directories):
        if not lock.stale and lock.pid is not None and lock.pid != os.getpid():
            found.setdefault(lock.pid, PortHolder(lock.pid, command_line(lock.pid)))
    return tuple(found[pid] for pid in sorted(found))


def locked_by(port: str, directories: Iterable[str | Path] = ()) -> str:
    """Return what keeps a dialler from a port besides its holders, in words: lock files that name no process but count
    as held, since their owner is unknown. Empty if there are none of these.

    Raises:
        EndpointError: A lock directory that was named does not exist.
    """
    return ", ".join(lock.describe() for lock in _locks(port, directories) if not lock.stale and lock.pid is None)


def release(port: str, directories: Sequence[str | Path] = (), *, patience: float = _PATIENCE) -> Released:
    """End every process that has a port open, and remove the lock files that are then stale.

    Each process gets SIGTERM, and SIGKILL if it stays. A simulator at the other side of a pseudo-terminal is left
    alone, and so is a process that only a lock file names: the file may be wrong.

    Args:
        port: The port's path.
        directories: The lock directories; the system's if empty.
        patience: How long to wait for processes to end, in seconds, each time. Those that were killed go when they get
            a processor: they have half a minute.

    Raises:
        EndpointError: A lock directory does not exist.
    """
    before = holders(port)
    lock_files = {lock.path for lock in _locks(port, directories)}
    _send(signal.SIGTERM, before)
    if not _wait_until(lambda: not any(map(_lives, before)), patience):
        killed = _send(signal.SIGKILL, holders(port))
        _wait_until(lambda: not any(map(_lives, before)), patience)
        _wait_until(lambda: not any(map(_lives, killed)), _KILLED_WITHIN)
    complaint = _clear_locks(port, directories)
    remaining = held_by(port, directories)
    left = {lock.path for lock in _locks(port, directories)}
    return Released(
        port,
        tuple(holder for holder in before if not _lives(holder)),
        tuple(sorted(lock_files - left)),
        remaining,
        "" if remaining else complaint,
    )


def _send(number: signal.Signals, found: Iterable[PortHolder]) -> list[PortHolder]:
    """Send a signal to these; return those to which this process may send it."""
    sent = []
    for holder in found:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(holder.pid, number)
            os.kill(holder.pid, signal.SIGCONT)  # a stopped process does not act on SIGTERM until it continues
            sent.append(holder)
    return sent


def _locks(port: str, directories: Iterable[str | Path]) -> list[LockFound]:
    return find_locks(port, lock_directories(directories), device=PortDevice.find(port))


def _clear_locks(port: str, directories: Sequence[str | Path]) -> str:
    """Take over stale lock files and remove them; return why that is not possible."""
    try:
        with PortLock(port, directories=directories):
            return ""
    except (LockError, EndpointError) as error:
        return str(error)


def _lives(holder: PortHolder) -> bool:
    status = process_status(holder.pid)
    return is_alive(holder.pid) and (status is None or not status.ended)


def _wait_until(condition: Callable[[], bool], patience: float) -> bool:
    deadline = time.monotonic() + patience
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(_LOOK_AGAIN)
    return holds
