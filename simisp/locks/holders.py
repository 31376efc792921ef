"""Finds the locks on a port and their holders: lock files under any of its names, flock(2), TIOCEXCL."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from simisp.locks.inspection import LockFound, inspect_lock
from simisp.locks.names import PREFIX, lock_names
from simisp.procfs.device import PortDevice
from simisp.procfs.file_locks import FileLock, file_locks, parse_file_locks

__all__ = ["FlockFound", "find_locks", "flocks_on", "parse_flocks"]


@dataclass(frozen=True, slots=True)
class FlockFound:
    """A lock that the kernel keeps on a port's node.

    Attributes:
        kind: ``"flock"`` for flock(2), ``"POSIX"`` for fcntl(2), ``"OFD"`` for one of an open file description.
        access: ``"exclusive"`` or ``"shared"``.
        pid: The process that took it. It may be dead, for a flock lives on in the descriptors of its children; None if
            the kernel does not say.
        waiting: Whether the process is still waiting for it.
    """

    kind: str
    access: str
    pid: int | None
    waiting: bool = False


_KINDS = {"FLOCK": "flock", "POSIX": "POSIX", "OFDLCK": "OFD"}


def find_locks(
    port: str, directories: Iterable[Path], *, holders: Collection[int] = (), device: PortDevice | None = None
) -> list[LockFound]:
    """Return every lock file that concerns a port, in the order of the directories and of their names.

    These are the files under each name that programs derive from the port's path as given and as resolved, files whose
    name leads to the same device by another symlink, and files that name a process that has the port open.

    Args:
        port: The port's path; the port may be gone.
        directories: The lock directories. One that is missing or cannot be listed is searched only for known names.
        holders: The processes that have the port open.
        device: The port's device, if the caller already has it.
    """
    device = device or PortDevice.find(port)
    found = []
    for directory in directories:
        expected = set(lock_names(port))
        for name in sorted(expected | set(_locks_in(directory))):
            lock = inspect_lock(directory / name, device)
            if lock is None:
                continue
            is_holders = lock.pid in holders and not lock.stale
            if name in expected or is_holders or (device is not None and _is_alias(name, port, device)):
                found.append(lock)
    return found


def _locks_in(directory: Path) -> Iterator[str]:
    try:
        yield from (path.name for path in directory.glob(f"{PREFIX}*"))
    except OSError:
        return


def _is_alias(name: str, port: str, device: PortDevice) -> bool:
    """Return whether a lock file's name leads to the device: below ``/dev``, or beside the port."""
    base = name.removeprefix(PREFIX)
    for candidate in (Path("/dev", base), Path("/dev", base.replace("_", "/")), Path(port).parent / base):
        try:
            if device.is_node(candidate.stat()):
                return True
        except OSError:
            continue
    return False


def flocks_on(device: PortDevice) -> list[FlockFound]:
    """Return the locks that the kernel keeps on a device's node; empty if its list can't be read."""
    return _on_node(file_locks(), device)


def parse_flocks(text: str, device: PortDevice) -> list[FlockFound]:
    """Return the locks on one node from the text of ``/proc/locks``.

    Example:
        >>> parse_flocks("9: FLOCK  ADVISORY  WRITE 1275 00:18:6 0 EOF", PortDevice("/dev/pts/3", 0, 0x18, 6))
        [FlockFound(kind='flock', access='exclusive', pid=1275, waiting=False)]
    """
    return _on_node(parse_file_locks(text), device)


def _on_node(locks: Iterable[FileLock], device: PortDevice) -> list[FlockFound]:
    node = f"{os.major(device.filesystem):02x}:{os.minor(device.filesystem):02x}", device.inode
    return [
        FlockFound(
            _KINDS[one.kind],
            "exclusive" if one.mode == "WRITE" else "shared",
            one.pid if one.pid > 0 else None,
            one.waiting,
        )
        for one in locks
        if one.kind in _KINDS and (one.filesystem, one.inode) == node
    ]
