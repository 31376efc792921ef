"""The participants of a run in virtual time: the slots of the clock page, compared with the existing processes."""

from __future__ import annotations

import contextlib
import os
import select
import signal
from collections.abc import Iterable
from dataclasses import dataclass

from simisp.procfs.process import all_processes, descends, pid_namespace, shows_own_namespace
from simisp.procfs.threads import Blocked, blocked_in, settle_terminal, stopped_in, thread_exists
from simisp.shared_time.clock_page import NEVER, ClockPage, SlotLayout
from simisp.shared_time.jump import Participant
from simisp.shared_time.outsiders import ELSEWHERE, FILTERED, LeftBehind, Outsiders

__all__ = ["Census", "LeftBehind"]


@dataclass(frozen=True, slots=True)
class _Announcement:
    slot: int
    birth: int
    parent: int
    waits: tuple[int, ...]


class Census:
    """Keeps the list of a run's participants: adds them from the page, and removes the dead.

    A slot is freed here and not by its owner: an exiting process still has descriptors to close and a parent to wake
    after its last instruction, and only a dead one has done so.

    Args:
        page: The page that the participants share.
    """

    def __init__(self, page: ClockPage) -> None:
        self._page = page
        self._alive: dict[int, int] = {}
        self._expected: set[int] = set()
        self._watched: set[int] = set()
        self._ended: list[int] = []
        self._ends = select.poll()
        self._asleep: dict[int, tuple[int, Blocked]] = {}
        self._hidden: dict[int, bool] = {}
        self._outsiders = Outsiders(page)

    def watch(self, pid: int) -> None:
        """Expect a child that has been started and may not have come up, and report its end."""
        self._watched.add(pid)
        if self._open(pid) is None:
            self._ended.append(pid)
        else:
            self._expected.add(pid)

    def take_ended(self) -> tuple[int, ...]:
        """Return the watched processes that have ended since the last call, once."""
        ended, self._ended = tuple(self._ended), []
        return ended

    def take(self, round_number: int, *, thorough: bool) -> tuple[Participant, ...]:
        """Return every participant, without the dead ones.

        Args:
            round_number: The last round requested; a participant that has not answered may be dead.
            thorough: Whether to ask the kernel about running ones. A system call that we do not replace may block
                without end, and then its thread waits too.
        """
        found = self._read(round_number)
        if all(one.waiting and one.acknowledged == round_number for one in found):
            return tuple(found)
        if self._bury(round_number):
            found = self._read(round_number)
        # While one that waits in the library has yet to look, sleeping ones need not be asked: nothing moves anyway.
        hold = not thorough and any(
            not (one.waiting and one.acknowledged == round_number) for one in found if not self._slept(one)
        )
        settled: set[int] = set()
        self._hidden.clear()
        return tuple(self._asleep_or_not(one, round_number, settled, thorough=thorough, hold=hold) for one in found)

    def signal_alarm(self, pid: int) -> None:
        """Send SIGALRM to a participant's process, unless it has died meanwhile."""
        descriptor = self._open(pid)
        if descriptor is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(descriptor, signal.SIGALRM)

    def stranger(self) -> LeftBehind | None:
        """Return a process that descends from the participants but is not one of them, if there is one.

        Its reason is empty if it may still become one. Announcements whose child never started are removed on the way.
        It goes through all processes, so it is for moments in which nothing moves.
        """
        return self._judged(self._strangers())

    def _judged(self, strangers: Iterable[int]) -> LeftBehind | None:
        """Return one of some strangers, preferably one that cannot share the clock."""
        judged = [LeftBehind(pid, self._outsiders.hindered(pid) or self._outsiders.against(pid)) for pid in strangers]
        return max(judged, key=lambda one: bool(one.reason), default=None)

    def _strangers(self) -> list[int]:
        """Return the processes that descend from the participants but are not among them."""
        announced = self._announced()
        up = {int(slot.pid) for _, slot in self._page.slots() if slot.pid > 0 and slot.tid != 0}
        family = up | self._expected | {abs(int(slot.pid)) for _, slot in self._page.slots()}
        strangers = [
            process
            for process in all_processes().values()
            if process.pid not in up and not process.ended and {process.pid, process.parent} & family
        ]
        coming = {process.parent for process in strangers}
        for entry in set(announced) & set(self._announced()):
            if entry.parent not in coming:
                self._page.free(entry.slot)
        return [process.pid for process in strangers]

    def left_behind(self, running: Iterable[Participant]) -> LeftBehind | None:
        """Return a process that keeps the clock from moving and cannot share it, if there is one.

        Its reason is empty if it may still come up. Call it repeatedly in moments in which nothing moves.
        """
        strangers = self._strangers() if self.awaits_child() else []
        stranger = self._judged(strangers)
        if stranger is not None and stranger.reason:
            return stranger
        running = tuple(running)
        if (hindered := self.hindered(running)) is not None:
            return hindered
        slots = [self._page.slot(one.slot) for one in running if one.slot >= 0 and one.pid]
        threads = [(int(slot.pid), int(slot.tid)) for slot in slots if slot.tid]
        # A thread that is announced and has yet to run, which on a busy machine may last, is no process that is coming.
        up = {int(slot.pid) for _, slot in self._page.slots() if slot.tid}
        coming = {*strangers, *(int(slot.pid) for slot in slots if not slot.tid)} - up
        return self._outsiders.find(threads, coming) or stranger

    def hindered(self, participants: Iterable[Participant]) -> LeftBehind | None:
        """Return a participant that is traced, or filters its own system calls, if there is one."""
        for pid in {one.pid for one in participants if one.pid}:
            if reason := self._outsiders.hindered(pid):
                return LeftBehind(pid, reason)
        return None

    def confined(self) -> LeftBehind | None:
        """Return a process that announced that it would filter its own system calls, if there was one."""
        pid = int(self._page.layout.confined)
        return LeftBehind(pid, FILTERED) if pid else None

    def elsewhere(self) -> LeftBehind | None:
        """Return a process that could not take part because it is in another PID namespace, if there was one."""
        if not self._page.layout.other_namespace:
            return None
        known = (pid for pid in all_processes() if pid_namespace(pid) == self._page.layout.other_namespace)
        pid = min(known, default=0)
        return LeftBehind(pid, ELSEWHERE)

    def awaits_child(self) -> bool:
        """Whether an announced process has not come up yet."""
        return bool(self._expected) or any(slot.tid == 0 for _, slot in self._page.slots())

    def close(self) -> None:
        """Release the processes."""
        for descriptor in self._alive.values():
            os.close(descriptor)
        self._alive.clear()

    def _announced(self) -> list[_Announcement]:
        """Return the announcements of children whose parents wait, or are dead.

        An announcement that is the same before and after a look at all processes, by a parent that waited all the
        while, and whose child was not among them, announces no process.
        """
        waits: dict[int, list[int]] = {}
        still: dict[int, bool] = {}
        for one in self.take(int(self._page.layout.round), thorough=True):
            waits.setdefault(one.pid, []).append(one.sequence)
            still[one.pid] = still.get(one.pid, True) and one.waiting
        return [
            _Announcement(index, int(slot.birth), -int(slot.pid), tuple(waits.get(-int(slot.pid), ())))
            for index, slot in self._page.slots()
            if slot.pid < 0 and still.get(-int(slot.pid), True)
        ]

    def _read(self, round_number: int) -> list[Participant]:
        found = []
        for index, slot in self._page.slots():
            pid = int(slot.pid)
            if pid > 0:
                self._expected.discard(pid)
                self._open(pid)
            found.append(_participant(index, slot, pid))
        found.extend(Participant(-1, 2**32 + pid, pid, False, 0, round_number) for pid in sorted(self._expected))
        return found

    def _slept(self, one: Participant) -> Blocked | None:
        """Return what a participant was last found asleep in, if it has not returned to a wait of ours since."""
        sequence, blocked = self._asleep.get(one.slot, (None, None))
        return blocked if sequence == one.sequence else None

    def _asleep_or_not(
        self, one: Participant, round_number: int, settled: set[int], *, thorough: bool, hold: bool
    ) -> Participant:
        """Return a participant as it is, or as waiting if the kernel says that it sleeps without end.

        Once found asleep it is asked about in every look that may lead to a decision, until it has returned to a wait
        of ours.
        """
        if one.pid == 0 or one.slot < 0 or (one.waiting and one.acknowledged == round_number):
            return one
        slept = self._slept(one)
        if not thorough and slept is None:
            return one
        blocked = slept if hold else self._blocked(one, settled)
        slot = self._page.slot(one.slot)
        if blocked is None:
            self._asleep.pop(one.slot, None)
            slot.asleep = 0
            return one
        self._asleep[one.slot] = one.sequence, blocked
        slot.asleep = one.sequence
        # The state of a wait that it may have left no longer counts.
        return Participant(
            slot=one.slot,
            birth=one.birth,
            pid=one.pid,
            waiting=True,
            sequence=blocked.evidence,
            acknowledged=round_number,
            alarm_at=one.alarm_at,
            timer_at=None if blocked.call == "stop" else one.timer_at,  # it would not see it go off
            asleep=blocked.call,
        )

    def _blocked(self, one: Participant, settled: set[int]) -> Blocked | None:
        """Return what a participant is blocked in.

        Args:
            one: The participant.
            settled: The processes whose first three descriptors were settled in this look; goes up by its own.
        """
        tid = int(self._page.slot(one.slot).tid)
        # In a wait of ours, and before it has come up, it can only have been stopped.
        if one.waiting or tid == 0:
            return None if self._has_hidden_threads(one) else stopped_in(one.pid, tid or one.pid)
        blocked = blocked_in(one.pid, tid)
        if blocked is None or self._has_hidden_threads(one):
            return None
        # It does not look at its terminals itself, as one in a wait of ours does.
        terminals = {blocked.descriptor} - {-1} if one.pid in settled else {0, 1, 2, blocked.descriptor} - {-1}
        settled.add(one.pid)
        for descriptor in terminals:
            settle_terminal(one.pid, descriptor, lines=self._page.devices)
        return blocked_in(one.pid, tid) if terminals else blocked

    def _has_hidden_threads(self, one: Participant) -> bool:
        """Return whether a participant's program has threads that libc did not start. Asked once a look and process."""
        if one.pid not in self._hidden:
            self._hidden[one.pid] = self._outsiders.has_hidden_threads(one.pid)
        return self._hidden[one.pid]

    def _open(self, pid: int) -> int | None:
        descriptor = self._alive.get(pid)
        if descriptor is None:
            try:
                descriptor = os.pidfd_open(pid)
            except ProcessLookupError:
                return None
            if not self._belongs(pid):
                os.close(descriptor)
                return None
            self._alive[pid] = descriptor
            self._ends.register(descriptor, select.POLLIN)
        return descriptor

    def _belongs(self, pid: int) -> bool:
        """Return whether the pid in a slot belongs to a process of the run. A slot is written by its owner; if that
        is in another PID namespace, or dead, it may be another process's pid. Just after exec there is no page yet.
        """
        if not shows_own_namespace():
            return True  # the /proc of another namespace: what it shows is about other processes
        return descends(pid, os.getpid()) or self._page.is_mapped_by(pid)

    def _bury(self, round_number: int) -> bool:
        """Free the slots of the dead; return whether there were any. A thread that looked in this round is alive."""
        ended = {descriptor for descriptor, _ in self._ends.poll(0)}
        dead = {pid for pid, descriptor in self._alive.items() if descriptor in ended}
        for pid in dead:
            self._ends.unregister(self._alive[pid])
            os.close(self._alive.pop(pid))
        self._expected -= dead
        self._ended += sorted(dead & self._watched)
        self._watched -= dead
        buried = bool(dead)
        for index, slot in self._page.slots():
            pid, tid = int(slot.pid), int(slot.tid)
            if pid <= 0:
                continue
            looked = slot.sequence & 1 and slot.acknowledged == round_number
            is_thread = tid not in {0, pid} and not looked
            if pid in dead or self._open(pid) is None or (is_thread and not thread_exists(pid, tid)):
                self._page.free(index)
                buried = True
        return buried


def _participant(index: int, slot: SlotLayout, pid: int) -> Participant:
    # The acknowledgement is read before the sequence: a wait that is still the same had not ended when it was given.
    acknowledged = int(slot.acknowledged)
    sequence = int(slot.sequence)
    return Participant(
        slot=index,
        birth=int(slot.birth),
        pid=max(pid, 0),
        waiting=bool(sequence & 1),
        sequence=sequence,
        acknowledged=acknowledged,
        deadline=_time(slot.deadline),
        alarm_at=_time(slot.alarm_at),
        timer_at=_time(slot.timer_at),
    )


def _time(value: int) -> int | None:
    return None if value == NEVER else int(value)
