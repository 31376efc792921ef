"""Who takes part in a run in virtual time: the slots of the clock page, held against the processes that exist."""

from __future__ import annotations

import contextlib
import os
import select
import signal
from dataclasses import dataclass
from pathlib import Path

from simisp.runtime.clock_page import NEVER, ClockPage, SlotLayout
from simisp.runtime.jump import Participant

__all__ = ["Census", "LeftBehind"]


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """A process of the run that the shared clock can't carry along.

    Attributes:
        pid: The process.
        reason: Why, as one clause.
    """

    pid: int
    reason: str


class Census:
    """Knows the participants of a run: takes them in from the page, and strikes them out when they are dead.

    A slot is given back here and not by its owner: an exiting process still has descriptors to close and a parent to
    wake when it has no more code to run, and only a dead one has done so.
    """

    def __init__(self, page: ClockPage) -> None:
        self._page = page
        self._alive: dict[int, int] = {}
        self._expected: set[int] = set()
        self._ends = select.poll()

    def expect(self, pid: int) -> None:
        """Count on a child that has been started and may not have come up."""
        self._expected.add(pid)
        self._open(pid)

    def take(self, round_number: int) -> tuple[Participant, ...]:
        """Return every participant, the dead ones struck out."""
        participants = self._read(round_number)
        if all(one.waiting and one.acknowledged == round_number for one in participants):
            return participants
        if self._bury():
            participants = self._read(round_number)
        return participants

    def signal_alarm(self, pid: int) -> None:
        """Send SIGALRM to a participant's process. A process that died meanwhile needs none."""
        descriptor = self._open(pid)
        if descriptor is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(descriptor, signal.SIGALRM)

    def left_behind(self, *, complete: bool = False) -> LeftBehind | None:
        """Return a process that will never take part, if there is one."""
        return None

    def close(self) -> None:
        """Let go of the processes."""
        for descriptor in self._alive.values():
            os.close(descriptor)
        self._alive.clear()

    def _read(self, round_number: int) -> tuple[Participant, ...]:
        found = []
        expected = set(self._expected)
        for index, slot in self._page.slots():
            pid = int(slot.pid)
            if pid > 0:
                expected.discard(pid)
                if pid not in self._alive:
                    self._open(pid)
            found.append(_participant(index, slot, pid))
        self._expected &= expected
        found.extend(Participant(-1, 2**32 + pid, pid, False, 0, round_number) for pid in sorted(expected))
        return tuple(found)

    def _open(self, pid: int) -> int | None:
        descriptor = self._alive.get(pid)
        if descriptor is None:
            try:
                descriptor = os.pidfd_open(pid)
            except ProcessLookupError:
                return None
            self._alive[pid] = descriptor
            self._ends.register(descriptor, select.POLLIN)
        return descriptor

    def _bury(self) -> bool:
        """Strike out whoever is dead. Returns whether anybody was."""
        ended = {descriptor for descriptor, _ in self._ends.poll(0)}
        dead = {pid for pid, descriptor in self._alive.items() if descriptor in ended}
        for pid in dead:
            self._ends.unregister(self._alive[pid])
            os.close(self._alive.pop(pid))
            self._expected.discard(pid)
        struck = bool(dead)
        for index, slot in self._page.slots():
            pid = int(slot.pid)
            if pid > 0 and (pid in dead or pid not in self._alive or _thread_ended(pid, int(slot.tid))):
                self._page.free(index)
                struck = True
        return struck


def _participant(index: int, slot: SlotLayout, pid: int) -> Participant:
    # The acknowledgement is read before the sequence: a wait that is still the same had not ended when it was given.
    acknowledged = int(slot.acknowledged)
    sequence = int(slot.sequence)
    deadline, alarm_at = int(slot.deadline), int(slot.alarm_at)
    return Participant(
        slot=index,
        birth=int(slot.birth),
        pid=max(pid, 0),
        waiting=bool(sequence & 1),
        sequence=sequence,
        acknowledged=acknowledged,
        deadline=None if deadline == NEVER else deadline,
        alarm_at=None if alarm_at == NEVER else alarm_at,
    )


def _thread_ended(pid: int, tid: int) -> bool:
    return tid not in (0, pid) and not Path(f"/proc/{pid}/task/{tid}").exists()
