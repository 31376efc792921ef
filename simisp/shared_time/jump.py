"""The rules for moving the shared clock: when a jump is exact. No I/O.

Time belongs to the running participants. The clock may move only if none runs and nothing is under way that could make
one run. That a program is "in a wait" proves neither: it may have been woken, an octet may be on its way through the
kernel, or a signal may be pending. Three rules make the jump exact:

1. *All wait.* Each participant is inside a wait, the same one from before the first round to after the last.
2. *Nothing is under way on the line.* The simulator has read what the clients wrote and has written all it has to
   write, and the octets that the clients have not read stay the same. (Octets between the two ends of a PTY pass
   through a queue of the kernel; polling an end waits for that queue. So a snapshot polls the slave first and then the
   master, for an echo takes this way.)
3. *All have looked twice.* Two rounds are requested, one after the other, and in each every participant polls what it
   waits for and its signals, and finds nothing. Since none has run from before the first round on, anything that one
   participant did to another was done by then, and the look finds it. The second round is for effects of the first
   look: looking at a terminal makes the kernel process what was queued for it, and this may cause an echo for another
   participant. A single participant looks once: it looks at its terminals first, and then at what it waits for.

Then the clock moves to the earliest of all deadlines. At one instant the simulator acts first, then the deadlines pass
one by one, alarms before timers before waits, in the order in which the participants joined: the same in every run.

The rules are tried in this order:

===============================================================  ======================================================
snapshot                                                         verdict
===============================================================  ======================================================
octets of clients are unread or unsent, or a participant runs    ``Hold``; the rounds start anew
the simulator is due now, and need not wait for the clients      ``Advance`` to now; the rounds start anew
something has changed since the snapshot before                  ``Ask`` for the first round
a participant has not acknowledged the round                     ``Hold``
all of several participants have acknowledged the first round    ``Ask`` for the second round
all have acknowledged the last round                             ``Advance`` to the earliest deadline, but not beyond
                                                                 the horizon; ``Stuck`` if there is no deadline
===============================================================  ======================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = [
    "Advance",
    "Ask",
    "Deadline",
    "Hold",
    "JumpRules",
    "JumpVerdict",
    "LineState",
    "Participant",
    "Snapshot",
    "Stuck",
]

_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Participant:
    """One thread of a client, as described by its slot.

    Attributes:
        slot: The slot's index.
        birth: Its serial number in joining order; unique.
        pid: Its process; 0 if it is announced and not yet known.
        waiting: Whether it is in a wait.
        sequence: Incremented on entering and leaving a wait; for a thread judged from /proc, a hash that stays equal
            while the thread has not run.
        acknowledged: The last round in which it looked and found nothing to do.
        deadline: When its wait ends by itself, in nanoseconds of the run; None if it does not.
        alarm_at: When the process's alarm is due, in nanoseconds of the run; None if no alarm is set.
        timer_at: When the first of the process's timers is due, in nanoseconds of the run; None if no timer is set.
        asleep: The system call that it sleeps in, if the evidence is the kernel's and not its own.
    """

    slot: int
    birth: int
    pid: int
    waiting: bool
    sequence: int
    acknowledged: int
    deadline: int | None = None
    alarm_at: int | None = None
    timer_at: int | None = None
    asleep: str = ""


@dataclass(frozen=True, slots=True)
class LineState:
    """The lines between simulator and clients.

    Attributes:
        from_clients: Whether clients wrote octets, on any line, that the simulator has not read.
        to_clients: For each line, how many octets the simulator wrote that no client has read.
        unsent: Whether the simulator holds octets that a line would take.
    """

    from_clients: bool = False
    to_clients: tuple[int, ...] = ()
    unsent: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that a decision is made from.

    Attributes:
        now: The time of the run in nanoseconds.
        round: The number of the last round asked for.
        participants: Every client thread known.
        line: The line, looked at after the participants.
        simulator: When the simulator next acts by itself, in nanoseconds of the run; None for never.
        horizon: How far the clock may go, in nanoseconds of the run; None for any distance. Unlike ``simulator`` it is
            not an event: a participant that waits forever does so in spite of it.
        settled: Whether the simulator acts only when all participants have done what they do at this instant. A
            participant that the kernel is about to wake seems to wait, until it has looked.
    """

    now: int
    round: int
    participants: tuple[Participant, ...]
    line: LineState = LineState()
    simulator: int | None = None
    horizon: int | None = None
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """The clock stands: octets are under way, or a participant runs or has not looked yet.

    Attributes:
        running: The running participants. Empty while octets are under way.
        silent: The waiting participants that have not acknowledged the round.
    """

    running: tuple[Participant, ...] = ()
    silent: tuple[Participant, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """Start a round; every participant must acknowledge it."""


class Deadline(Enum):
    """A kind of deadline. At one instant they pass in this order."""

    ALARM = 1
    """The process gets SIGALRM."""
    TIMER = 2
    """A timer of the process goes off."""
    WAIT = 3
    """The wait ends."""


@dataclass(frozen=True, slots=True)
class Advance:
    """The clock moves to ``to``, and there one deadline passes.

    Attributes:
        to: Nanoseconds of the run, never before the present time.
        whose: The participant whose deadline it is; None if the simulator acts.
        what: The kind of the participant's deadline.
    """

    to: int
    whose: Participant | None = None
    what: Deadline | None = None


@dataclass(frozen=True, slots=True)
class Stuck:
    """All wait, none has a deadline and nothing is under way: it would stay so forever."""

    participants: tuple[Participant, ...]


JumpVerdict = Hold | Ask | Advance | Stuck


class JumpRules:
    """Decides from snapshots when the clock moves, and where to. It reads no clock and has no effects.

    Pass each snapshot to :meth:`look` and do what the verdict says: wait a little and look again on :class:`Hold`,
    start a round on :class:`Ask`, move the clock on :class:`Advance`. The rules hold for snapshots taken at any pace;
    they contain no timing.

    Example:
        >>> rules = JumpRules()
        >>> def seen(round: int) -> Snapshot:
        ...     chat = Participant(slot=0, birth=1, pid=7, waiting=True, sequence=5, acknowledged=round, deadline=9)
        ...     return Snapshot(now=0, round=round, participants=(chat,))
        >>> rules.look(seen(0))
        Ask()
        >>> rules.look(seen(1)).to
        9
    """

    def __init__(self) -> None:
        self._state: object = None
        self._rounds = 0

    def look(self, seen: Snapshot) -> JumpVerdict:
        """Return what the snapshot, together with the ones before it, allows."""
        running = tuple(one for one in seen.participants if not one.waiting)
        if running or seen.line.from_clients or seen.line.unsent:
            self.forget()
            return Hold(running=running)
        if seen.simulator is not None and seen.simulator <= seen.now and not seen.settled:
            self.forget()
            return Advance(seen.now)
        state = _state(seen)
        if state != self._state:
            self._state, self._rounds = state, 0
            return Ask()
        silent = tuple(one for one in seen.participants if one.acknowledged != seen.round)
        if silent:
            return Hold(silent=silent)
        self._rounds += 1
        if self._rounds < min(_ROUNDS, len(seen.participants)):
            return Ask()
        self.forget()
        return _within(_earliest(seen), seen)

    def forget(self) -> None:
        """Start anew: something has happened that no snapshot shows."""
        self._state = None


def _within(verdict: Advance | Stuck, seen: Snapshot) -> Advance | Stuck:
    """Return the verdict, limited to the horizon."""
    if isinstance(verdict, Advance) and seen.horizon is not None and verdict.to > seen.horizon:
        return Advance(max(seen.horizon, seen.now))
    return verdict


def _state(seen: Snapshot) -> object:
    """Return the part of a snapshot that must stay the same from before the first round to after the last."""
    return (
        seen.now,
        seen.simulator,
        seen.settled,
        seen.line,
        tuple((one.birth, one.sequence, _deadlines(one)) for one in seen.participants),
    )


def _deadlines(one: Participant) -> tuple[tuple[int, Deadline], ...]:
    each = ((one.alarm_at, Deadline.ALARM), (one.timer_at, Deadline.TIMER), (one.deadline, Deadline.WAIT))
    return tuple((time, what) for time, what in each if time is not None)


def _earliest(seen: Snapshot) -> Advance | Stuck:
    due = [(time, what, one) for one in seen.participants for time, what in _deadlines(one)]
    if not due:
        return Stuck(seen.participants) if seen.simulator is None else Advance(seen.simulator)
    time, what, whose = min(due, key=lambda entry: (entry[0], entry[1].value, entry[2].birth))
    if seen.simulator is not None and seen.simulator <= time:
        return Advance(seen.simulator)
    return Advance(max(time, seen.now), whose, what)
