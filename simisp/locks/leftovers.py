"""Lock files left behind by a run: simisp ends processes, so it removes the lock files they would have removed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from simisp.errors import SimispError
from simisp.locks.holders import find_locks
from simisp.locks.inspection import LockFound, inspect_lock
from simisp.locks.lock_file import LockFile
from simisp.locks.names import lock_directories
from simisp.procfs.device import PortDevice

__all__ = ["Leftovers"]

_CLOCK_GRAIN = 0.1
"""How much earlier, in seconds, a file's time may be than the clock at the moment of writing."""


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What to look for after the processes of a run have ended.

    Attributes:
        port: The port, which is the run's own.
        began: When the run began, in seconds since the Unix epoch: files written before that are not the run's.
        directories: The lock directories; the system's if empty.
        held: The lock files that living processes held before they were ended, under whatever name.
    """

    port: str
    began: float
    directories: tuple[str | Path, ...] = ()
    held: tuple[LockFound, ...] = ()

    @classmethod
    def of(
        cls, port: str, began: float, pids: Collection[int] = (), directories: Iterable[str | Path] = ()
    ) -> Leftovers:
        """Find the lock files that concern the port or name living processes, before those processes are ended."""
        where = tuple(directories)
        return cls(port, began, where, tuple(_found(port, where, pids)))

    def remove(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Remove the lock files that were made during the run and are now stale.

        Returns:
            The removed files, and messages for those that could not be removed.
        """
        removed, complaints = [], []
        device = PortDevice.find(self.port)
        for path in sorted({lock.path for lock in (*self.held, *_found(self.port, self.directories))}):
            lock = inspect_lock(Path(path), device)
            if lock is None or not lock.stale or lock.written is None or lock.written < self.began - _CLOCK_GRAIN:
                continue
            try:
                if LockFile(Path(path), device=device).remove_stale():
                    removed.append(path)
            except SimispError as error:
                complaints.append(str(error))
        return tuple(removed), tuple(complaints)


def _found(port: str, directories: tuple[str | Path, ...], pids: Collection[int] = ()) -> list[LockFound]:
    try:
        return find_locks(port, lock_directories(directories), holders=pids)
    except SimispError:
        return []  # there is no lock directory
