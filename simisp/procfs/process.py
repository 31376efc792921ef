"""A process as the kernel shows it: whether it is alive, since when, its parent, its command line.

Everything here can vanish or be denied between two looks. A process that is gone or not visible to us gives None or an
empty text, never an exception.

See Also:
    proc(5): /proc/PID/stat and /proc/PID/cmdline.
"""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from simisp.procfs.device import device_number
from simisp.procfs.files import read_bounded, read_once
from simisp.transcript.redaction import mask_arguments
from simisp.visible import visible

__all__ = [
    "LARGEST_PID",
    "ProcessStatus",
    "all_processes",
    "command_line",
    "descends",
    "is_alive",
    "named",
    "parse_status",
    "pid_namespace",
    "printable",
    "process_ids",
    "process_status",
    "shows_own_namespace",
    "thread_ids",
]

LARGEST_PID = 1 << 22
"""No Linux process has a number above this (PID_MAX_LIMIT of a 64-bit kernel)."""

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_LONGEST_COMMAND_SHOWN = 200


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    """One process, or one thread of it, at the moment of the look.

    Attributes:
        pid: Its process id.
        name: Its short name in the kernel, at most 15 characters, control characters made visible.
        state: One letter: R running, S sleeping, D in uninterruptible sleep, T stopped, t traced, Z zombie, X dead.
        parent: The pid of its parent; 0 if the parent is outside this PID namespace.
        group: Its process group.
        session: Its session.
        terminal: The device number of its controlling terminal, as in ``st_rdev``; 0 if it has no terminal.
        threads: The number of its threads.
        started: When it started, in clock ticks since boot. Together with ``pid`` this identifies it: another process
            that reuses the pid has another start time.
        ticks: CPU time used by it and by its children that have ended and been waited for, in clock ticks.
    """

    pid: int
    name: str
    state: str
    parent: int
    group: int
    session: int
    terminal: int
    threads: int
    started: int
    ticks: int = 0

    @property
    def computed(self) -> float:
        """CPU time used by it and by its children that have ended and been waited for, in seconds."""
        return self.ticks / _TICKS_PER_SECOND

    @property
    def ended(self) -> bool:
        """Whether it is a zombie or dead; such a process holds nothing any more."""
        # A first thread that has ended while others run looks the same, except for the number of threads.
        return self.state in "ZX" and self.threads <= 1

    @property
    def started_at(self) -> float:
        """When it started, in seconds since the Unix epoch, by the clock as it is set now."""
        # The field has the same origin as CLOCK_BOOTTIME, which is not affected by setting the clock.
        return time.time() - (time.clock_gettime(time.CLOCK_BOOTTIME) - self.started / _TICKS_PER_SECOND)


def parse_status(text: bytes) -> ProcessStatus | None:
    """Parse the text of ``/proc/PID/stat``; return None if it is malformed.

    Example:
        >>> parse_status(b"7 (a) b) S 1 7 7 34819 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4321 0 0").name
        'a) b'
    """
    # The name may contain blanks and brackets: the other fields begin after the last bracket.
    head, _, tail = text.rpartition(b")")
    pid, _, name = head.partition(b"(")
    fields = tail.split()
    try:
        parent, group, session, terminal, threads, started = (int(fields[index]) for index in (1, 2, 3, 4, 17, 19))
        return ProcessStatus(
            pid=int(pid),
            name=printable(name),
            state=fields[0].decode("ascii"),
            parent=parent,
            group=group,
            session=session,
            terminal=device_number(terminal),
            threads=threads,
            started=started,
            ticks=sum(map(int, fields[11:15])),
        )
    except (IndexError, ValueError):
        return None


def process_status(pid: int, thread: int | None = None) -> ProcessStatus | None:
    """Return the status of a process, or of one of its threads; None if it is not visible."""
    try:
        return parse_status(read_once(f"/proc/{pid}/stat" if thread is None else f"/proc/{pid}/task/{thread}/stat"))
    except OSError:
        return None


def named(pid: int) -> str:
    """Return a process as pid and name: "pid 812 (nc)". The name is left out if it is not visible."""
    status = process_status(pid)
    return f"pid {pid} ({status.name})" if status is not None else f"pid {pid}"


def process_ids(proc: Path = Path("/proc")) -> list[int]:
    """Return the pid of every visible process."""
    with os.scandir(proc) as entries:
        return [int(entry.name) for entry in entries if entry.name.isdecimal()]


def thread_ids(pid: int) -> list[int]:
    """Return the thread id of every thread of a process.

    Raises:
        OSError: It is gone, or cannot be inspected.
    """
    return list(map(int, os.listdir(f"/proc/{pid}/task")))  # noqa: PTH208 - read often


def all_processes() -> dict[int, ProcessStatus]:
    """Return every visible process by pid. Processes that end during the scan are left out."""
    seen = ((pid, process_status(pid)) for pid in process_ids())
    return {pid: status for pid, status in seen if status is not None}


def descends(pid: int, ancestor: int) -> bool:
    """Return whether a process is ``ancestor`` or one of its descendants, by the present parents."""
    seen = set()
    while pid != ancestor:
        status = process_status(pid) if pid not in seen else None
        if status is None:
            return False
        seen.add(pid)
        pid = status.parent
    return True


def pid_namespace(pid: int | None = None) -> int | None:
    """Return an identifier of a process's PID namespace; None if the process is gone or may not be inspected.

    Args:
        pid: The process; by default this one.

    See Also:
        pid_namespaces(7).
    """
    try:
        return os.stat(f"/proc/{'self' if pid is None else pid}/ns/pid").st_ino  # noqa: PTH116 - a magic link
    except OSError:
        return None


def shows_own_namespace() -> bool:
    """Return whether /proc shows the processes of this process's PID namespace, with the pids that they have here."""
    return os.readlink("/proc/self") == str(os.getpid())  # noqa: PTH115 - compared as text


def is_alive(pid: int) -> bool:
    """Return whether a process with this pid exists; a zombie counts.

    A process of another user counts too: the kernel's refusal to let us signal it proves that it exists.
    """
    if not 0 < pid <= LARGEST_PID:
        return False  # kill(2) takes zero and negative numbers as process groups
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def command_line(pid: int, *, secrets: Iterable[bytes] = ()) -> str:
    """Return the command line of a process, quoted as for a shell, or ``[name]`` if it has no arguments to show.

    Anything that looks like the answer to a password prompt is masked, since the caller may not know the secrets. At
    most 200 characters, with control characters escaped; empty if the process is not visible.

    Args:
        pid: The process.
        secrets: Known secrets, to be masked.
    """
    try:
        arguments = read_bounded(f"/proc/{pid}/cmdline").rstrip(b"\0").split(b"\0")
    except OSError:
        arguments = [b""]
    if arguments == [b""]:
        status = process_status(pid)
        return f"[{status.name}]" if status else ""
    # Masked before quoting: quoting changes the text of a secret with a quotation mark.
    shown = mask_arguments(map(printable, arguments), secrets)
    # A single argument with blanks is a title that the program has set.
    text = shown[0] if len(shown) == 1 else shlex.join(shown)
    return text if len(text) <= _LONGEST_COMMAND_SHOWN else text[: _LONGEST_COMMAND_SHOWN - 1] + "…"


def printable(octets: bytes) -> str:
    r"""Return octets as text that is safe to print on a terminal.

    Example:
        >>> printable(b"chat\x1b[2J\xff")
        'chat\\x1b[2J\\xff'
    """
    return visible(octets.decode("utf-8", "backslashreplace"))
