"""What the kernel has armed for a process: timers that would end a wait, and that no stand-in knows of.

The clock library stands in for libc's functions, and keeps what they arm in the run's time; the kernel then has
nothing armed. Whatever is armed in the kernel all the same was armed past the library, and goes off in real time: a
wait that it may end is no wait for ever.

See Also:
    proc_pid_timers(5), proc_pid_fdinfo(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from simisp.runtime.jump import Participant
from simisp.runtime.outsiders import LeftBehind

__all__ = ["armed_for", "posix_timers", "timerfd_is_armed"]

_TIMERFD, _IO_URING = "anon_inode:[timerfd]", "anon_inode:[io_uring]"
_IT_VALUE = re.compile(r"^it_value:\s*\((\d+), (\d+)\)", re.MULTILINE)
_NOTIFY = re.compile(r"^notify:\s*(\S+)", re.MULTILINE)


def armed_for(participants: Iterable[Participant]) -> LeftBehind | None:
    """Return whose wait the kernel may end by a time limit of its own, and which; None when nobody's.

    Args:
        participants: Everybody, each of them in a wait without a deadline that the clock knows of.
    """
    looked: set[int] = set()
    for one in participants:
        if one.pid == 0 or one.pid in looked:
            continue
        looked.add(one.pid)
        reason = _process_timers(one.pid) or _descriptors(one.pid)
        if reason:
            return LeftBehind(one.pid, f"{_name(one.pid)}: {reason}")
    return None


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


def _name(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/exe").readlink())
    except OSError:
        return f"process {pid}"


def _process_timers(pid: int) -> str:
    """Timers of timer_create(2): each counts that notifies."""
    notifies = any(not how.startswith("none") for how in posix_timers(pid))
    return "it has a POSIX timer, which the kernel may ring in real time" if notifies else ""


def _descriptors(pid: int) -> str:
    try:
        descriptors = list(Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return ""
    for descriptor in descriptors:
        try:
            link = str(descriptor.readlink())
            if link == _IO_URING:
                return "it uses io_uring, whose time limits can't be seen"
        except OSError:
            continue
        if link == _TIMERFD and timerfd_is_armed(pid, int(descriptor.name)) is not False:
            return f"descriptor {descriptor.name} is a timer that the kernel rings in real time"
    return ""
