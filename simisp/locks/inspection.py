"""What a UUCP lock file says, and whether it still holds.

Three forms of content occur: ten characters with the pid right-justified and a newline (HDB, the form of today), four
octets with the pid as an integer (Version 2 UUCP) or eight where a program wrote a long, and any ASCII text that begins
with the pid. Anything else is a fact about the file, as is a file that can't be read.

A lock is stale when its process is gone, has ended and was only not reaped yet, or is not the process that wrote it:
one that began after the file was written and does not have the port open. Where we may not look at the descriptors of
such a process the lock counts as held.
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
"""An int, or the long that some programs write."""

_CREATION = 2.0
"""Seconds for which an empty lock file may be one that its program has created and not written yet."""
_CLOCK_GRAIN = 1.0
"""Seconds by which a process has to be younger than a lock file, so that rounding decides nothing."""


@dataclass(frozen=True, slots=True)
class LockFound:
    """A lock file and what it means.

    Attributes:
        path: The file.
        pid: The process that it names, or None when it names none.
        command: What that process was called with, when it lives and can be seen; else empty.
        stale: Whether nobody holds it any more.
        reason: Why it counts as held, or as stale, in words.
        form: ``"HDB"``, ``"binary"``, ``"ASCII"``, ``"empty"``, ``"junk"`` or ``"unreadable"``.
        written: When it was written last, in seconds since the Unix epoch, or None when that can't be seen.
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
    r"""Return the pid that a lock file's content names, None when it names none, and the content's form.

    Example:
        >>> parse_lock(b"      1275\n"), parse_lock(b"1275 minicom root\n"), parse_lock(b"modem")
        ((1275, 'HDB'), (1275, 'ASCII'), (None, 'junk'))
    """
    if not content:
        return None, "empty"
    if len(content) in _BINARY_OCTETS and not _ASCII.fullmatch(content):
        # Octets of ASCII would be an integer far above any pid, so that no file is both.
        pid, form = int.from_bytes(content, sys.byteorder), "binary"
    elif match := _LEADING_PID.match(content):
        pid, form = int(match[1]), "HDB" if _HDB.fullmatch(content) else "ASCII"
    else:
        return None, "junk"
    return (pid, form) if 0 < pid <= LARGEST_PID else (None, "junk")


@contextmanager
def opened_lock(path: Path) -> Iterator[int]:
    """Open a lock file to read it; never waits, and follows no symlink.

    Raises:
        OSError: It is gone, or may not be opened.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def inspect_lock(path: Path, device: PortDevice | None = None) -> LockFound | None:
    """Return what a lock file means, or None when there is none.

    Args:
        path: The file.
        device: The port that it is about, if there is such a device: a process that has it open is never taken for
            one that got the number of a dead one.
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
    """Return what a lock file that was opened means; ``path`` is only told again.

    Raises:
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
    # A time in the future is no creation under way, but a clock that was set back.
    if 0 <= time.time() - written < _CREATION:
        return False, "it is empty and new: its program is about to write it"
    return True, "it is empty"


def _judge_process(pid: int, written: float, device: PortDevice | None) -> tuple[bool, str]:
    if not is_alive(pid):
        return True, f"its process {pid} is gone"
    status = process_status(pid)
    if status is None:
        return False, f"pid {pid} lives, but may not be looked at"
    if status.ended:
        return True, f"its process {pid} has ended and only waits to be reaped"
    if status.started_at <= written + _CLOCK_GRAIN:
        return False, f"pid {pid} lives"
    return _judge_younger_process(pid, device)


def _judge_younger_process(pid: int, device: PortDevice | None) -> tuple[bool, str]:
    # That it is younger than the lock proves little: the clock may have been set forward in between.
    try:
        if device is not None and descriptors_on(pid, device):
            return False, f"pid {pid} lives and has the port open"
    except OSError:
        return False, f"pid {pid} lives; it began after the lock was written, but may not be looked at"
    return True, f"its process is gone: pid {pid} began after the lock was written and is another one"


def _unreadable(path: Path, reason: str) -> LockFound:
    return LockFound(str(path), None, "", False, reason, "unreadable")
