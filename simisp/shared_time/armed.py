"""Finds timers that the kernel has armed for a process without the clock library's knowledge.

The clock library replaces libc's functions and keeps the timers that they set in the run's time; the kernel then has no
timer armed. A timer that is armed in the kernel nevertheless was set past the library, and expires in real time: a wait
that it may end does not last forever.

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
    """Return the participant whose wait a kernel timer may end, and which timer; None if there is none.

    Args:
        participants: All participants, each in a wait without a deadline that the clock knows of.
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
    """Return whether there are timers of timer_create(2): each one that notifies counts."""
    notifies = any(not how.startswith("none") for how in posix_timers(pid))
    return "it has a POSIX timer, which the kernel may ring in real time" if notifies else ""


def _descriptors(pid: int) -> str:
    for one in open_files(pid):
        if one.link == _IO_URING:
            return "it uses io_uring, whose time limits can't be seen"
        if one.link == _TIMERFD and timerfd_is_armed(pid, one.number, thread=one.thread) is not False:
            return f"descriptor {one.number} is a timer that the kernel rings in real time"
    return ""
