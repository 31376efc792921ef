"""What the kernel shows of threads: whether one exists, and what it is blocked in."""

from __future__ import annotations

import os
import re
import select
import socket
import stat
import termios
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from simisp.procfs.descriptors import borrowed_descriptor
from simisp.procfs.device import pty_index
from simisp.procfs.fdinfo import device_of
from simisp.procfs.files import read_bounded, read_once
from simisp.procfs.process import process_status, thread_ids
from simisp.procfs.system_calls import SystemCall, WaitsOn, system_calls
from simisp.procfs.vforks import waits_for_borrower

__all__ = [
    "Blocked",
    "asleep_in",
    "blocked_in",
    "children_of",
    "filters_of",
    "has_octet_timer",
    "has_time_limit",
    "kernel_function_of",
    "processor_seconds",
    "settle_terminal",
    "stopped_in",
    "switches_of",
    "system_call_of",
    "thread_exists",
    "tracer_of",
    "tracers_of",
]

Arguments = Sequence[int]

_F_SETLKW, _F_OFD_SETLKW = 7, 38
_LONGEST_LIST = 1 << 20


@dataclass(frozen=True, slots=True)
class Blocked:
    """A thread that sleeps in a system call that only an event can end.

    Attributes:
        call: The name of the system call; ``"stop"`` for a stopped thread, ``"exit"`` for a first thread that has ended
            before the others of its process.
        descriptor: The descriptor concerned; -1 if there is none.
        evidence: Equal in two looks if the thread slept from the first to the second.
    """

    call: str
    descriptor: int
    evidence: int


def _always(_: Arguments) -> bool:
    return True


def _is_null(index: int) -> Callable[[Arguments], bool]:
    return lambda arguments: arguments[index] == 0


def _is_minus_one(index: int) -> Callable[[Arguments], bool]:
    return lambda arguments: arguments[index] & 0xFFFFFFFF == 0xFFFFFFFF


def _waits_for_lock(arguments: Arguments) -> bool:
    return arguments[1] in {_F_SETLKW, _F_OFD_SETLKW}


_ENDLESS: Mapping[str, Callable[[Arguments], bool]] = {
    "read": _always,
    "readv": _always,
    "write": _always,
    "writev": _always,
    "connect": _always,
    "accept": _always,
    "accept4": _always,
    "recvfrom": _always,
    "recvmsg": _always,
    "sendto": _always,
    "sendmsg": _always,
    "flock": _always,
    "fcntl": _waits_for_lock,
    "open": _always,
    "openat": _always,
    "pause": _always,
    "wait4": _always,
    "waitid": _always,
    "rt_sigsuspend": _always,
    "rt_sigtimedwait": _is_null(2),
    "futex": _is_null(3),
    "poll": _is_minus_one(2),
    "ppoll": _is_null(2),
    "select": _is_null(4),
    "pselect6": _is_null(4),
    "epoll_wait": _is_minus_one(3),
    "epoll_pwait": _is_minus_one(3),
}
"""For each system call: whether these arguments make it wait without end."""

_SOCKET_LIMITS: Mapping[str, int] = {
    **dict.fromkeys(("read", "readv", "recvfrom", "recvmsg", "accept", "accept4"), socket.SO_RCVTIMEO),
    **dict.fromkeys(("write", "writev", "sendto", "sendmsg", "connect"), socket.SO_SNDTIMEO),
}
"""For each system call: the option of a socket that makes it end."""

_FAULTS = frozenset({"handle_userfault", "request_wait_answer"})
"""The kernel's functions in which a thread waits until another process brings memory in: for userfaultfd(2), and for a
file of a FUSE file system, which a call may come upon in the memory that its arguments lead to."""
_CALLS = system_calls()


def blocked_in(pid: int, tid: int, *, proc: Path = Path("/proc")) -> Blocked | None:
    """Return what a thread is blocked in without any time-out, or None if it runs, will continue by itself, or is dead.

    The kernel shows a call only for a sleeping thread: one that has been woken counts as "running" from that moment on,
    before it gets a processor.

    See Also:
        proc_pid_syscall(5), proc_pid_status(5).
    """
    thread = f"{proc}/{pid}/task/{tid}"
    try:
        status = _read(f"{thread}/status")
        state = _state(status)
        if state in {"T", "t"}:
            return Blocked("stop", -1, _evidence("", status))
        if state == "Z":
            return Blocked("exit", -1, _evidence("", status)) if _has_other_threads(pid, tid, proc) else None
        if state == "D":
            return _lending(pid, tid, status, proc)
        blocked = _endless(_read(f"{thread}/syscall"), status) if state == "S" else None
    except (OSError, ValueError):
        return None
    return None if blocked is not None and (_faults(thread) or _has_limit(pid, blocked, proc)) else blocked


def stopped_in(pid: int, tid: int) -> Blocked | None:
    """Return the stop of a thread that a signal has stopped, or None when it is not stopped."""
    try:
        status = _read(f"/proc/{pid}/task/{tid}/status")
    except OSError:
        return None
    return Blocked("stop", -1, _evidence("", status)) if _state(status) in {"T", "t"} else None


def _faults(thread: str) -> bool:
    """Return whether a thread waits for its memory, whatever its call is about: the wait is not the call's then."""
    try:
        return _read(f"{thread}/wchan").strip() in _FAULTS
    except OSError:
        return False


def _has_limit(pid: int, blocked: Blocked, proc: Path) -> bool:
    """Return whether the kernel ends a call by itself: for the socket's own time limit (socket(7), SO_RCVTIMEO and
    SO_SNDTIMEO), because TCP gives up a connect (tcp(7)), or for the terminal's timer (termios(3), VTIME).
    """
    if blocked.call not in _SOCKET_LIMITS:
        return False
    try:
        mode = os.stat(f"{proc}/{pid}/fd/{blocked.descriptor}").st_mode  # noqa: PTH116 - a magic link, not a path
        if stat.S_ISSOCK(mode):
            with socket.socket(fileno=borrowed_descriptor(pid, blocked.descriptor)) as one:
                return _has_socket_limit(one, blocked.call)
        if not stat.S_ISCHR(mode) or blocked.call not in {"read", "readv"}:
            return False
        terminal = borrowed_descriptor(pid, blocked.descriptor)
    except OSError:
        return False
    try:
        return _has_terminal_timer(terminal)
    finally:
        os.close(terminal)


def has_time_limit(pid: int, descriptor: int) -> bool:
    """Return whether a process's socket has a time limit, for either direction: socket(7)."""
    try:
        with socket.socket(fileno=borrowed_descriptor(pid, descriptor)) as one:
            return _has_socket_limit(one, "read") or _has_socket_limit(one, "write")
    except OSError:
        return False


def _has_socket_limit(one: socket.socket, call: str) -> bool:
    if call == "connect" and one.type == socket.SOCK_STREAM and one.family in {socket.AF_INET, socket.AF_INET6}:
        return True
    return any(one.getsockopt(socket.SOL_SOCKET, _SOCKET_LIMITS[call], 16))


def has_octet_timer(pid: int, descriptor: int) -> bool:
    """Return whether a terminal ends a read that wants more octets VTIME after the last one: termios(3), case D.

    The kernel does not show whether a read that is under way has any yet.
    """
    try:
        terminal = borrowed_descriptor(pid, descriptor)
    except OSError:
        return False
    try:
        fewest, tenths = _minimum_and_timer(terminal)
    finally:
        os.close(terminal)
    return bool(tenths) and fewest > 1


def _has_terminal_timer(descriptor: int) -> bool:
    """Return whether a read that waits for a terminal's first octet ends after VTIME. With VMIN above 0 it does not."""
    fewest, tenths = _minimum_and_timer(descriptor)
    return bool(tenths) and not fewest


def _minimum_and_timer(descriptor: int) -> tuple[int, int]:
    """Return VMIN, and VTIME in tenths of a second; zeros for what is no terminal, or reads lines: termios(3)."""
    try:
        settings = termios.tcgetattr(descriptor)
    except termios.error:
        return 0, 0
    if settings[3] & termios.ICANON:
        return 0, 0
    return settings[6][termios.VMIN], settings[6][termios.VTIME]


def asleep_in(pid: int, tid: int, *, proc: Path = Path("/proc")) -> Blocked | None:
    """Return what a thread sleeps in, with or without a time-out, or None if it runs, is stopped, or is dead.

    Where the kernel does not show the call, because the process is another user's, its name is empty.
    """
    thread = f"{proc}/{pid}/task/{tid}"
    try:
        status = _read(f"{thread}/status")
        if _state(status) != "S":
            return None
        try:
            said = _read(f"{thread}/syscall")
        except PermissionError:
            said = ""
    except OSError:
        return None
    call = _call(said)
    return Blocked(call.name if call else "", -1, _evidence(said, status))


def _has_other_threads(pid: int, tid: int, proc: Path) -> bool:
    """Return whether other threads of a process live on after this one: a first thread that ends waits for them."""
    return any(name != str(tid) for name in os.listdir(f"{proc}/{pid}/task"))  # noqa: PTH208 - read often


def _lending(pid: int, tid: int, status: str, proc: Path) -> Blocked | None:
    """Return the wait of a parent for the child that borrows its memory; None for any other uninterruptible sleep."""
    said = _read(f"{proc}/{pid}/task/{tid}/syscall")
    call = _call(said)
    if call is None or not waits_for_borrower(pid, tid, call.name, _arguments(said), proc=proc):
        return None
    return Blocked(call.name, -1, _evidence(said, status))


def _endless(said: str, status: str) -> Blocked | None:
    call = _call(said)
    arguments = _arguments(said) if call is not None else []
    if call is None or call.name not in _ENDLESS or not _ENDLESS[call.name](arguments):
        return None
    has_descriptor = call.waits_on in {WaitsOn.DESCRIPTOR, WaitsOn.EPOLL}
    return Blocked(call.name, arguments[0] if has_descriptor else -1, _evidence(said, status))


def _state(status: str) -> str:
    """Return the letter of a thread's state in its status file."""
    return status.partition("\nState:\t")[2][:1]


def _call(said: str) -> SystemCall | None:
    """Return the call in a thread's syscall file; None if it is in none, or in an unknown one."""
    number = said.partition(" ")[0]
    return _CALLS.get(int(number)) if number.isdigit() else None


def _arguments(said: str) -> list[int]:
    """Return the arguments of the call in a thread's syscall file."""
    return [int(word, 16) for word in said.split()[1:7]]


def _evidence(said: str, status: str) -> int:
    """The counts of context switches: a thread that ran between two looks was switched in and out, so they differ."""
    return hash((said, status[status.find("\nvoluntary_ctxt_switches:") :]))


def _read(path: str) -> str:
    return read_once(path).decode(errors="replace")


def settle_terminal(pid: int, descriptor: int, *, lines: Container[int] = ()) -> None:
    """Make the kernel process what was written to the other end of a terminal that a process has open.

    A poll of a terminal waits for that, and readers of the terminal, or processes that it interrupts, have been woken
    afterwards. If the kernel does not let us duplicate the descriptor nothing is done. The terminal is never opened: a
    process that watches the folder of the pseudo-terminals, as a port does, would be notified each time.

    Args:
        pid: The process.
        descriptor: Its descriptor; anything but the slave of a PTY is left alone.
        lines: The device numbers of the lines' slaves, which are polled anyway.
    """
    device = device_of(pid, descriptor)
    if pty_index(device) is None or device in lines:
        return
    try:
        terminal = borrowed_descriptor(pid, descriptor)
    except OSError:
        return
    try:
        ready = select.poll()
        ready.register(terminal, select.POLLIN)
        ready.poll(0)
    finally:
        os.close(terminal)


def processor_seconds(pids: Iterable[int]) -> float:
    """Return the CPU time of processes and their ended children. Processes that are gone count as 0."""
    return sum(status.computed for status in map(process_status, pids) if status is not None)


def tracer_of(pid: int) -> int:
    """Return the process that traces another, such as a debugger; 0 if none does, or it is not visible: ptrace(2)."""
    try:
        status = _read(f"/proc/{pid}/status")
    except OSError:
        return 0
    number = status.partition("\nTracerPid:\t")[2].partition("\n")[0]
    return int(number) if number.isdigit() else 0


def children_of(pid: int, threads: Iterable[int]) -> str:
    """Return the children of a process's threads, as the kernel lists them; empty where it does not."""
    listed = []
    for tid in sorted(threads):
        try:
            listed.append(read_bounded(f"/proc/{pid}/task/{tid}/children", _LONGEST_LIST).decode("ascii"))
        except OSError:
            continue
    return "|".join(listed)


def system_call_of(pid: int, tid: int) -> str:
    """Return what the kernel shows of the system call that a thread is in: proc_pid_syscall(5).

    Raises:
        OSError: The thread is gone, or cannot be inspected.
    """
    return _read(f"/proc/{pid}/task/{tid}/syscall")


def kernel_function_of(pid: int, tid: int) -> str:
    """Return the kernel function in which a thread sleeps; ``"0"`` or empty if unknown."""
    try:
        return _read(f"/proc/{pid}/task/{tid}/wchan").strip()
    except OSError:
        return ""


def switches_of(pid: int, tid: int) -> int | None:
    """Return how often a thread has left the processor, or None if unknown."""
    try:
        lines = _read(f"/proc/{pid}/task/{tid}/status").splitlines()
    except OSError:
        return None
    counts = [int(line.split()[1]) for line in lines if "voluntary_ctxt_switches:" in line]
    return sum(counts) if counts else None


def tracers_of(pid: int) -> set[int]:
    """Return the processes that trace another, or one of its threads; empty if there are none, or none is visible."""
    try:
        return {*map(tracer_of, thread_ids(pid))} - {0}
    except OSError:
        return set()


def filters_of(pid: int) -> int:
    """Return how many filters of system calls a process has; 0 if not visible: seccomp(2)."""
    try:
        status = _read(f"/proc/{pid}/status")
    except OSError:
        return 0
    found = re.findall(r"^Seccomp(?:_filters)?:\s*(\d+)", status, re.MULTILINE)
    # The mode comes first, then, since Linux 5.9, the number of filters. Strict mode has none, but allows no call
    # either.
    return max(int(found[-1]), int(found[0] != "0")) if found else 0


def thread_exists(pid: int, tid: int) -> bool:
    """Return whether a process still has this thread."""
    return os.path.exists(f"/proc/{pid}/task/{tid}")  # noqa: PTH110 - asked often
