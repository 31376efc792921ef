"""Lock files that a run leaves behind: who ends processes takes away what they would have taken away themselves."""

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
"""Seconds by which the time of a file may lie before that of the clock."""


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What is to be looked for when the processes of a run have ended.

    Attributes:
        port: The port, which is the run's own.
        began: When the run began, in seconds since the Unix epoch: what was written before is somebody else's.
        directories: The lock directories; the system's own when empty.
        held: The lock files that living processes had before they were ended, under whatever name.
    """

    port: str
    began: float
    directories: tuple[str | Path, ...] = ()
    held: tuple[LockFound, ...] = ()

    @classmethod
    def of(
        cls, port: str, began: float, pids: Collection[int] = (), directories: Iterable[str | Path] = ()
    ) -> Leftovers:
        """Look for the lock files that concern the port or name living processes, before those are ended."""
        where = tuple(directories)
        return cls(port, began, where, tuple(_found(port, where, pids)))

    def remove(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Remove the lock files that were made during the run and are stale now.

        Returns:
            The files that were removed, and why others could not be.
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
