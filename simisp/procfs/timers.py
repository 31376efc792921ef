"""Timers that a process has in the kernel.

See Also:
    proc_pid_timers(5), proc_pid_fdinfo(5).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["posix_timers", "timerfd_is_armed"]

_IT_VALUE = re.compile(r"^it_value:\s*\((\d+), (\d+)\)", re.MULTILINE)
_NOTIFY = re.compile(r"^notify:\s*(\S+)", re.MULTILINE)


def posix_timers(pid: int) -> Sequence[str]:
    """Return how each of a process's POSIX timers notifies, such as ``"signal/pid.7"`` or ``"none/pid.7"``; nothing of
    a process that is gone, or may not be looked at. The kernel does not tell whether one is armed.
    """
    try:
        with open(f"/proc/{pid}/timers", encoding="ascii", errors="replace") as file:  # noqa: PTH123 - read often
            return _NOTIFY.findall(file.read())
    except OSError:
        return ()


def timerfd_is_armed(pid: int, descriptor: int) -> bool | None:
    """Whether the kernel will ring a process's timerfd by itself; None when it can't be told. A closed one never
    rings.
    """
    try:
        with open(f"/proc/{pid}/fdinfo/{descriptor}", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            value = _IT_VALUE.search(file.read())
    except FileNotFoundError:
        return False
    except OSError:
        return None
    return None if value is None else any(map(int, value.groups()))
