"""Writing of files at a path given by the user, including folders in which other users may write.

In a folder such as ``/tmp`` another user may have put a link under the name that is about to be written, or a file that
all may read. So a file is either created with O_EXCL or is already this user's, it is opened without following links,
and if it is to be private, its mode is changed before the first octet is written.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

from simisp.errors import FileError

__all__ = ["open_safely"]

_MODE = 0o600
_OWN_DESCRIPTOR = re.compile(r"/(?:dev/fd|proc/self/fd)/([0-9]{1,7})")
_STANDARD = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}
_MOST_LINKS = 40


def open_safely(path: str | Path, complaint: str, *, append: bool = False) -> int:
    """Open a file for writing; return the descriptor.

    A regular file of this user is overwritten and made readable by this user alone, or appended to without a change of
    its mode. A FIFO, a device, ``/dev/stdout`` and ``/dev/fd/3`` are opened as they are. Links are followed only where
    no other user can have put them.

    Args:
        path: The file.
        complaint: The beginning of the error message.
        append: Whether to keep its content, and its mode.

    Raises:
        FileError: It cannot be written, or not safely.
    """
    text = os.path.abspath(path)  # noqa: PTH100 - links are for us to follow
    own = _own_descriptor(text)
    try:
        return os.dup(own) if own is not None else _opened(_without_links(text), append=append)
    except OSError as error:
        is_others = isinstance(error, _OthersFileError) or error.errno in {errno.ELOOP, errno.EEXIST}
        raise FileError(
            f"{complaint} ({_REASONS.get(error.errno or 0, error.strerror)})",
            path=str(path), errno=error.errno, remedy="name a file of your own" if is_others else "",
        ) from error  # fmt: skip


class _OthersFileError(PermissionError):
    """The file belongs to another user. The kernel's own EPERM has other causes, such as a folder made immutable."""

    def __init__(self) -> None:
        super().__init__(errno.EPERM, "the file belongs to another user")


_REASONS = {
    errno.ELOOP: "it is a link in a folder that others may write to",
    errno.EMLINK: "it has a second name, in a folder that others may write to",
    errno.EEXIST: "another process created it just now",
}


def _own_descriptor(path: str) -> int | None:
    match = _OWN_DESCRIPTOR.fullmatch(path)
    return int(match[1]) if match else _STANDARD.get(path)


def _without_links(path: str) -> str:
    """Return the target of a path, following only links that this user or root must have made."""
    for _ in range(_MOST_LINKS):
        try:
            target = os.readlink(path)  # noqa: PTH115 - a text
        except OSError:
            return path
        folder = os.path.dirname(path)  # noqa: PTH120
        if _is_shared(folder) or os.lstat(path).st_uid not in {0, os.geteuid()}:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        path = os.path.abspath(os.path.join(folder, target))  # noqa: PTH100, PTH118
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def _is_shared(folder: str) -> bool:
    """Return whether users other than this one and root may create files in a folder."""
    status = os.stat(folder)  # noqa: PTH116
    return bool(status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)) or status.st_uid not in {0, os.geteuid()}


def _opened(path: str, *, append: bool) -> int:
    flags = os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NOCTTY | (os.O_APPEND if append else 0)
    try:
        before = os.lstat(path)
    except FileNotFoundError:
        return os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o666 if append else _MODE)
    _check(before, path, append=append)
    descriptor = os.open(path, flags)
    try:
        status = os.fstat(descriptor)
        _check(status, path, append=append)
        if stat.S_ISREG(status.st_mode) and not append:
            os.fchmod(descriptor, _MODE)
            os.ftruncate(descriptor, 0)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _check(status: os.stat_result, path: str, *, append: bool) -> None:
    """Refuse a file put there by another user to read what is written, or to have another file overwritten."""
    is_ours = status.st_uid == os.geteuid()
    is_shared = _is_shared(os.path.dirname(path))  # noqa: PTH120
    if stat.S_ISREG(status.st_mode):
        if not is_ours and (is_shared or not append):
            raise _OthersFileError
        if is_shared and status.st_nlink > 1:
            raise OSError(errno.EMLINK, os.strerror(errno.EMLINK))
    elif not is_ours and is_shared:
        raise _OthersFileError
