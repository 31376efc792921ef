"""Lock files that are present from the start of a run, stale or of another process, for the dialler to find."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from simisp.errors import SimispError
from simisp.locks.inspection import LockFound, inspect_lock
from simisp.locks.lock_file import LockFile, replace_own_lock
from simisp.locks.names import lock_directories, lock_names
from simisp.procfs.process import LARGEST_PID, is_alive

__all__ = ["PlacedLocks"]

_AGE = 3600.0
"""The age in seconds that a stale lock file is given."""


class PlacedLocks:
    """Lock files under each name that a program might look for, in every lock directory.

    Args:
        port: The port.
        directories: The lock directories; the system's if empty.
        stale: Whether they name a dead process; otherwise they name this one.

    Raises:
        LockError: Another process holds the port.
        EndpointError: A lock directory is missing or cannot be written.
    """

    def __init__(self, port: str, directories: Iterable[str | Path] = (), *, stale: bool) -> None:
        self._placed: dict[str, tuple[int, int]] = {}
        self._pid = next(_unused_pids()) if stale else os.getpid()
        try:
            for directory in lock_directories(directories):
                for name in lock_names(port):
                    self._place(directory / name, stale=stale)
        except (SimispError, OSError):
            self.remove()
            raise

    def _place(self, path: Path, *, stale: bool) -> None:
        LockFile(path).acquire()
        if stale:
            replace_own_lock(path, self._pid)
            then = time.time() - _AGE
            os.utime(path, (then, then))
        status = path.lstat()
        self._placed[str(path)] = status.st_dev, status.st_ino

    def includes(self, found: LockFound) -> bool:
        """Return whether a lock file is one of these, unchanged."""
        return found.pid == self._pid and self._is_there(found.path)

    def remove(self) -> None:
        """Remove those that are unchanged. Calling it again does nothing."""
        while self._placed:
            path = next(iter(self._placed))
            found = inspect_lock(Path(path))
            if found is not None and self.includes(found):
                Path(path).unlink(missing_ok=True)
            del self._placed[path]

    def _is_there(self, path: str) -> bool:
        try:
            status = os.lstat(path)
        except OSError:
            return False
        return self._placed.get(path) == (status.st_dev, status.st_ino)


def _unused_pids() -> Iterator[int]:
    # The highest numbers are assigned last, and on most systems never.
    return (pid for pid in range(LARGEST_PID - 1, 1, -1) if not is_alive(pid))
