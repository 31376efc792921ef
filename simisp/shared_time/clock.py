"""The shared clock: one virtual time for the simulator and for unmodified programs on its PTYs.

:class:`SharedClock` is the coordinator. It looks at the clock page and at the lines, has
:class:`~simisp.shared_time.jump.JumpRules` decide, and moves the clock. The owner moves octets and runs the session's
timers in between.
"""

from __future__ import annotations

import fcntl
import select
import struct
import termios
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from simisp.shared_time.armed import armed_for
from simisp.shared_time.clock_page import NANOSECONDS, NEVER, SLOT_COUNT, ClockPage
from simisp.shared_time.jump import Advance, Ask, Deadline, Hold, JumpRules, LineState, Participant, Snapshot, Stuck
from simisp.shared_time.open_waits import OpenWait, OpenWaits
from simisp.shared_time.pace_log import PaceLog
from simisp.shared_time.participants import Census, LeftBehind

__all__ = ["Busy", "ClockJump", "Decision", "LeftBehind", "ProcessesEnded", "Proof", "SharedClock", "Unproven"]

_LISTEN = 0.001
"""Seconds of real time between looks while the bell does not ring."""
_LISTENS_BEFORE_ASKING = 6
_UNANSWERED = 2.0
"""Real seconds after which to give up a participant whose deadline was granted again and again."""
_MOMENT = 5.0
"""Real seconds for which time stands for what may be over in a moment, before it passes at the real pace. On a busy
machine a moment is long."""
_OUTSIDE_LIMIT = 60.0
"""Real seconds for which a run that only something outside could continue waits for it."""


@dataclass(frozen=True, slots=True)
class ClockJump:
    """The clock moved, or the simulator is due: run the session's timers for :attr:`SharedClock.now`.

    Attributes:
        to: The time that it is now, in seconds of the run.
    """

    to: float


@dataclass(frozen=True, slots=True)
class Busy:
    """The clock stands because a participant runs or octets are under way.

    Attributes:
        octets: Whether one of the simulator's descriptors is readable.
        running: The running participants.
    """

    octets: bool = False
    running: tuple[Participant, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """All participants wait forever: a proven hang. Names the waiting ones.

    Attributes:
        participants: The waiting participants.
        unless_signalled: Whether one waits for a signal: the proof holds unless one is sent.
    """

    participants: tuple[Participant, ...]
    unless_signalled: bool = False


@dataclass(frozen=True, slots=True)
class Unproven:
    """All participants wait, but something outside the run could end one of the waits, and has not for a long time.

    Attributes:
        wait: One such wait.
    """

    wait: OpenWait


@dataclass(frozen=True, slots=True)
class ProcessesEnded:
    """Processes that were watched have ended. The clock stands, so that their end has its exact time."""

    pids: tuple[int, ...]


Decision = ClockJump | Busy | Proof | Unproven | ProcessesEnded | LeftBehind


class SharedClock:
    """The coordinator of a run in virtual time.

    The owner calls :meth:`step` repeatedly. Between two calls it reads the masters, feeds the sessions, handles their
    timers for :attr:`now`, and writes what they send. It needs a descriptor of each slave that stays open, since only
    there a PTY shows what has been delivered.

    Args:
        page: The page that the children were given.
        slaves: For each line, a descriptor of its slave that the simulator keeps open.
        descriptors: The simulator's read descriptors, including the PTYs' masters. The clock stands while one is
            readable.
        before_look: Called before the descriptors are polled: makes one of them readable for events that the kernel
            does not know, such as a circuit in the page.

    See Also:
        :mod:`simisp.shared_time.jump` for the rules.
    """

    def __init__(
        self,
        page: ClockPage,
        *,
        slaves: Iterable[int] = (),
        descriptors: Iterable[int] = (),
        before_look: Callable[[], None] | None = None,
    ) -> None:
        self.page = page
        self.census = Census(page)
        self._rules = JumpRules()
        self._slaves = tuple(slaves)
        self._before_look = before_look
        self._open = OpenWaits(page)
        self._pace: tuple[int, int] | None = None
        self._outside_since: tuple[object, float] | None = None
        self._closed: object = None
        self._open_since: float | None = None
        self._lasting: set[str] = set()
        self.paced_by: OpenWait | None = None
        """The wait for something outside that keeps time at the real pace; None if there is none."""
        self.pace_log = PaceLog()
        """How long that was so, for each wait."""
        self._granted: object = None
        self._granted_at = 0.0
        self._now = 0.0
        self._quiet = 0
        self._at_slaves = select.poll()
        self._readable = select.poll()
        for slave in self._slaves:
            self._at_slaves.register(slave, select.POLLIN)
        for descriptor in descriptors:
            self._readable.register(descriptor, select.POLLIN)

    @property
    def now(self) -> float:
        """Seconds since the run began. A time that the session asked for is returned as the same float."""
        return self._now

    def close(self) -> None:
        """Release what the kernel keeps for it. Calling it again does nothing."""
        self._open.close()
        self.census.close()

    def watch(self, pid: int) -> None:
        """Expect a child: the clock stands until it has come up, and :meth:`step` reports its end.

        Call it right after the child was started.
        """
        self.census.watch(pid)

    def expect_stopped(self, pids: frozenset[int]) -> None:
        """Take note of the processes that the run itself has stopped: their stop is a wait that it ends itself."""
        self._open.stopped_by_run = pids
        self._rules.forget()

    def step(
        self,
        simulator: float | None,
        *,
        horizon: float | None = None,
        unsent: bool = False,
        settled: bool = False,
        patience: float = 0.005,
    ) -> Decision:
        """Look, and move the clock if that is exact. Takes at most ``patience`` seconds of real time.

        Args:
            simulator: When the session's next timer is due, in seconds of the run; None for never.
            horizon: How far the clock may go, in seconds of the run; None for any distance. It is not a deadline: if
                nothing else is to come, the verdict is a proof nevertheless.
            unsent: Whether the owner holds octets for a line that the line would accept now.
            settled: Whether the session's timer waits until all participants have done what they do before it.
            patience: How long to wait for participants that still run, in seconds of real time.
        """
        until = time.monotonic() + patience
        due = None if simulator is None else round(simulator * NANOSECONDS)
        limit = None if horizon is None else round(horizon * NANOSECONDS)
        looked_again = False
        while True:
            heard = self.page.bell()
            seen = self._look(due, limit, unsent, settled)
            if not isinstance(seen, Snapshot):
                return seen
            verdict = self._rules.look(seen)
            match verdict:
                case Ask():
                    self.page.ask()
                case Advance() | Stuck():
                    decision = self._move(verdict, seen, [(due, simulator), (limit, horizon)])
                    if decision is not None or looked_again:
                        return decision or Busy()
                    # A process outside may have acted after all had looked, and be gone: all look once more.
                    looked_again = True
                    self._rules.forget()
                case Hold():
                    held = self._hold(verdict, seen, unsent=unsent, is_late=time.monotonic() >= until)
                    if held is not None:
                        return held
                    self._listen(heard)

    def _hold(self, hold: Hold, seen: Snapshot, *, unsent: bool, is_late: bool) -> Decision | None:
        """Take note that the clock can't move now; return None to look again after a while."""
        if hold.running and self.paced_by is None:
            self._open_since = None
        if seen.line.from_clients or unsent:
            return Busy(octets=seen.line.from_clients, running=hold.running)
        return _unless_coming(self.census.left_behind(hold.running), hold.running) if is_late else None

    def _look(
        self, due: int | None, limit: int | None, unsent: bool, settled: bool
    ) -> Snapshot | LeftBehind | ProcessesEnded:
        """Look at everything once; return what rules out a jump instead, if there is anything."""
        # Asking the kernel is expensive, so it is asked after the first listen without a ring, then occasionally.
        thorough = self._quiet % _LISTENS_BEFORE_ASKING == 1
        if (without_slot := self.without_slot()) is not None:
            return without_slot
        seen = self._snapshot(due, limit, unsent, settled, thorough)
        ended = self.census.take_ended()
        if not ended:
            return seen
        self._rules.forget()
        return ProcessesEnded(ended)

    def _listen(self, heard: int) -> None:
        """Wait a little for running participants, and count successive waits that ended without a ring."""
        self.page.listen(heard, _LISTEN)
        self._quiet = self._quiet + 1 if self.page.bell() == heard else 0

    def without_slot(self) -> LeftBehind | None:
        """Return a process that could not take part, if there was one, even if it has ended."""
        if self.page.layout.slotless:
            return LeftBehind(int(self.page.layout.slotless), f"more than {SLOT_COUNT} threads at a time")
        return self.census.elsewhere() or self.census.confined()

    def _move(
        self, verdict: Advance | Stuck, seen: Snapshot, wanted: list[tuple[int | None, float | None]]
    ) -> Decision | None:
        """Do what the rules allow, unless something outside the run can still make a difference.

        Returns:
            None if nothing outside can any more, but something could while the participants looked.
        """
        if isinstance(verdict, Stuck):
            return self._prove(verdict)
        if verdict.to > self.page.now_ns:
            if found := self._open.find(seen.participants, afresh=False):
                self._closed = None
                hindered = self.census.hindered(seen.participants)
                return hindered or self._wait_outside(found, verdict, wanted)
            if self._open_since is not None:
                self._open_since = self.paced_by = None
                return None
            self._pace = None
        return self._advance(verdict, wanted)

    def _prove(self, stuck: Stuck) -> Proof | Unproven | ClockJump | LeftBehind | Busy | None:
        """All participants wait without end: say so, unless something outside can end it.

        Returns:
            None if nothing outside can, but this was not known yet when the participants looked.
        """
        stranger = self.census.stranger() or armed_for(stuck.participants) or self.census.hindered(stuck.participants)
        if stranger is not None and stranger.reason:
            return stranger
        found = self._open.find(stuck.participants, afresh=True)
        same = tuple((one.birth, one.sequence) for one in stuck.participants)
        if found is None:
            self.paced_by = self._open_since = None
            known, self._closed = self._closed == same, same
            return Proof(stuck.participants, self._open.waits_for_signals(stuck.participants)) if known else None
        self._closed = None
        if self._outside_since is None or self._outside_since[0] != same:
            self._outside_since = same, time.monotonic()
        if time.monotonic() - self._outside_since[1] >= _OUTSIDE_LIMIT:
            return Unproven(found)
        return self._wait_outside(found, None, [])

    def _wait_outside(
        self, found: OpenWait, verdict: Advance | None, wanted: list[tuple[int | None, float | None]]
    ) -> ClockJump | LeftBehind | Busy:
        """Let time pass at the real pace, but not for what may be over in a moment: every run would go another way."""
        now = time.monotonic()
        if self._open_since is None:
            self._open_since = now
        if self.paced_by is None and found.may_be_over_soon and found.ender not in self._lasting:
            if now - self._open_since < _MOMENT:
                self.page.listen(self.page.bell(), _LISTEN)
                return Busy()
            self._lasting.add(found.ender)
        return self._advance_at_real_pace(found, verdict, wanted)

    def _advance_at_real_pace(
        self, found: OpenWait, verdict: Advance | None, wanted: list[tuple[int | None, float | None]]
    ) -> ClockJump | LeftBehind:
        """Let no more time pass than has really passed since the first such wait: what is outside has real time."""
        self.paced_by = found
        if self._pace is None:
            self._pace = self.page.now_ns, time.monotonic_ns()
        since, real = self._pace
        before, allowed = self.page.now_ns, since + time.monotonic_ns() - real
        if verdict is None or verdict.to > allowed:
            self.page.listen(self.page.bell(), _LISTEN)
            verdict, wanted = Advance(max(allowed, before)), []
        decision = self._advance(verdict, wanted)
        self.pace_log.add(found, self.page.now_ns - before)
        return decision

    def _snapshot(self, due: int | None, horizon: int | None, unsent: bool, settled: bool, thorough: bool) -> Snapshot:
        page = self.page
        round_number = int(page.layout.round)
        participants = self.census.take(round_number, thorough=thorough)
        return Snapshot(
            now=page.now_ns,
            round=round_number,
            participants=participants,
            line=self._lines(unsent),
            simulator=due,
            horizon=horizon,
            settled=settled,
        )

    def _lines(self, unsent: bool) -> LineState:
        """Look at the lines. Polling an end makes the kernel deliver what is under way to it; the slaves come first,
        for what is delivered there may be echoed.
        """
        if self._before_look is not None:
            self._before_look()
        if self._slaves:
            self._at_slaves.poll(0)
        to_clients = tuple(map(_queued, self._slaves))
        return LineState(from_clients=bool(self._readable.poll(0)), to_clients=to_clients, unsent=unsent)

    def _advance(self, verdict: Advance, asked: list[tuple[int | None, float | None]]) -> ClockJump | LeftBehind:
        page = self.page
        granted = _grant(verdict)
        if granted is None or granted != self._granted:
            self._granted, self._granted_at = granted, time.monotonic()
        elif verdict.whose is not None and time.monotonic() - self._granted_at >= _UNANSWERED:
            return LeftBehind(verdict.whose.pid, "it does not react when its time has come")
        if verdict.to > page.now_ns:
            page.set_now(verdict.to)
        # A time that was asked for is returned as the same float, so that no deadline is missed by rounding.
        exact = next(
            (seconds for time, seconds in asked if time == verdict.to and seconds is not None),
            verdict.to / NANOSECONDS,
        )
        self._now = max(self._now, exact)
        if verdict.whose is not None:
            self._pass(verdict.whose, verdict.what, verdict.to)
        return ClockJump(self._now)

    def _pass(self, participant: Participant, what: Deadline | None, until: int) -> None:
        slot = self.page.slot(participant.slot)
        match what:
            case Deadline.WAIT:
                slot.granted = until + 1
            case Deadline.TIMER:
                slot.timer_granted = until
            case Deadline.ALARM:
                interval = int(slot.alarm_interval)
                slot.alarm_at = int(slot.alarm_at) + interval if interval else NEVER
                self.census.signal_alarm(participant.pid)
        self.page.ask()


def _grant(verdict: Advance) -> object:
    """Return an identifier of one participant's deadline; None if no deadline passes."""
    one = verdict.whose
    if one is None or verdict.what is None:
        return None
    due = {Deadline.ALARM: one.alarm_at, Deadline.TIMER: one.timer_at, Deadline.WAIT: one.deadline}[verdict.what]
    return one.birth, one.sequence, verdict.what, due


def _unless_coming(stranger: LeftBehind | None, running: tuple[Participant, ...] = ()) -> LeftBehind | Busy:
    return stranger if stranger is not None and stranger.reason else Busy(running=running)


def _queued(descriptor: int) -> int:
    return int(struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)))[0])
