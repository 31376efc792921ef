"""The system calls in which a program waits, by number, for x86-64 and 64-bit ARM.

Only calls that can block have a row. A call without a row is shown by its number.

See Also:
    The kernel's arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

__all__ = ["IOCTL_REQUESTS", "SystemCall", "WaitsOn", "system_calls"]


class WaitsOn(Enum):
    """Where a call's arguments say which descriptors it waits on."""

    NOTHING = "nothing"
    """It waits on no descriptor: a timer, a signal, a child, a lock in memory."""
    DESCRIPTOR = "descriptor"
    """The first argument is the descriptor."""
    IOCTL = "ioctl"
    """The first argument is the descriptor, the second the request."""
    POLL = "poll"
    """The first argument leads to an array of ``struct pollfd``, the second is its length."""
    SELECT = "select"
    """The first argument is the number of descriptors, the next three lead to sets of them."""
    EPOLL = "epoll"
    """The first argument is a descriptor that itself watches others."""


@dataclass(frozen=True, slots=True)
class SystemCall:
    """One system call by its name, and what it waits on."""

    name: str
    waits_on: WaitsOn


_TABLE: tuple[tuple[WaitsOn, tuple[tuple[str, int | None, int | None], ...]], ...] = (
    # name, number on x86-64, number on 64-bit ARM
    (
        WaitsOn.DESCRIPTOR,
        (
            ("read", 0, 63),
            ("write", 1, 64),
            ("close", 3, 57),
            ("pread64", 17, 67),
            ("pwrite64", 18, 68),
            ("readv", 19, 65),
            ("writev", 20, 66),
            ("sendfile", 40, 71),
            ("connect", 42, 203),
            ("accept", 43, 202),
            ("sendto", 44, 206),
            ("recvfrom", 45, 207),
            ("sendmsg", 46, 211),
            ("recvmsg", 47, 212),
            ("fcntl", 72, 25),
            ("flock", 73, 32),
            ("fsync", 74, 82),
            ("fdatasync", 75, 83),
            ("mq_timedsend", 242, 182),
            ("mq_timedreceive", 243, 183),
            ("splice", 275, 76),
            ("tee", 276, 77),
            ("vmsplice", 278, 75),
            ("accept4", 288, 242),
            ("preadv", 295, 69),
            ("pwritev", 296, 70),
            ("recvmmsg", 299, 243),
            ("sendmmsg", 307, 269),
            ("preadv2", 327, 286),
            ("pwritev2", 328, 287),
            ("io_uring_enter", 426, 426),
        ),
    ),
    (WaitsOn.IOCTL, (("ioctl", 16, 29),)),
    (WaitsOn.POLL, (("poll", 7, None), ("ppoll", 271, 73))),
    (WaitsOn.SELECT, (("select", 23, None), ("pselect6", 270, 72))),
    (WaitsOn.EPOLL, (("epoll_wait", 232, None), ("epoll_pwait", 281, 22), ("epoll_pwait2", 441, 441))),
    (
        WaitsOn.NOTHING,
        (
            ("open", 2, None),
            ("pause", 34, None),
            ("nanosleep", 35, 101),
            ("clone", 56, 220),
            ("vfork", 58, None),
            ("clone3", 435, 435),
            ("execve", 59, 221),
            ("wait4", 61, 260),
            ("semop", 65, 193),
            ("msgsnd", 69, 189),
            ("msgrcv", 70, 188),
            ("rt_sigtimedwait", 128, 137),
            ("rt_sigsuspend", 130, 133),
            ("futex", 202, 98),
            ("io_getevents", 208, 4),
            ("restart_syscall", 219, 128),
            ("semtimedop", 220, 192),
            ("clock_nanosleep", 230, 115),
            ("waitid", 247, 95),
            ("openat", 257, 56),
            ("openat2", 437, 437),
            ("futex_waitv", 449, 449),
        ),
    ),
)
_COLUMNS = {"x86_64": 1, "aarch64": 2}

IOCTL_REQUESTS: Mapping[int, str] = {
    0x5403: "TCSETSW",
    0x5404: "TCSETSF",
    0x5407: "TCSETAW",
    0x5408: "TCSETAF",
    0x5409: "TCSBRK",
    0x5425: "TCSBRKP",
    0x545C: "TIOCMIWAIT",
}
"""The ioctl(2) requests in which a program waits on a port: for its output to drain, or for a circuit to change."""


def system_calls(machine: str = "") -> Mapping[int, SystemCall]:
    """Return the table of a machine, by number; empty for an unknown machine.

    Args:
        machine: As from ``uname -m``; this machine if empty.

    Example:
        >>> system_calls("aarch64")[63].name
        'read'
    """
    column = _COLUMNS.get(machine or os.uname().machine)
    if column is None:
        return {}
    calls = {}
    for waits_on, rows in _TABLE:
        for row in rows:
            number = row[1] if column == 1 else row[2]
            if number is not None:
                calls[number] = SystemCall(row[0], waits_on)
    return calls
