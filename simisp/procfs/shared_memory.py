"""Memory that a process shares through a file or by inheritance, and where in it a thread waits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from simisp.procfs.memory import memory_map
from simisp.procfs.system_calls import system_calls
from simisp.procfs.threads import system_call_of

__all__ = ["SharedMapping", "futex_of", "shared_mappings"]

_MAPPING = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) .(.).s \S+ (\S+ \d+)\s*(.*)$", re.MULTILINE)
_FUTEX = next((number for number, call in system_calls().items() if call.name == "futex"), -1)


@dataclass(frozen=True, slots=True)
class SharedMapping:
    """Shared memory of a process: proc_pid_maps(5).

    Attributes:
        pid: The process.
        addresses: Where it is.
        is_writable: Whether the process may write to it.
        place: Device and inode: the same in each process that shares it.
        name: The path of the file, or the kernel's name.
    """

    pid: int
    addresses: range
    is_writable: bool
    place: str
    name: str

    @property
    def may_be_opened(self) -> bool:
        """Whether any other process could come to share it: its file has a name, or it has a key (shmget(2))."""
        return not self.name.endswith("(deleted)") or self.name.startswith("/SYSV")


def shared_mappings(pid: int) -> tuple[SharedMapping, ...] | None:
    """Return the memory that a process shares; None if it cannot be inspected, empty if it is gone."""
    try:
        text = memory_map(pid)
    except OSError:
        return None if Path(f"/proc/{pid}").exists() else ()
    return tuple(
        SharedMapping(pid, range(int(start, 16), int(end, 16)), write == "w", place, name)
        for start, end, write, place, name in _MAPPING.findall(text)
    )


def futex_of(pid: int, tid: int) -> int | None:
    """Return the address at which a thread waits in futex(2); None if it does not, or if that is not visible."""
    try:
        words = system_call_of(pid, tid).split()
    except OSError:
        return None
    return int(words[1], 16) if len(words) > 1 and words[0] == str(_FUTEX) else None
