"""Where the participants of virtual time wait, since when and until when, according to the clock page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from simisp.forensics.report import Holder, PortReport
from simisp.forensics.waits import Wait
from simisp.procfs.fdinfo import device_of
from simisp.procfs.threads import Blocked, blocked_in
from simisp.shared_time.clock_page import NANOSECONDS, NEVER, Call, ClockPage, SlotLayout

__all__ = ["VirtualWait", "as_shared", "virtual_waits"]

_STOPPED = "stop"
"""Shown instead of a call if a process was stopped outside a wait, so that its slot shows one that is over."""


@dataclass(frozen=True, slots=True)
class VirtualWait:
    """One thread that waits in virtual time.

    Attributes:
        pid: Its process.
        thread: Its thread id.
        call: The call that it waits in, such as ``"read"``; ``"stop"`` for a process that was stopped outside a wait.
        descriptor: The descriptor that it waits for; None if the call has none.
        since: When the wait began, in seconds of the run; None if only the kernel knows of it, which tells no time.
        until: When it ends by itself, by its own limit or by an alarm; None for never.
        on_line: Whether it waits for the line.
        lasts: Whether it is in this wait now, rather than between two.
    """

    pid: int
    thread: int
    call: str
    descriptor: int | None
    since: float | None
    until: float | None
    on_line: bool = False
    lasts: bool = True

    def describe(self) -> str:
        """Return it in words.

        Example:
            >>> VirtualWait(7, 7, "read", 0, 2.24, 3602.24).describe()
            'pid 7 waits in read(0) since 2.240 s, until 3602.240 s'
        """
        if self.call == _STOPPED:
            return f"pid {self.pid} is stopped, until a signal continues it"
        where = f"{self.call}({'' if self.descriptor is None else self.descriptor})"
        limit = "forever" if self.until is None else f"until {self.until:.3f} s"
        thread = "" if self.thread in (0, self.pid) else f", thread {self.thread},"
        since = "" if self.since is None else f" since {self.since:.3f} s"
        return f"pid {self.pid}{thread} waits in {where}{since}, {limit}"


def as_shared(report: PortReport, waits: Sequence[VirtualWait]) -> PortReport:
    """Return a report that shows each thread that shares the clock where its program is, not where the library is.

    A wait in virtual time is a series of short looks, so the kernel shows such a thread now in one call, now in
    another, and now running.
    """
    shared = {(wait.pid, wait.thread or wait.pid): wait for wait in waits if wait.lasts}

    def seen(holder: Holder) -> Holder:
        threads = (
            thread
            if (wait := shared.get((holder.pid, thread.number))) is None
            else replace(thread, wait=_shown(wait), on_port=wait.on_line or thread.on_port)
            for thread in holder.threads
        )
        return replace(holder, threads=tuple(threads))

    return replace(report, holders=tuple(map(seen, report.holders)))


def _shown(wait: VirtualWait) -> Wait:
    descriptors = () if wait.descriptor is None else (wait.descriptor,)
    shown = "".join(f"{each}, " for each in descriptors)
    return Wait(f"blocked in {wait.call}({shown}…)", wait.call, descriptors)


def virtual_waits(page: ClockPage) -> tuple[VirtualWait, ...]:
    """Return the threads that wait now, in the order in which they joined."""
    slots = sorted((slot for _, slot in page.slots() if slot.pid > 0), key=lambda slot: slot.birth)
    line = int(page.layout.line_device)
    return tuple(_wait(slot, line) for slot in slots if slot.call != Call.NONE)


def _wait(slot: SlotLayout, line: int) -> VirtualWait:
    lasts = bool(slot.sequence & 1)
    blocked = None if lasts else blocked_in(slot.pid, slot.tid or slot.pid)
    if blocked is not None and blocked.call == _STOPPED:
        return VirtualWait(slot.pid, slot.tid, _STOPPED, None, slot.entered / NANOSECONDS, None, lasts=False)
    if blocked is not None:
        return _asleep(slot, blocked, line)
    limits = [time for time in (slot.deadline, slot.alarm_at, slot.timer_at) if time != NEVER]
    return VirtualWait(
        pid=slot.pid,
        thread=slot.tid,
        call=Call(slot.call).name.lower(),
        descriptor=slot.descriptor if slot.descriptor >= 0 else None,
        since=slot.entered / NANOSECONDS,
        until=min(limits) / NANOSECONDS if limits else None,
        # A participant marks itself so, but only after a look or two.
        on_line=bool(slot.on_line) or (line != 0 and device_of(slot.pid, slot.descriptor) == line),
        lasts=lasts,
    )


def _asleep(slot: SlotLayout, blocked: Blocked, line: int) -> VirtualWait:
    """Return a wait in a call that the library does not replace: the slot has one that is over, with its limit."""
    limits = [time for time in (slot.alarm_at, slot.timer_at) if time != NEVER]
    return VirtualWait(
        pid=slot.pid,
        thread=slot.tid,
        call=blocked.call,
        descriptor=blocked.descriptor if blocked.descriptor >= 0 else None,
        since=None,
        until=min(limits) / NANOSECONDS if limits else None,
        on_line=line != 0 and device_of(slot.pid, blocked.descriptor) == line,
        lasts=False,
    )
