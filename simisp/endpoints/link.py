"""A stable name for a port: a symbolic link that never replaces a file of others and never outlives its maker.

Every link is recorded in a note in a private folder, and its maker holds the lock of that note for its lifetime
(:mod:`simisp.endpoints.link_locks`). After a ``kill -9`` the lock is gone and the note is left, so the next start knows
which links have no maker any more.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import itertools
import os
import stat
import time
from pathlib import Path

from simisp.endpoints.link_locks import LinkLocks, try_lock
from simisp.errors import EndpointError

__all__ = ["Link", "private_folder", "sweep"]

_MOST_TRIES = 50
_PAUSE = 0.001
"""Seconds. A sweep holds a note's lock for less than this."""
_SWEPT: set[tuple[int, Path]] = set()
"""Process and folder: the folders that this process has swept."""


def private_folder() -> Path:
    """Return simisp's folder in the user's runtime directory; create it if necessary, accessible only by the user.

    It is in ``$XDG_RUNTIME_DIR`` if that exists, otherwise in the temporary directory.

    Raises:
        EndpointError: The folder can't be created, or belongs to another user.
    """
    base = os.environ.get("XDG_RUNTIME_DIR")
    if base and Path(base).is_dir() and os.access(base, os.W_OK):
        folder = Path(base) / "simisp"
    else:
        import tempfile  # most systems have a folder for each user

        folder = Path(tempfile.gettempdir()) / f"simisp-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    except OSError as error:
        raise EndpointError(
            f"no private folder ({error.strerror})", path=str(folder), errno=error.errno, remedy="set XDG_RUNTIME_DIR"
        ) from error
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise EndpointError("the private folder is not private", path=str(folder), remedy="remove it, or chmod 700 it")
    return folder


def sweep(folder: Path) -> list[str]:
    """Remove the links whose makers are gone, and return their paths."""
    removed: list[str] = []
    for note in sorted(folder.glob("*.link")):
        with contextlib.suppress(OSError), try_lock(folder, note.name) as is_ours:
            if is_ours:
                removed += _removed_with(note)
    return removed


def _removed_with(note: Path) -> list[str]:
    """Remove a note and its link, and return the link's path if it still existed."""
    descriptor = os.open(note, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        path, _, target = os.fsdecode(os.read(descriptor, 8192)).rstrip("\n").rpartition("\n")
    finally:
        os.close(descriptor)
    is_there = bool(path) and _points_to(path, target)
    if is_there:
        os.unlink(path)  # noqa: PTH108 - a text as it was noted
    note.unlink(missing_ok=True)
    return [path] if is_there else []


def _sweep_once(folder: Path) -> None:
    """Sweep a folder once in this process; later leftovers are swept by the next start."""
    this = os.getpid(), folder
    if this not in _SWEPT:
        _SWEPT.add(this)
        with contextlib.suppress(OSError):  # what can't be swept now is swept by the next start
            sweep(folder)


class Link:
    """A symbolic link to a port.

    Args:
        target: The port's node.
        path: The path of the link; None for the first free ``modemN`` in the private folder.

    Raises:
        EndpointError: There is another file at ``path``, or the link can't be made there.
    """

    def __init__(self, target: str, path: str | Path | None = None) -> None:
        folder = private_folder()
        _sweep_once(folder)
        self._target = target
        self._locks: LinkLocks | None = None
        self._note_path = folder
        self.path = self._first_free(folder) if path is None else self._at(folder, Path(path))

    def remove(self) -> None:
        """Remove the link, if it is still ours. Calling it again does nothing."""
        if self._locks is not None:
            try:
                if _points_to(self.path, self._target):
                    os.unlink(self.path)  # noqa: PTH108 - a text
            finally:
                self._drop_note()

    def _first_free(self, folder: Path) -> str:
        try:
            taken = set(os.listdir(folder))  # noqa: PTH208 - names
        except OSError as error:
            raise _refusal(str(folder), error) from error
        free = (name for number in itertools.count() if (name := f"modem{number}") not in taken)
        for name in itertools.islice(free, _MOST_TRIES):
            try:
                return self._at(folder, folder / name)
            except EndpointError as error:
                if error.errno != errno.EEXIST:
                    raise
        raise EndpointError(
            f"{_MOST_TRIES} free names were taken meanwhile", path=str(folder / "modemN"), remedy="use --link"
        )

    def _at(self, folder: Path, path: Path) -> str:
        """Write the note, then make the link: after a crash a link without a note would never be removed."""
        absolute = os.path.abspath(path)  # noqa: PTH100 - a link's own path must not be resolved
        try:
            self._make(folder, absolute)
        except OSError as error:
            raise _refusal(absolute, error) from error
        return absolute

    def _make(self, folder: Path, absolute: str) -> None:
        try:
            self._write_note(folder, absolute)
            os.symlink(self._target, absolute)  # noqa: PTH211
        except OSError:
            self._drop_note()
            raise

    def _write_note(self, folder: Path, absolute: str) -> None:
        note = folder / f"{hashlib.sha256(os.fsencode(absolute)).hexdigest()[:24]}.link"
        tries = 0
        while (locks := LinkLocks.take(folder, note.name)) is None:
            tries += 1
            if tries > _MOST_TRIES or os.path.lexists(absolute):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), absolute)
            time.sleep(_PAUSE)
        self._locks, self._note_path = locks, note
        with contextlib.suppress(FileNotFoundError):
            _removed_with(note)  # its maker was killed after this process had swept
        descriptor = os.open(note, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            os.write(descriptor, os.fsencode(f"{absolute}\n{self._target}\n"))
        finally:
            os.close(descriptor)

    def _drop_note(self) -> None:
        locks, self._locks = self._locks, None
        if locks is not None:
            try:
                self._note_path.unlink(missing_ok=True)
            finally:
                locks.release(self._note_path.name)


def _refusal(path: str, error: OSError) -> EndpointError:
    taken = error.errno == errno.EEXIST
    return EndpointError(
        _what_is_there(path) if taken else f"the link can't be made ({error.strerror})",
        path=path, errno=error.errno, remedy="choose another path",
    )  # fmt: skip


def _what_is_there(path: str) -> str:
    """Return what has the path of a link already; the link of another run may well be meant."""
    try:
        target = os.readlink(path)  # noqa: PTH115
    except OSError:
        return "there is another file"
    of_a_run = ", of another run or program," if target.startswith("/dev/pts/") else ""
    return f"there is another file: a link{of_a_run} to {target!r}"


def _points_to(path: str, target: str) -> bool:
    try:
        return os.readlink(path) == target  # noqa: PTH115
    except OSError:
        return False
