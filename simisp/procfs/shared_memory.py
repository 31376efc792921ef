"""Memory that a process shares through a file or by inheritance, and where in it a thread waits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from simisp.procfs.memory import memory_map
from simisp.procfs.system_calls import system_calls
from simisp.procfs.threads import system_call_of

__all__ = ["Futex", "SharedMapping", "futex_of", "has_mapped", "read_only_files", "shared_mappings"]

_MAPPING = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) .(.).s \S+ (\S+ \d+)\s*(.*)$", re.MULTILINE)
_READ_ONLY = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) r(-).p \S+ (\S+ [1-9]\d*)\s*(.*)$", re.MULTILINE)
_PRIVATE = 128
"""FUTEX_PRIVATE_FLAG of futex(2): only threads of the same process wake this wait."""
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
    return _found(_MAPPING, pid, text)


def read_only_files(pid: int, address: int) -> tuple[SharedMapping, ...]:
    """Return the file that a process has mapped for itself at an address, and may not write to there; empty if none is.

    A wait in such memory is one in the file's, which it shares with all that have the file mapped, until it has a copy
    of its own, which only a write makes: futex(2), mmap(2).
    """
    try:
        text = memory_map(pid)
    except OSError:
        return ()
    return tuple(one for one in _found(_READ_ONLY, pid, text) if address in one.addresses)


def has_mapped(pid: int, places: Iterable[str]) -> bool:
    """Return whether a process has one of some files in its memory, shared or as its own; not where it can't be seen.

    Args:
        pid: The process.
        places: Device and inode of each, as in :class:`SharedMapping`.
    """
    try:
        text = memory_map(pid)
    except OSError:
        return False
    return any(f" {place} " in text for place in places)


def _found(pattern: re.Pattern[str], pid: int, text: str) -> tuple[SharedMapping, ...]:
    return tuple(
        SharedMapping(pid, range(int(start, 16), int(end, 16)), write == "w", place, name)
        for start, end, write, place, name in pattern.findall(text)
    )


@dataclass(frozen=True, slots=True)
class Futex:
    """A wait in futex(2).

    Attributes:
        address: Where the word is that it waits on.
        is_private: Whether only threads of the same process can wake it.
    """

    address: int
    is_private: bool


def futex_of(pid: int, tid: int) -> Futex | None:
    """Return the address at which a thread waits in futex(2); None if it does not, or if that is not visible."""
    try:
        words = system_call_of(pid, tid).split()
    except OSError:
        return None
    if len(words) < 3 or words[0] != str(_FUTEX):
        return None
    return Futex(int(words[1], 16), bool(int(words[2], 16) & _PRIVATE))
