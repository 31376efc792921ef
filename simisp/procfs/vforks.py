"""Whether a thread waits for the child that borrows its memory, until that calls exec or ends: vfork(2).

The kernel shows such a thread in uninterruptible sleep inside the call that made the child. But a thread is seen so for
moments in any call of that kind, before its child exists: while its memory is copied for a fork, or while it waits for
a lock of the kernel's. It goes on by itself then. And the child begins with its parent's registers, so before its first
instruction it looks as if it were in the same call. The three differ in two ways:

==================================================  ==================  ==========================================
the thread                                          asked for vfork     a child of its own has the same memory
==================================================  ==================  ==========================================
waits for its borrower                              yes                 yes
is in fork(2), or in clone(2) without CLONE_VFORK   no                  no
has yet to make its borrower                        yes                 no
is the borrower, or a thread's or fork's child      as its parent       no
==================================================  ==================  ==========================================
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from pathlib import Path

from simisp.procfs.files import read_bounded, read_once
from simisp.procfs.kcmp import Resource, compared
from simisp.procfs.process import all_processes

__all__ = ["waits_for_borrower"]

_CLONE_VFORK = 0x4000
_LONGEST_LIST = 1 << 20
_PROC = Path("/proc")


def waits_for_borrower(pid: int, tid: int, call: str, arguments: Sequence[int], *, proc: Path = _PROC) -> bool:
    """Return whether a thread in uninterruptible sleep waits for the child that borrows its memory.

    Args:
        pid: The process.
        tid: The thread.
        call: The name of the system call that it is in.
        arguments: The call's arguments.
        proc: The file system that shows them.
    """
    return _asks_for_vfork(pid, call, arguments, proc) and any(
        _share_memory(tid, child, proc) for child in _children(pid, tid, proc)
    )


def _asks_for_vfork(pid: int, call: str, arguments: Sequence[int], proc: Path) -> bool:
    match call:
        case "vfork":
            return True
        case "clone":
            return bool(arguments[0] & _CLONE_VFORK)
        case "clone3":  # the flags are the first of a structure's members
            return bool(_long_at(pid, arguments[0], proc) & _CLONE_VFORK)
        case _:
            return False


def _long_at(pid: int, address: int, proc: Path) -> int:
    """Return 64 bits of a process's memory; 0 if they can't be read."""
    try:
        with open(f"{proc}/{pid}/mem", "rb", buffering=0) as memory:  # noqa: PTH123 - at an address
            return int(struct.unpack("=Q", os.pread(memory.fileno(), 8, address))[0])
    except (OSError, OverflowError, struct.error):
        return 0


def _children(pid: int, tid: int, proc: Path) -> list[int]:
    """Return the children of a thread, or of its process where the kernel does not list a thread's."""
    try:
        return [int(word) for word in read_bounded(f"{proc}/{pid}/task/{tid}/children", _LONGEST_LIST).split()]
    except OSError:
        return [process.pid for process in all_processes().values() if process.parent == pid]


def _share_memory(tid: int, child: int, proc: Path) -> bool:
    """Return whether a thread and a child have one memory: by its sizes where the kernel does not compare it."""
    same = compared(tid, child, Resource.MEMORY) if proc == _PROC else -1
    if same >= 0:
        return same == 0
    try:
        return read_once(f"{proc}/{tid}/statm") == read_once(f"{proc}/{child}/statm")
    except OSError:
        return False
