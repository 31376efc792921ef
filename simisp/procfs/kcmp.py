"""Whether two threads share something that the kernel keeps for them, such as their memory: kcmp(2)."""

from __future__ import annotations

import ctypes
import errno
import os
from enum import IntEnum

__all__ = ["Resource", "compared"]

_NUMBER = {"x86_64": 312, "aarch64": 272, "riscv64": 272}.get(os.uname().machine)
_LIBC = ctypes.CDLL(None, use_errno=True)


class Resource(IntEnum):
    """What is compared, with its number in ``<linux/kcmp.h>``."""

    FILE = 0
    """An open file, for which a descriptor of each thread is given."""
    MEMORY = 1
    """The memory."""
    FILES = 2
    """The table of open files."""
    EPOLL_TARGET = 7
    """An open file of the one thread, and what an epoll of the other watches."""


def compared(task: int, other: int, resource: Resource, first: int = 0, second: object = 0) -> int:
    """Compare what two threads have.

    Args:
        task: A thread.
        other: Another thread.
        resource: What to compare.
        first: The first thread's descriptor, for a file.
        second: The second thread's descriptor, or the structure ``kcmp_epoll_slot``.

    Returns:
        0 if both have the same one, more than 0 if not, and the negative error number if the kernel does not say.
    """
    if _NUMBER is None:
        return -errno.ENOSYS
    answer = int(_LIBC.syscall(_NUMBER, task, other, int(resource), first, second))
    return -ctypes.get_errno() if answer < 0 else answer
