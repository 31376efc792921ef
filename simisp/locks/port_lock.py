"""A port locked against every program that follows one of the locking customs."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from simisp.errors import LockError, SimispError
from simisp.locks.holders import find_locks
from simisp.locks.inspection import LockFound
from simisp.locks.lock_file import LockFile
from simisp.locks.names import lock_directories, lock_names
from simisp.locks.terminal import clear_exclusive, is_exclusive, set_exclusive, take_flock
from simisp.procfs.device import PortDevice

__all__ = ["PortLock"]


class PortLock:
    """All locks of a port: lock files under each of its names, and once it is open flock and TIOCEXCL.

    A dialler calls :meth:`acquire` before it opens the port and :meth:`guard` afterwards. Lock files are made in every
    lock directory under every name that a program might look for. This keeps out a program that knows the port by
    another name too. Either all of them are made, or no file is left.

    Args:
        port: The port's path, as given by the user.
        directories: The lock directories; those of :func:`simisp.locks.names.lock_directories` if empty.
        flock: Whether :meth:`guard` takes a flock, which keeps out picocom.
        exclusive: Whether :meth:`guard` sets TIOCEXCL, which keeps out every process except root's.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as directory, PortLock("/dev/modem", directories=[directory]) as lock:
        ...     [path.name for path in lock.paths]
        ['LCK..modem']
    """

    def __init__(
        self, port: str, *, directories: Iterable[str | Path] = (), flock: bool = True, exclusive: bool = False
    ) -> None:
        self.port = port
        self._directories = tuple(directories)
        self._flock = flock
        self._exclusive = exclusive
        self._files: list[LockFile] = []
        self._guarded: tuple[int, os.stat_result] | None = None
        self._set_exclusive = False

    @property
    def paths(self) -> tuple[Path, ...]:
        """The lock files that we hold."""
        return tuple(file.path for file in self._files)

    def acquire(self) -> tuple[LockFound, ...]:
        """Take the lock files; return the stale ones that were taken over.

        Raises:
            LockError: One of them is held.
            EndpointError: A lock directory is missing or cannot be written.
        """
        if self._files:
            raise ValueError("this lock was taken already")
        device = PortDevice.find(self.port)
        taken_over = []
        try:
            # All our programs take the names in the same order, so of two that compete one gets them all.
            for directory in lock_directories(self._directories):
                for name in lock_names(self.port):
                    file = LockFile(directory / name, device=device)
                    taken_over.append(file.acquire())
                    self._files.append(file)
            self._refuse_other_names(device)
        except LockError as error:
            self.release()
            raise LockError(f"{self.port} is {error}", path=error.path, pid=error.pid, command=error.command) from None
        except SimispError:
            self.release()
            raise
        return tuple(found for found in taken_over if found is not None)

    def _refuse_other_names(self, device: PortDevice | None) -> None:
        """Refuse a port that is locked under another name of its device."""
        ours = set(map(str, self.paths))
        for found in find_locks(self.port, lock_directories(self._directories), device=device):
            if found.path not in ours and not found.stale and found.pid != os.getpid():
                raise LockError(f"locked: {found.describe()}", path=found.path, pid=found.pid, command=found.command)

    def guard(self, descriptor: int) -> None:
        """Take the locks on an open port, as requested.

        Args:
            descriptor: Open on the port.

        Raises:
            LockError: Another process has a flock on it.
            EndpointError: The descriptor is not a terminal.
        """
        if self._flock:
            take_flock(descriptor, self.port)
        self._guarded = descriptor, os.fstat(descriptor)
        if self._exclusive and not is_exclusive(descriptor):
            set_exclusive(descriptor)
            self._set_exclusive = True

    def release(self) -> None:
        """Release the locks that this object took, and no others. Does nothing if it holds no lock."""
        self._unguard()
        for file in reversed(self._files):
            file.release()
        self._files.clear()

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()

    def _unguard(self) -> None:
        guarded, self._guarded = self._guarded, None
        was_set, self._set_exclusive = self._set_exclusive, False
        if guarded is None:
            return
        descriptor, node = guarded
        with suppress(OSError, SimispError):
            # If the descriptor was closed, and perhaps reused for another file, the flock went with it.
            if os.path.samestat(os.fstat(descriptor), node):
                if was_set:
                    clear_exclusive(descriptor)
                if self._flock:
                    fcntl.flock(descriptor, fcntl.LOCK_UN)
