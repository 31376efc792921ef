"""Where the participants of virtual time wait, since when and until when, according to the clock page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from simisp.forensics.report import Holder, PortReport
from simisp.forensics.waits import Wait
from simisp.procfs.fdinfo import device_of
from simisp.procfs.threads import Blocked, blocked_in
from simisp.shared_time.clock_page import NANOSECONDS, NEVER, Call, ClockPage, SlotLayout
from simisp.virtual_loop.virtual_wait import STOPPED, VirtualWait

__all__ = ["as_shared", "virtual_waits"]


def as_shared(report: PortReport, waits: Sequence[VirtualWait]) -> PortReport:
    """Return a report that shows each thread that shares the clock where its program is, not where the library is.

    A wait in virtual time is a series of short looks, so the kernel shows such a thread now in one call, now in
    another, and now running.
    """

    def is_on(wait: VirtualWait) -> bool:
        return wait.on_line and wait.line == report.line

    shared = {(wait.pid, wait.thread or wait.pid): wait for wait in waits if wait.lasts}

    def seen(holder: Holder) -> Holder:
        threads = (
            thread
            if (wait := shared.get((holder.pid, thread.number))) is None
            else replace(thread, wait=_shown(wait), on_port=is_on(wait) or thread.on_port)
            for thread in holder.threads
        )
        return replace(holder, threads=tuple(threads))

    return replace(
        report,
        holders=tuple(map(seen, report.holders)),
        others=tuple(as_shared(other, waits) for other in report.others),
    )


def _shown(wait: VirtualWait) -> Wait:
    descriptors = () if wait.descriptor is None else (wait.descriptor,)
    shown = "".join(f"{each}, " for each in descriptors)
    return Wait(f"blocked in {wait.call}({shown}…)", wait.call, descriptors)


def virtual_waits(page: ClockPage, names: Sequence[str]) -> tuple[VirtualWait, ...]:
    """Return the threads that wait now, in the order in which they joined.

    Args:
        page: The page that they share.
        names: The name of each of its lines.
    """
    slots = sorted((slot for _, slot in page.slots() if slot.pid > 0), key=lambda slot: slot.birth)
    lines = dict(zip(page.devices, names, strict=True))
    return tuple(_wait(slot, lines) for slot in slots if slot.call != Call.NONE)


def _wait(slot: SlotLayout, lines: Mapping[int, str]) -> VirtualWait:
    lasts = bool(slot.sequence & 1)
    blocked = None if lasts else blocked_in(slot.pid, slot.tid or slot.pid)
    if blocked is not None and blocked.call == STOPPED:
        return VirtualWait(slot.pid, slot.tid, STOPPED, None, slot.entered / NANOSECONDS, None, lasts=False)
    if blocked is not None:
        return _asleep(slot, blocked, lines)
    limits = [time for time in (slot.deadline, slot.alarm_at, slot.timer_at) if time != NEVER]
    # A participant says so itself, but only after a look or two.
    line = list(lines.values())[slot.on_line - 1] if slot.on_line else lines.get(device_of(slot.pid, slot.descriptor))
    return VirtualWait(
        pid=slot.pid,
        thread=slot.tid,
        call=Call(slot.call).name.lower(),
        descriptor=slot.descriptor if slot.descriptor >= 0 else None,
        since=slot.entered / NANOSECONDS,
        until=min(limits) / NANOSECONDS if limits else None,
        on_line=line is not None,
        lasts=lasts,
        line=line or "",
    )


def _asleep(slot: SlotLayout, blocked: Blocked, lines: Mapping[int, str]) -> VirtualWait:
    """Return a wait in a call that the library does not replace: the slot has one that is over, with its limit."""
    line = lines.get(device_of(slot.pid, blocked.descriptor))
    limits = [time for time in (slot.alarm_at, slot.timer_at) if time != NEVER]
    return VirtualWait(
        pid=slot.pid,
        thread=slot.tid,
        call=blocked.call,
        descriptor=blocked.descriptor if blocked.descriptor >= 0 else None,
        since=None,
        until=min(limits) / NANOSECONDS if limits else None,
        on_line=line is not None,
        lasts=False,
        line=line or "",
    )
