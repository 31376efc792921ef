"""The locks that the kernel keeps on files.

See Also:
    proc_locks(5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simisp.procfs.files import read_bounded

__all__ = ["FileLock", "file_locks", "parse_file_locks"]

_LONGEST = 1 << 24


@dataclass(frozen=True, slots=True)
class FileLock:
    """A lock that is held, or waited for.

    Attributes:
        kind: The kernel's word: ``"FLOCK"``, ``"POSIX"``, ``"OFDLCK"``, ``"LEASE"``.
        mode: The kernel's word: ``"WRITE"``, ``"READ"``, and ``"UNLCK"`` for a lease that is being broken.
        pid: The process that took it; 0 for one of another PID namespace, -1 for a lock of an open file description.
        filesystem: The device number of the file's file system, as the kernel writes it: ``"00:18"``.
        inode: The file's inode.
        waiting: Whether it is not held but waited for.
    """

    kind: str
    mode: str
    pid: int
    filesystem: str
    inode: int
    waiting: bool = False


def file_locks() -> tuple[FileLock, ...]:
    """Return every lock that the kernel shows; empty if its list cannot be read.

    Reading the list makes the kernel synchronise all its processors, so code that looks often does not read it.
    """
    try:
        return tuple(parse_file_locks(read_bounded("/proc/locks", _LONGEST).decode("ascii", "replace")))
    except OSError:
        return ()


def parse_file_locks(text: str) -> Iterator[FileLock]:
    """Yield the locks in a text of ``/proc/locks``.

    Example:
        >>> list(parse_file_locks("9: FLOCK  ADVISORY  WRITE 1275 00:18:6 0 EOF"))
        [FileLock(kind='FLOCK', mode='WRITE', pid=1275, filesystem='00:18', inode=6, waiting=False)]
    """
    for line in text.splitlines():
        fields = line.split()[1:]
        waiting = fields[:1] == ["->"]
        match fields[waiting:]:
            case [kind, _, mode, pid, place, *_] if pid.removeprefix("-").isdecimal() and place.count(":") == 2:
                filesystem, _, inode = place.rpartition(":")
                if inode.isdecimal():
                    yield FileLock(kind, mode, int(pid), filesystem, int(inode), waiting)
            case _:
                continue
