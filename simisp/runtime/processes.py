"""What the kernel tells about processes and their threads: who exists, and what a thread is blocked in."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Blocked", "Process", "blocked_in", "processes", "thread_exists"]

Arguments = Sequence[int]

_F_SETLKW, _F_OFD_SETLKW = 7, 38


@dataclass(frozen=True, slots=True)
class Blocked:
    """A thread that sleeps in a system call which nothing but an event ends.

    Attributes:
        call: The system call's name, ``"stop"`` for a stopped thread.
        descriptor: The descriptor it is about, -1 without one.
        evidence: Equal in two looks when the thread slept from the first to the second.
    """

    call: str
    descriptor: int
    evidence: int


@dataclass(frozen=True, slots=True)
class Process:
    """One row of the process table."""

    pid: int
    parent: int
    state: str
    """One letter: proc_pid_stat(5), field 3."""


def _always(_: Arguments) -> bool:
    return True


def _is_null(index: int) -> Callable[[Arguments], bool]:
    return lambda arguments: arguments[index] == 0


def _is_minus_one(index: int) -> Callable[[Arguments], bool]:
    return lambda arguments: arguments[index] & 0xFFFFFFFF == 0xFFFFFFFF


def _waits_for_lock(arguments: Arguments) -> bool:
    return arguments[1] in {_F_SETLKW, _F_OFD_SETLKW}


_ENDLESS: Mapping[str, tuple[Callable[[Arguments], bool], bool]] = {
    # name: (whether these arguments make it endless, whether its first argument is a descriptor)
    "read": (_always, True),
    "readv": (_always, True),
    "write": (_always, True),
    "writev": (_always, True),
    "connect": (_always, True),
    "accept": (_always, True),
    "accept4": (_always, True),
    "recvfrom": (_always, True),
    "recvmsg": (_always, True),
    "sendto": (_always, True),
    "sendmsg": (_always, True),
    "flock": (_always, True),
    "fcntl": (_waits_for_lock, True),
    "open": (_always, False),
    "openat": (_always, False),
    "pause": (_always, False),
    "wait4": (_always, False),
    "waitid": (_always, False),
    "rt_sigsuspend": (_always, False),
    "rt_sigtimedwait": (_is_null(2), False),
    "futex": (_is_null(3), False),
    "poll": (_is_minus_one(2), False),
    "ppoll": (_is_null(2), False),
    "select": (_is_null(4), False),
    "pselect6": (_is_null(4), False),
    "epoll_wait": (_is_minus_one(3), True),
    "epoll_pwait": (_is_minus_one(3), True),
}
_NUMBERS: Mapping[str, Mapping[int, str]] = {
    "x86_64": {
        0: "read", 1: "write", 2: "open", 7: "poll", 19: "readv", 20: "writev", 23: "select", 34: "pause",
        42: "connect", 43: "accept", 44: "sendto", 45: "recvfrom", 46: "sendmsg", 47: "recvmsg", 61: "wait4",
        72: "fcntl", 73: "flock", 128: "rt_sigtimedwait", 130: "rt_sigsuspend", 202: "futex", 232: "epoll_wait",
        247: "waitid", 257: "openat", 270: "pselect6", 271: "ppoll", 281: "epoll_pwait", 288: "accept4",
    },
    "aarch64": {
        22: "epoll_pwait", 25: "fcntl", 32: "flock", 56: "openat", 63: "read", 64: "write", 65: "readv", 66: "writev",
        72: "pselect6", 73: "ppoll", 95: "waitid", 98: "futex", 133: "rt_sigsuspend", 137: "rt_sigtimedwait",
        202: "accept", 203: "connect", 206: "sendto", 207: "recvfrom", 211: "sendmsg", 212: "recvmsg", 242: "accept4",
        260: "wait4",
    },
}  # fmt: skip
_NAMES = _NUMBERS.get(platform.machine(), {})


def blocked_in(pid: int, tid: int, *, proc: Path = Path("/proc")) -> Blocked | None:
    """Return what a thread is blocked in without any time-out, or None when it runs, will go on by itself, or is dead.

    The kernel tells a call only of a thread that sleeps: one that has been woken is "running" from that moment on,
    before it gets a processor.

    See Also:
        proc_pid_syscall(5), proc_pid_stat(5).
    """
    thread = proc / str(pid) / "task" / str(tid)
    try:
        state = _row(thread / "stat").state
        if state in {"T", "t"}:
            return Blocked("stop", -1, _evidence(thread, ""))
        if state != "S":
            return None
        said = (thread / "syscall").read_text()
        return _endless(said, thread)
    except (OSError, ValueError, IndexError):
        return None


def _endless(said: str, thread: Path) -> Blocked | None:
    words = said.split()
    if not words or not words[0].isdigit():
        return None
    name = _NAMES.get(int(words[0]), "")
    endless, has_descriptor = _ENDLESS.get(name, (None, False))
    arguments = [int(word, 16) for word in words[1:7]]
    if endless is None or not endless(arguments):
        return None
    return Blocked(name, arguments[0] if has_descriptor else -1, _evidence(thread, said))


def _evidence(thread: Path, said: str) -> int:
    """Whoever ran between two looks was switched in and out: the counts of switches differ."""
    switches = [line for line in (thread / "status").read_text().splitlines() if "ctxt_switches" in line]
    return hash((said, *switches))


def _row(path: Path) -> Process:
    text = path.read_text()
    # The command stands in parentheses and may hold anything, also parentheses.
    rest = text[text.rindex(")") + 1 :].split()
    return Process(int(text.split(None, 1)[0]), int(rest[1]), rest[0])


def processes(*, proc: Path = Path("/proc")) -> list[Process]:
    """Return every process there is, without those that ended while we looked."""
    found = []
    for name in os.listdir(proc):  # noqa: PTH208 - names are all that is wanted
        if name.isdigit():
            try:
                found.append(_row(proc / name / "stat"))
            except (OSError, ValueError, IndexError):
                continue
    return found


def thread_exists(pid: int, tid: int) -> bool:
    """Whether a process still has this thread."""
    return Path(f"/proc/{pid}/task/{tid}").exists()
