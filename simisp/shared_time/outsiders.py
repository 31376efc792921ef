"""Threads of a run that sleep where its clock cannot see them, and programs that cannot share it."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from simisp.procfs.process import named, pid_namespace, process_status
from simisp.procfs.program import opened_program, owner_of, program_of, program_status
from simisp.procfs.threads import asleep_in, blocked_in, filters_of, tracer_of
from simisp.shared_time.clock_page import ClockPage
from simisp.shared_time.preloadable import GO_PROGRAM, carriage

__all__ = ["LeftBehind", "Outsiders"]

_LONG = 0.5
"""Real seconds that a thread must sleep in one call to count as outside the run's time. What libc does by itself, such
as asking a responsive name server, takes less."""
ELSEWHERE = "it runs in another PID namespace, where processes have other numbers"
"""Why a process there has no slot: its pid would be mistaken for another process's."""
FILTERED = "it filters its own system calls (seccomp), and with them those of the clock library"


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """A process of the run that cannot share the clock.

    Attributes:
        pid: The process.
        reason: The reason, as one clause; empty if it may still come up.
        slept: For how many real seconds it has been seen asleep while the clock stood.
    """

    pid: int
    reason: str
    slept: float = 0.0


class Outsiders:
    """Finds threads blocked in real time while the shared clock stands still.

    To the clock such a thread is running, since it is in no wait of the library. A program that computes is never
    asleep, and one that the kernel has put to sleep forever waits in any kind of time; but a thread that sleeps long
    and with a time-out does so in real time, whatever the reason.

    Args:
        page: The run's page.
    """

    def __init__(self, page: ClockPage) -> None:
        self._page = page
        self._asleep: dict[tuple[int, int], tuple[int, float]] = {}
        self._reasons: dict[tuple[int, int, int], str] = {}
        """Why a program's file cannot share a clock; empty if it can."""

    def find(self, running: Iterable[tuple[int, int]], coming: Collection[int] = ()) -> LeftBehind | None:
        """Return a process among the running ones that cannot share the clock, or None.

        Call it repeatedly while nothing moves.

        Args:
            running: Process and thread id of each running thread.
            coming: The processes that have not come up yet, such as a child of vfork(2) before it calls exec. What such
                a process waits for is unknown, so a wait without end counts as well.
        """
        now, asleep = time.monotonic(), self._asleep
        self._asleep = {}
        for pid, tid in (*running, *((pid, pid) for pid in sorted(coming))):
            reason, slept = self.against(pid), 0.0
            blocked = None if reason else asleep_in(pid, tid)
            if blocked is not None:
                evidence, since = asleep.get((pid, tid), (0, 0.0))
                if evidence != blocked.evidence:
                    since = now
                self._asleep[pid, tid] = blocked.evidence, since
                counts = pid in coming or blocked_in(pid, tid) is None or self.has_hidden_threads(pid)
                if now - since >= _LONG and counts:
                    reason, slept = self._why_unseen(pid, blocked.call), now - since
            if reason:
                return LeftBehind(pid, reason, slept)
        return None

    def has_hidden_threads(self, pid: int) -> bool:
        """Return whether a program has threads that libc did not start: then sleeping known threads prove nothing."""
        _, reason = self._judged(pid)
        return reason == GO_PROGRAM

    def against(self, pid: int) -> str:
        """Return why a process cannot share the clock, as far as its program shows; empty if it can, or cannot be
        inspected. Whatever its file is like, a process with the library in it could load it.
        """
        if self.is_elsewhere(pid):
            return ELSEWHERE
        program, reason = self._judged(pid)
        if not reason or (reason != GO_PROGRAM and self._page.is_mapped_by(pid)):
            return ""
        return f"{program}: {reason}"

    def traced(self, pid: int) -> str:
        """Return the process that traces another one, and may stop it or end its wait at any time.

        A child does not count: LeakSanitizer has one look at a program's memory for a moment, as the program ends.
        """
        tracer = tracer_of(pid)
        status = process_status(tracer) if tracer else None
        return f"it is traced by {named(tracer)}" if tracer and (status is None or status.parent != pid) else ""

    def hindered(self, pid: int) -> str:
        """Return what keeps the library in a process from working: a tracer, or a filter of system calls that the
        process has installed, perhaps without announcing it.
        """
        return self.traced(pid) or (FILTERED if filters_of(pid) > self._page.layout.filters else "")

    def is_elsewhere(self, pid: int) -> bool:
        """Return whether a process is in another PID namespace, and not merely one that cannot be asked."""
        ours = int(self._page.layout.namespace)
        return bool(ours) and pid_namespace(pid) not in {None, ours}

    def _judged(self, pid: int) -> tuple[str, str]:
        """Return a process's program and why it cannot share a clock; empty if it can, or cannot be inspected.

        It is asked hundreds of times while a client computes, so a file is read once.
        """
        try:
            file = _file(program_status(pid))
            if file not in self._reasons:
                with opened_program(pid) as program:
                    file = _file(program.stat())
                    self._reasons[file] = carriage(str(program)).reason
            reason = self._reasons[file]
            return (str(program_of(pid)), reason) if reason else ("", "")
        except OSError:
            return "", ""

    def _why_unseen(self, pid: int, call: str) -> str:
        try:
            owner, name = owner_of(pid), program_of(pid)
        except PermissionError:
            return "it runs as another user, and may not open the clock page"
        except OSError:
            return ""
        if self._page.is_mapped_by(pid):
            return f"{name}: it sleeps in {call or 'a system call'}, where the clock can't see it"
        because = ", for it runs as another user" if owner != os.geteuid() else ""
        return f"{name}: the clock library is not in it{because}"


def _file(status: os.stat_result) -> tuple[int, int, int]:
    """Return what tells a file from any other, and from itself with another content, owner or capability."""
    return status.st_dev, status.st_ino, status.st_ctime_ns
