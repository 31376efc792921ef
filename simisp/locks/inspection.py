"""What a UUCP lock file says, and whether it still holds.

The content has one of three forms: the pid right-justified in ten characters, and a newline (HDB, today's form); the
pid as an integer of four octets (Version 2 UUCP), or eight where a program wrote a long; or any ASCII text that begins
with the pid. Anything else is reported as it is, as is a file that cannot be read.

A lock is stale if its process is gone, is a zombie, or is not the process that wrote the lock: a process that started
after the file was written and does not have the port open. If the descriptors of a younger process cannot be inspected,
the lock counts as held.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from simisp.procfs.descriptors import descriptors_on
from simisp.procfs.device import PortDevice
from simisp.procfs.process import LARGEST_PID, command_line, is_alive, printable, process_status

__all__ = ["LockFound", "inspect_lock", "judge_lock", "opened_lock", "parse_lock"]

_LONGEST_CONTENT = 64
_HDB = re.compile(rb"[ 0-9]{10}\n")
_ASCII = re.compile(rb"[ -~\t\r\n]+")
_LEADING_PID = re.compile(rb"[ \t\r\n]*([0-9]{1,10})(?=[ \t\r\n\0]|$)")
_BINARY_OCTETS = frozenset({4, 8})
"""The size of an int, and of the long that some programs write."""

_CREATION = 2.0
"""For this many seconds an empty lock file may be one that its program has just created and not yet written."""
_CLOCK_GRAIN = 1.0
"""A process must be younger than a lock file by this many seconds, so that rounding does not decide."""


@dataclass(frozen=True, slots=True)
class LockFound:
    """A lock file and its meaning.

    Attributes:
        path: The file.
        pid: The process that it names, or None if it names no process.
        command: That process's command line, if it is alive and visible; else empty.
        stale: Whether the lock no longer holds.
        reason: In words, why it counts as held or as stale.
        form: ``"HDB"``, ``"binary"``, ``"ASCII"``, ``"empty"``, ``"junk"`` or ``"unreadable"``.
        written: When it was last written, in seconds since the Unix epoch, or None if unknown.
    """

    path: str
    pid: int | None
    command: str
    stale: bool
    reason: str
    form: str
    written: float | None = None

    def describe(self) -> str:
        """Return one clause in plain words.

        Example:
            >>> LockFound("/run/lock/LCK..modem", 822, "", True, "its process 822 is gone", "HDB").describe()
            '/run/lock/LCK..modem (stale: its process 822 is gone)'
        """
        return f"{printable(os.fsencode(self.path))} ({'stale' if self.stale else 'held'}: {self.reason})"


def parse_lock(content: bytes) -> tuple[int | None, str]:
    r"""Return the pid in a lock file's content, or None if there is no pid, and the content's form.

    Example:
        >>> parse_lock(b"      1275\n"), parse_lock(b"1275 minicom root\n"), parse_lock(b"modem")
        ((1275, 'HDB'), (1275, 'ASCII'), (None, 'junk'))
    """
    if not content:
        return None, "empty"
    if len(content) in _BINARY_OCTETS and not _ASCII.fullmatch(content):
        # Four or eight ASCII digits, read as an integer, are far above any pid, so no content fits two forms.
        pid, form = int.from_bytes(content, sys.byteorder), "binary"
    elif match := _LEADING_PID.match(content):
        pid, form = int(match[1]), "HDB" if _HDB.fullmatch(content) else "ASCII"
    else:
        return None, "junk"
    return (pid, form) if 0 < pid <= LARGEST_PID else (None, "junk")


@contextmanager
def opened_lock(path: Path) -> Iterator[int]:
    """Open a lock file for reading; never blocks, and follows no symlink.

    Raises:
        OSError: It is gone, or cannot be opened.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def inspect_lock(path: Path, device: PortDevice | None = None) -> LockFound | None:
    """Return what a lock file means, or None if there is none.

    Args:
        path: The file.
        device: The port that the lock is for, if it exists. A process that has it open is never mistaken for an
            unrelated process that reuses the pid.
    """
    try:
        with opened_lock(path) as descriptor:
            return judge_lock(path, descriptor, device)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            return _unreadable(path, "it is a symlink, which no program makes as a lock")
        return _unreadable(path, f"it can't be read: {error.strerror}")


def judge_lock(path: Path, descriptor: int, device: PortDevice | None) -> LockFound:
    """Return what an opened lock file means; ``path`` is used only in the result.

    Raises:
        OSError: It cannot be read.
        OSError: It can't be read.
    """
    file = os.fstat(descriptor)
    if not stat.S_ISREG(file.st_mode):
        return _unreadable(path, "it is not a regular file, which no program makes as a lock")
    content = os.pread(descriptor, _LONGEST_CONTENT, 0)
    pid, form = parse_lock(content)
    if pid is None:
        stale, reason = _judge_content(content, file.st_mtime)
        return LockFound(str(path), None, "", stale, reason, form, file.st_mtime)
    stale, reason = _judge_process(pid, file.st_mtime, device)
    return LockFound(str(path), pid, "" if stale else command_line(pid), stale, reason, form, file.st_mtime)


def _judge_content(content: bytes, written: float) -> tuple[bool, str]:
    if content:
        return True, f"it names no process but says {printable(content)!r}"
    # A time in the future does not mean "just created" but that the clock was set back.
    if 0 <= time.time() - written < _CREATION:
        return False, "it is empty and new: its program is about to write it"
    return True, "it is empty"


def _judge_process(pid: int, written: float, device: PortDevice | None) -> tuple[bool, str]:
    if not is_alive(pid):
        return True, f"its process {pid} is gone"
    status = process_status(pid)
    if status is None:
        return False, f"pid {pid} lives, but cannot be inspected"
    if status.ended:
        return True, f"its process {pid} has ended and has not been reaped"
    if status.started_at <= written + _CLOCK_GRAIN:
        return False, f"pid {pid} lives"
    return _judge_younger_process(pid, device)


def _judge_younger_process(pid: int, device: PortDevice | None) -> tuple[bool, str]:
    # Being younger than the lock proves little: the clock may have been set forward in between.
    try:
        if device is not None and descriptors_on(pid, device):
            return False, f"pid {pid} lives and has the port open"
    except OSError:
        return False, f"pid {pid} lives; it began after the lock was written, but cannot be inspected"
    return True, f"its process is gone: pid {pid} began after the lock was written and is another process"


def _unreadable(path: Path, reason: str) -> LockFound:
    return LockFound(str(path), None, "", False, reason, "unreadable")
