"""UUCP lock files, made, taken over and released the way dialling programs do it among themselves.

At no moment does the file exist without its pid: it is written without a name and then linked to its name, which fails
if another process was first. Taking over a stale file is serialised among our own processes by flock(2) on that file.
Other programs do not follow this rule. Against them the file is moved aside instead of removed; if the moved file turns
out not to be the one that was judged stale, it is put back.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from simisp.errors import EndpointError, LockError, reason_of
from simisp.locks.inspection import LockFound, inspect_lock, judge_lock, opened_lock, parse_lock
from simisp.procfs.device import PortDevice
from simisp.procfs.fdinfo import own_links

__all__ = ["LockFile", "replace_own_lock"]

_MODE = 0o644
_ATTEMPTS = 20
"""How often to try a lock that keeps appearing and vanishing before it counts as held."""
_NO_NAMELESS_FILES = frozenset({errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOENT, errno.EPERM})
"""Errors of systems that cannot make a file without a name, or cannot link it."""

_REMEDIES = {
    errno.EACCES: "join the group that owns the directory, or name another one with --lock-dir",
    errno.EPERM: "remove it as its owner or as root",
    errno.ENOSPC: "make room on its file system",
    errno.EROFS: "name another directory with --lock-dir",
    errno.ENOENT: "create its directory, or name another one with --lock-dir",
}


class LockFile:
    r"""One lock file of this process, in HDB form: the pid right-justified in ten characters, and a newline.

    A lock belongs to the process that took it: a forked child does not release it.

    Args:
        path: The lock file's path; its directory must exist.
        device: The port that the lock is for, if it exists; see :func:`simisp.locks.inspection.inspect_lock`.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as directory:
        ...     path = Path(directory) / "LCK..modem"
        ...     with LockFile(path):
        ...         print(path.read_text() == f"{os.getpid():10}\n")
        ...     print(path.exists())
        True
        False

    See Also:
        Filesystem Hierarchy Standard 3.0, 5.9 (/var/lock).
    """

    def __init__(self, path: Path, *, device: PortDevice | None = None) -> None:
        self.path = path
        self._device = device
        self._mine: tuple[int, int, int] | None = None
        """Pid, file system and inode of the file that we made, while we hold the lock."""

    @property
    def held(self) -> bool:
        """Whether the file exists and is the one that this object made in this process."""
        try:
            with opened_lock(self.path) as descriptor:
                file = os.fstat(descriptor)
                pid, _ = parse_lock(os.pread(descriptor, 16, 0))
        except OSError:
            return False
        return self._mine == (os.getpid(), file.st_dev, file.st_ino) and pid == os.getpid()

    def acquire(self) -> LockFound | None:
        """Take the lock; return the stale lock that was taken over, or None if there was no lock.

        Raises:
            LockError: Another process, or this one, holds it.
            EndpointError: The directory cannot be written, or a stale lock cannot be removed.
        """
        taken_over: LockFound | None = None
        for _ in range(_ATTEMPTS):
            if self._create():
                return taken_over
            found = inspect_lock(self.path, self._device)
            if found is not None and not found.stale:
                raise LockError(f"locked: {found.describe()}", path=found.path, pid=found.pid, command=found.command)
            if found is not None and self.remove_stale():
                taken_over = found
        raise LockError("locked: other processes keep taking and releasing this lock file", path=str(self.path))

    def release(self) -> bool:
        """Remove the lock file if it is ours; return whether it was. Does nothing otherwise.

        Raises:
            EndpointError: The directory cannot be written.
        """
        ours, self._mine = self.held, None
        if ours:
            try:
                self.path.unlink(missing_ok=True)
            except OSError as error:
                raise _refused("our lock file can't be removed", self.path, error) from None
        return ours

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()

    def _create(self) -> bool:
        """Make the file with our pid in it; return False if it already exists."""
        try:
            try:
                file = self._link_nameless()
            except OSError as error:
                if error.errno not in _NO_NAMELESS_FILES:
                    raise
                file = self._create_exclusively()
        except FileExistsError:
            return False
        except OSError as error:
            raise _refused("the lock file can't be made", self.path, error) from None
        self._mine = (os.getpid(), file.st_dev, file.st_ino)
        return True

    def _link_nameless(self) -> os.stat_result:
        descriptor = os.open(self.path.parent, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, _MODE)
        try:
            _write_pid(descriptor)
            # Given a directory descriptor, Python calls linkat(2), which follows the kernel's link to the file.
            links = own_links()
            try:
                os.link(str(descriptor), self.path, src_dir_fd=links, follow_symlinks=True)
            finally:
                os.close(links)
            return os.fstat(descriptor)
        finally:
            os.close(descriptor)

    def _create_exclusively(self) -> os.stat_result:
        descriptor = os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, _MODE)
        try:
            _write_pid(descriptor)
            return os.fstat(descriptor)
        except OSError:
            self.path.unlink()
            raise
        finally:
            os.close(descriptor)

    def remove_stale(self) -> bool:
        """Remove the file if it is still stale; return whether it was removed.

        Raises:
            EndpointError: The directory cannot be written.
        """
        try:
            with opened_lock(self.path) as descriptor:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stale = judge_lock(self.path, descriptor, self._device).stale
                if not stale or not os.path.samestat(os.fstat(descriptor), self.path.lstat()):
                    return False
                return self._move_aside(descriptor)
        except (FileNotFoundError, BlockingIOError):
            return False  # another process was first, or is working on it
        except OSError as error:
            raise _refused("a stale lock file can't be removed", self.path, error) from None

    def _move_aside(self, judged: int) -> bool:
        aside = _passing_name(self.path)
        self.path.rename(aside)
        is_judged = os.path.samestat(os.fstat(judged), aside.lstat())
        if not is_judged:
            with suppress(FileExistsError):
                self.path.hardlink_to(aside)
        aside.unlink()
        return is_judged


def replace_own_lock(path: Path, pid: int) -> None:
    """Make a lock file of this process name another process, atomically: it is never missing or half-written.

    Raises:
        OSError: The directory cannot be written.
    """
    new = _passing_name(path)
    descriptor = os.open(new, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    try:
        _write_pid(descriptor, pid)
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


def _passing_name(path: Path) -> Path:
    """Return an unpredictable name beside a lock file: other users can write to the directory too."""
    return path.with_name(f"LTMP.{secrets.token_hex(8)}")


def _write_pid(descriptor: int, pid: int | None = None) -> None:
    os.fchmod(descriptor, _MODE)  # regardless of the umask: other programs have to read it
    content = f"{pid or os.getpid():10}\n".encode("ascii")
    if os.write(descriptor, content) != len(content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _refused(message: str, path: Path, error: OSError) -> EndpointError:
    return EndpointError(
        f"{message}, {reason_of(error).lower()}",
        path=str(path),
        errno=error.errno,
        remedy=_REMEDIES.get(error.errno or 0, ""),
    )
