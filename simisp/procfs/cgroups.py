"""Whether programs have the kernel signal an eventfd about a control group: cgroup_event_control of version 1.

The kernel shows no such registration. But inotify reports each write to a ``cgroup.event_control``, by whatever call it
is made, so the files are watched from the beginning of a run on. Version 2 has no such file.
"""

from __future__ import annotations

import ctypes
import os
import re
import struct
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = ["EventfdRegistrations", "memory_groups"]

_MOUNT = re.compile(r"^\d+ \d+ \S+ \S+ (?P<place>\S+) .*- cgroup \S+ (?P<controllers>\S+)$", re.MULTILINE)
_EVENT = struct.Struct("iIII")
_MODIFIED, _CREATED, _OVERFLOWN = 0x2, 0x100, 0x4000
_REGISTRY = b"cgroup.event_control"
_MOST_OCTETS = 65536
_libc = ctypes.CDLL(None, use_errno=True)


def memory_groups(proc: Path = Path("/proc")) -> Iterator[str]:
    """Yield the folders of all memory control groups of version 1.

    Args:
        proc: Where the kernel shows its processes.
    """
    try:
        mounts = _MOUNT.finditer((proc / "self" / "mountinfo").read_text())
    except OSError:
        return
    for one in mounts:
        if "memory" in one["controllers"].split(","):
            yield from (folder for folder, _, _ in os.walk(one["place"]))


class EventfdRegistrations:
    """Notices when a program asks the kernel to signal an eventfd.

    Args:
        proc: Where the kernel shows its processes.

    See Also:
        The kernel's admin-guide/cgroup-v1/memory.rst, section 9; inotify(7).
    """

    def __init__(self, proc: Path = Path("/proc")) -> None:
        self._seen = False
        self._descriptor: int | None = None
        self._closing: Callable[[], object] | None = None
        folders = list(memory_groups(proc))
        if not folders:
            return
        descriptor = int(_libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK))
        if descriptor < 0:
            self._seen = True  # what can't be watched may happen
            return
        self._descriptor = descriptor
        self._closing = weakref.finalize(self, os.close, descriptor)
        for folder in folders:
            _libc.inotify_add_watch(descriptor, os.fsencode(folder), _MODIFIED | _CREATED)

    @property
    def may_exist(self) -> bool:
        """Whether there may have been a registration, of any program of this machine, since this was made.

        One whose group was made meanwhile could have been missed, so a new group counts as well.
        """
        if not self._seen and self._descriptor is not None:
            self._seen = any(self._read(self._descriptor))
        return self._seen

    def close(self) -> None:
        """Watch no longer: from now on there may have been one. Calling it again does nothing."""
        # A user has 128 inotify instances on most systems; one that waits for the collector of cycles is in the way.
        closing, self._closing, self._descriptor = self._closing, None, None
        if closing is not None:
            closing()
        self._seen = True

    def _read(self, descriptor: int) -> Iterator[bool]:
        while True:
            try:
                events = os.read(descriptor, _MOST_OCTETS)
            except BlockingIOError:
                return
            position = 0
            while position < len(events):
                _, mask, _, length = _EVENT.unpack_from(events, position)
                position += _EVENT.size + length
                name = events[position - length : position].rstrip(b"\0")
                yield bool(mask & (_CREATED | _OVERFLOWN)) or name == _REGISTRY
