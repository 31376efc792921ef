"""A stable name for a port: a symbolic link that never replaces what is not ours and never outlives its maker.

Every link is written down in a private folder, in a note that its maker keeps locked for as long as it lives. After a
``kill -9`` the lock is gone and the note still there, so whoever comes next knows which links are nobody's any more.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import stat
import tempfile
import time
from pathlib import Path

from simisp.errors import EndpointError

__all__ = ["Link", "private_folder", "sweep"]

_FIRST_NAMES = 1000
_MOST_TRIES = 50
_PAUSE = 0.001
"""Seconds. Who sweeps holds a note for less."""


def private_folder() -> Path:
    """Return simisp's own folder in the user's runtime directory, made if need be, open to nobody else.

    ``$XDG_RUNTIME_DIR`` is taken when it is there; otherwise a folder of the user's in the temporary directory.

    Raises:
        EndpointError: The folder can't be made, or belongs to somebody else.
    """
    base = os.environ.get("XDG_RUNTIME_DIR")
    if base and Path(base).is_dir() and os.access(base, os.W_OK):
        folder = Path(base) / "simisp"
    else:
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
    removed = []
    for note in sorted(folder.glob("*.link")):
        try:
            descriptor = os.open(note, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path, _, target = os.fsdecode(os.read(descriptor, 8192)).rstrip("\n").rpartition("\n")
            if path and _points_to(path, target):
                os.unlink(path)  # noqa: PTH108 - a text as it was noted
                removed.append(path)
            note.unlink(missing_ok=True)
        except OSError:
            pass  # its maker lives, or somebody else was quicker
        finally:
            os.close(descriptor)
    return removed


class Link:
    """A symbolic link to a port.

    Args:
        target: The port's node.
        path: Where the link shall lie; None takes the first free ``modemN`` in the private folder.

    Raises:
        EndpointError: Something else lies at ``path``, or the link can't be made there.
    """

    def __init__(self, target: str, path: str | Path | None = None) -> None:
        folder = private_folder()
        with contextlib.suppress(OSError):  # what can't be swept now is swept by the next start
            sweep(folder)
        self._target = target
        self._note = -1
        self._note_path = folder
        self.path = self._first_free(folder) if path is None else self._at(folder, Path(path))

    def remove(self) -> None:
        """Remove the link, if it is still ours. Calling it again does nothing."""
        if self._note >= 0:
            try:
                if _points_to(self.path, self._target):
                    os.unlink(self.path)  # noqa: PTH108 - a text
            finally:
                self._drop_note()

    def _first_free(self, folder: Path) -> str:
        for number in range(_FIRST_NAMES):
            path = folder / f"modem{number}"
            if not path.is_symlink() and not path.exists():
                try:
                    return self._at(folder, path)
                except EndpointError as error:
                    if error.errno != errno.EEXIST:
                        raise
        raise EndpointError(f"{_FIRST_NAMES} names are taken", path=str(folder / "modemN"), remedy="use --link")

    def _at(self, folder: Path, path: Path) -> str:
        """Note the link, then make it: a link without a note would be nobody's after a crash."""
        absolute = os.path.abspath(path)  # noqa: PTH100 - a link's own path must not be resolved
        try:
            self._write_note(folder, absolute)
            os.symlink(self._target, absolute)  # noqa: PTH211
        except OSError as error:
            self._drop_note()
            if error.errno == errno.EEXIST:
                raise EndpointError(
                    "something else lies there", path=absolute, errno=errno.EEXIST, remedy="choose another --link"
                ) from error
            raise EndpointError(
                f"the link can't be made ({error.strerror})", path=absolute, errno=error.errno,
                remedy="choose another --link",
            ) from error  # fmt: skip
        return absolute

    def _write_note(self, folder: Path, absolute: str) -> None:
        note = folder / f"{hashlib.sha256(os.fsencode(absolute)).hexdigest()[:24]}.link"
        tries = 0
        while (descriptor := _locked(note)) is None:
            tries += 1
            if tries > _MOST_TRIES or os.path.lexists(absolute):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), absolute)
            time.sleep(_PAUSE)
        self._note, self._note_path = descriptor, note
        os.ftruncate(descriptor, 0)
        os.write(descriptor, os.fsencode(f"{absolute}\n{self._target}\n"))

    def _drop_note(self) -> None:
        if self._note >= 0:
            self._note_path.unlink(missing_ok=True)
            os.close(self._note)
            self._note = -1


def _locked(note: Path) -> int | None:
    """Return a descriptor of a note that is ours alone, or None when somebody has it: its maker, or who sweeps it."""
    descriptor = os.open(note, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_nlink:
            return descriptor
    os.close(descriptor)
    return None


def _points_to(path: str, target: str) -> bool:
    try:
        return os.readlink(path) == target  # noqa: PTH115
    except OSError:
        return False
