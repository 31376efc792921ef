"""What the kernel shows of one descriptor of a process: its target, and the state of its open file.

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
"""FASYNC: the flag of a descriptor that sends a signal when it becomes ready (fcntl(2), F_SETOWN), on every machine."""

_LEASE = re.compile(r"^lock:.* LEASE ", re.MULTILINE)
_LONGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Information:
    """What the kernel shows of an open file, read at one moment.

    Attributes:
        text: Its lines, as in proc_pid_fdinfo(5); empty if they cannot be read.
    """

    text: str

    def field(self, name: str) -> str | None:
        """Return a number in it; None if there is none of this name."""
        found = re.search(rf"^{name}:\s*(-?\d+)", self.text, re.MULTILINE)
        return found[1] if found else None

    @property
    def flags(self) -> int | None:
        """Its flags, from opening and later changes: open(2)."""
        said = self.field("flags")
        return None if said is None else int(said, 8)

    @property
    def sends_signals(self) -> bool:
        """Whether the kernel sends a signal when it becomes ready."""
        return bool((self.flags or 0) & _O_ASYNC)

    @property
    def has_lease(self) -> bool:
        """Whether its process has a lease on the file (fcntl(2), F_SETLEASE)."""
        return _LEASE.search(self.text) is not None


def _folder(pid: int, thread: int) -> str:
    """Return the folder of a thread, or of the process for thread 0."""
    return f"/proc/{pid}/task/{thread}" if thread else f"/proc/{pid}"


def descriptor_information(pid: int, descriptor: int, *, thread: int = 0) -> str:
    """Return everything that the kernel shows of a descriptor's open file.

    Args:
        pid: The process.
        descriptor: Its descriptor.
        thread: The thread whose table holds it; by default the first thread.

    Raises:
        OSError: It is closed, or cannot be inspected.
    """
    return read_bounded(f"{_folder(pid, thread)}/fdinfo/{descriptor}", _LONGEST).decode(errors="replace")


def field_of(pid: int, descriptor: int, name: str) -> str | None:
    """Return a number that the kernel shows of a descriptor; None if it does not.

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
    """Return a descriptor of the folder that links to this process's descriptors, by number."""
    return os.open("/proc/self/fd", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)


def descriptor_link(pid: int, descriptor: int) -> str:
    """Return the target of a descriptor, as the kernel shows it: a path, or for instance ``pipe:[7]``.

    Raises:
        OSError: It is closed, or cannot be inspected.
    """
    return os.readlink(f"/proc/{pid}/fd/{descriptor}")  # noqa: PTH115 - a magic link, not a path


def descriptor_status(pid: int, descriptor: int, *, thread: int = 0) -> os.stat_result:
    """Return the status of the file that a descriptor leads to: stat(2).

    Args:
        pid: The process.
        descriptor: Its descriptor.
        thread: The thread whose table holds it; by default the first thread.

    Raises:
        OSError: It is closed, or cannot be inspected.
    """
    return os.stat(f"{_folder(pid, thread)}/fd/{descriptor}")  # noqa: PTH116 - a magic link, not a path


def device_of(pid: int, descriptor: int) -> int:
    """Return the number of the device behind a process's descriptor; 0 if there is none, or it is not visible."""
    try:
        return descriptor_status(pid, descriptor).st_rdev
    except OSError:
        return 0
