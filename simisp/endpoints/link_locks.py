"""A lock for each note about a link, with a single descriptor for all the locks of a process.

The locks are ranges of one file, an octet for each note, at an offset computed from the note's name. The kernel ties
them to an open file description and releases them when that is closed, so a killed process holds none. The file itself
is removed with the last lock on it.

See Also:
    fcntl_locking(2), open file description locks.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

__all__ = ["LinkLocks", "try_lock"]

_FILE = ".locks"
_SET = 37  # F_OFD_SETLK
_RANGE = struct.Struct("hhqqi4x")  # struct flock
_WHOLE = (0, 0)


class LinkLocks:
    """The locks that this process holds in one folder. :meth:`take` takes one of them.

    Args:
        folder: The folder with the notes.
        descriptor: Its file of locks, open.
    """

    _guard: ClassVar[threading.RLock] = threading.RLock()
    _of: ClassVar[dict[tuple[int, Path], LinkLocks]] = {}
    """By process and folder: a forked process does not inherit its parent's."""

    def __init__(self, folder: Path, descriptor: int) -> None:
        self._key = os.getpid(), folder
        self._descriptor = descriptor
        self._held: set[str] = set()

    @classmethod
    def take(cls, folder: Path, note: str) -> LinkLocks | None:
        """Take a note's lock; :meth:`release` releases it.

        Returns:
            The locks, or None if another process, a sweep, or a link of this process has it.

        Raises:
            OSError: The file of locks can't be opened.
        """
        with cls._guard:
            ours = cls._of.get((os.getpid(), folder))
            if ours is None:
                ours = cls(folder, _opened(folder))
            if note in ours._held or not _lock(ours._descriptor, fcntl.F_WRLCK, _place(note)):
                ours._close_if_unused()
                return None
            if not os.fstat(ours._descriptor).st_nlink:  # removed between our opening and our locking
                os.close(ours._descriptor)
                return None
            ours._held.add(note)
            cls._of[ours._key] = ours
            return ours

    def release(self, note: str) -> None:
        """Release the lock of a note."""
        with self._guard:
            self._held.discard(note)
            _lock(self._descriptor, fcntl.F_UNLCK, _place(note))
            self._close_if_unused()

    def _close_if_unused(self) -> None:
        if not self._held:
            self._of.pop(self._key, None)
            try:
                _remove_if_unused(self._key[1], self._descriptor)
            finally:
                os.close(self._descriptor)


@contextlib.contextmanager
def try_lock(folder: Path, note: str) -> Iterator[bool]:
    """Hold a note's lock for a moment, if it has no living maker; yield whether it is held.

    Raises:
        OSError: The file of locks can't be opened.
    """
    descriptor = _opened(folder)
    try:
        is_ours = _lock(descriptor, fcntl.F_WRLCK, _place(note)) and bool(os.fstat(descriptor).st_nlink)
        yield is_ours
        if is_ours:
            _lock(descriptor, fcntl.F_UNLCK, _place(note))
            _remove_if_unused(folder, descriptor)
    finally:
        os.close(descriptor)


def _opened(folder: Path) -> int:
    return os.open(folder / _FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def _remove_if_unused(folder: Path, descriptor: int) -> None:
    """Remove the file of locks if no process holds one. A process that has just opened it sees that it has no name."""
    if os.fstat(descriptor).st_nlink and _lock(descriptor, fcntl.F_WRLCK, _WHOLE):
        (folder / _FILE).unlink(missing_ok=True)


def _place(note: str) -> tuple[int, int]:
    """Return the octet for a note: any function of the name will do."""
    return int.from_bytes(hashlib.sha256(note.encode()).digest()[:7], "big"), 1


def _lock(descriptor: int, kind: int, place: tuple[int, int]) -> bool:
    """Change a lock; return whether that succeeded."""
    try:
        fcntl.fcntl(descriptor, _SET, _RANGE.pack(kind, os.SEEK_SET, *place, 0))
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return False
        raise
    return True
