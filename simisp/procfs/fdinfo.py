"""What the kernel tells of one descriptor of a process: what it leads to, and what its open file is.

See Also:
    proc_pid_fd(5), proc_pid_fdinfo(5).
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from simisp.procfs.files import read_bounded

__all__ = [
    "Information",
    "descriptor_information",
    "descriptor_link",
    "descriptor_status",
    "device_of",
    "field_of",
    "own_links",
]

_O_ASYNC = 0o20000
"""FASYNC: the flag of a descriptor that sends a signal when it gets ready (fcntl(2), F_SETOWN), on every machine."""

_LEASE = re.compile(r"^lock:.* LEASE ", re.MULTILINE)
_LONGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Information:
    """What the kernel tells of an open file, read at one moment.

    Attributes:
        text: Its lines, as proc_pid_fdinfo(5) has them; empty when they can't be read.
    """

    text: str

    def field(self, name: str) -> str | None:
        """Return a number among it; None when there is none of this name."""
        found = re.search(rf"^{name}:\s*(-?\d+)", self.text, re.MULTILINE)
        return found[1] if found else None

    @property
    def flags(self) -> int | None:
        """The flags it was opened with and has been given since: open(2)."""
        said = self.field("flags")
        return None if said is None else int(said, 8)

    @property
    def sends_signals(self) -> bool:
        """Whether the kernel sends a signal when it gets ready."""
        return bool((self.flags or 0) & _O_ASYNC)

    @property
    def has_lease(self) -> bool:
        """Whether its process has a lease on the file (fcntl(2), F_SETLEASE)."""
        return _LEASE.search(self.text) is not None


def descriptor_information(pid: int, descriptor: int, *, thread: int = 0) -> str:
    """Return all that the kernel tells of a descriptor's open file.

    Args:
        pid: The process.
        descriptor: Its descriptor.
        thread: In whose table it stands; the first thread's by default.

    Raises:
        OSError: It is closed, or may not be looked at.
    """
    folder = f"/proc/{pid}/task/{thread}" if thread else f"/proc/{pid}"
    return read_bounded(f"{folder}/fdinfo/{descriptor}", _LONGEST).decode(errors="replace")


def field_of(pid: int, descriptor: int, name: str) -> str | None:
    """Return a number that the kernel tells of a descriptor; None when it does not.

    Args:
        pid: The process.
        descriptor: Its descriptor.
        name: The field's name in proc_pid_fdinfo(5).
    """
    try:
        return Information(descriptor_information(pid, descriptor)).field(name)
    except OSError:
        return None


def own_links() -> int:
    """Return a descriptor of the folder in which the kernel links to this process's descriptors, by their numbers."""
    return os.open("/proc/self/fd", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)


def descriptor_link(pid: int, descriptor: int) -> str:
    """Return what a descriptor leads to, as the kernel shows it: a path, or such as ``pipe:[7]``.

    Raises:
        OSError: It is closed, or may not be looked at.
    """
    return os.readlink(f"/proc/{pid}/fd/{descriptor}")  # noqa: PTH115 - a magic link, not a path


def descriptor_status(pid: int, descriptor: int, *, thread: int = 0) -> os.stat_result:
    """Return the status of the file that a descriptor leads to: stat(2).

    Args:
        pid: The process.
        descriptor: Its descriptor.
        thread: In whose table it stands; the first thread's by default.

    Raises:
        OSError: It is closed, or may not be looked at.
    """
    folder = f"/proc/{pid}/task/{thread}" if thread else f"/proc/{pid}"
    return os.stat(f"{folder}/fd/{descriptor}")  # noqa: PTH116 - a magic link, not a path


def device_of(pid: int, descriptor: int) -> int:
    """Return the number of the device that a process's descriptor stands for; 0 when it is none, or can't be seen."""
    try:
        return descriptor_status(pid, descriptor).st_rdev
    except OSError:
        return 0
