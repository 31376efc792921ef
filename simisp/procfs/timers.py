"""Timers that a process has in the kernel.

See Also:
    proc_pid_timers(5), proc_pid_fdinfo(5).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from simisp.procfs.fdinfo import descriptor_information
from simisp.procfs.files import read_bounded

__all__ = ["posix_timers", "timerfd_is_armed"]

_LONGEST_LIST = 1 << 20
_IT_VALUE = re.compile(r"^it_value:\s*\((\d+), (\d+)\)", re.MULTILINE)
_NOTIFY = re.compile(r"^notify:\s*(\S+)", re.MULTILINE)


def posix_timers(pid: int) -> Sequence[str]:
    """Return how each of a process's POSIX timers notifies, such as ``"signal/pid.7"`` or ``"none/pid.7"``; empty for a
    process that is gone, or cannot be inspected. The kernel does not show whether a timer is armed.
    """
    try:
        return _NOTIFY.findall(read_bounded(f"/proc/{pid}/timers", _LONGEST_LIST).decode("ascii", "replace"))
    except OSError:
        return ()


def timerfd_is_armed(pid: int, descriptor: int, *, thread: int = 0) -> bool | None:
    """Return whether the kernel will expire a process's timerfd by itself; None if unknown. A closed one never expires.

    Args:
        pid: The process.
        descriptor: Its descriptor.
        thread: The thread whose table holds it; by default the first thread.
    """
    try:
        value = _IT_VALUE.search(descriptor_information(pid, descriptor, thread=thread))
    except FileNotFoundError:
        return False
    except OSError:
        return None
    return None if value is None else any(map(int, value.groups()))
