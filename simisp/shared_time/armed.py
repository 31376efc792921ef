"""What the kernel has armed for a process: timers that would end a wait, and that no stand-in knows of.

The clock library stands in for libc's functions, and keeps what they arm in the run's time; the kernel then has
nothing armed. Whatever is armed in the kernel all the same was armed past the library, and goes off in real time: a
wait that it may end is no wait forever.

See Also:
    proc_pid_timers(5), proc_pid_fdinfo(5).
"""

from __future__ import annotations

from collections.abc import Iterable

from simisp.procfs.open_files import open_files
from simisp.procfs.program import program_of
from simisp.procfs.timers import posix_timers, timerfd_is_armed
from simisp.shared_time.jump import Participant
from simisp.shared_time.outsiders import LeftBehind

__all__ = ["armed_for"]

_TIMERFD, _IO_URING = "anon_inode:[timerfd]", "anon_inode:[io_uring]"


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


def _name(pid: int) -> str:
    try:
        return str(program_of(pid))
    except OSError:
        return f"process {pid}"


def _process_timers(pid: int) -> str:
    """Timers of timer_create(2): each counts that notifies."""
    notifies = any(not how.startswith("none") for how in posix_timers(pid))
    return "it has a POSIX timer, which the kernel may ring in real time" if notifies else ""


def _descriptors(pid: int) -> str:
    for one in open_files(pid):
        if one.link == _IO_URING:
            return "it uses io_uring, whose time limits can't be seen"
        if one.link == _TIMERFD and timerfd_is_armed(pid, one.number, thread=one.thread) is not False:
            return f"descriptor {one.number} is a timer that the kernel rings in real time"
    return ""
