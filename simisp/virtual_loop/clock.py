"""Clocks that a run shares with its client: virtual time, and scaled time.

A client joins through the preload library. In virtual time the clock moves only if no participant runs and nothing is
under way (:mod:`simisp.shared_time.jump`); here it is moved from inside an asyncio loop, whenever that is idle
(:mod:`simisp.virtual_loop.idleness`).
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import select
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from simisp.endpoints.base import Terminal
from simisp.procfs.threads import processor_seconds
from simisp.runtime.clock import Clock, RealClock, Timer
from simisp.shared_time.clock import Busy, ClockJump, Decision, ProcessesEnded, Proof, SharedClock, Unproven
from simisp.shared_time.clock_page import NANOSECONDS, ClockMode, ClockPage
from simisp.shared_time.open_waits import OpenWait
from simisp.shared_time.participants import LeftBehind
from simisp.shared_time.port_circuits import CircuitsWatch, PortCircuits
from simisp.shared_time.real_pace import RealPace
from simisp.virtual_loop.idleness import Idleness
from simisp.virtual_loop.limits import COMPUTE_LIMIT
from simisp.virtual_loop.virtual_wait import VirtualWait
from simisp.virtual_loop.waits import virtual_waits

__all__ = ["ClientClock", "ScaledClock", "SpinningClients", "StuckReason", "VirtualClock"]

_LIVE_LOCK_LIMIT = 5.0
"""The same limit for octets that flow all the while, and nothing advances."""
_PAUSE_IN_FLOW = 1.0
"""Real seconds without an octet that end a flow."""
_SHARE = 0.2
"""The share of the limit for which it must have used CPU: on a loaded machine it may just be starved."""
_LAST_PATIENCE = 60.0
"""Give up after this many real seconds, or after the limit if longer, whatever CPU was used."""

_PAUSE = 0.001


@dataclass(frozen=True, slots=True)
class SpinningClients:
    """Time can't pass, because a client never waits.

    Attributes:
        pids: The running processes; empty if unknown.
        octets: Whether octets flow all the while: a live lock.
    """

    pids: tuple[int, ...]
    octets: bool


StuckReason = Proof | Unproven | LeftBehind | SpinningClients


class ClientClock(Clock, Protocol):
    """A clock of a run with a client program, which may take part in it. Each clock is one, a real one too."""

    @property
    def stuck(self) -> asyncio.Future[StuckReason]:
        """Done when time can't pass: all wait forever, a process cannot share the clock, or a client never waits."""

    @property
    def paced_by(self) -> OpenWait | None:
        """The wait for something outside of the run for which time passes no faster than the real one, if any."""

    @property
    def real_paces(self) -> tuple[RealPace, ...]:
        """The waits for which time passed no faster than the real one so far, and for how long."""

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return the environment in which a client takes part."""

    def attend(
        self,
        pid: int,
        ended: asyncio.Future[Any],
        *,
        compute_limit: float = COMPUTE_LIMIT,
        on_paced: Callable[[OpenWait], None] | None = None,
    ) -> None:
        """Count on a client that was just started.

        Args:
            pid: The client.
            ended: Done when its end has been noticed.
            compute_limit: For how many real seconds a client may compute without ever waiting while time stands.
            on_paced: Called when time begins to pass no faster than the real one, with the wait because of which.
        """

    def expect_stopped(self, pids: frozenset[int]) -> None:
        """Take note of the processes that the run itself has stopped: nothing outside is expected to continue them."""

    def waits(self) -> tuple[VirtualWait, ...]:
        """Return the clients' waits in time that they share: where, since when and until when."""

    def overlooked(self) -> LeftBehind | None:
        """Return a process that could not share the clock, even if it ended before that was seen, or None."""

    def after_moments(self, most: int) -> asyncio.Future[None]:
        """Return a future that is done when time has moved so often, or passes no faster than the real one."""

    def let_go(self, slept: float = 0.0) -> None:
        """Let time pass by itself from where it stands, for a process can't share the clock.

        Args:
            slept: For how many seconds that process had slept already while the clock stood.
        """


@dataclass(slots=True, eq=False)
class _Entry:
    when: float
    callback: Callable[[], None]
    passive: bool
    settled: bool
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


class _Span:
    """Measures for how long something has lasted, and what was computed in that time."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.begin()

    def begin(self) -> None:
        """Start anew."""
        self._since, self._computed = time.monotonic(), math.inf

    def is_over(self, computed: Callable[[], float]) -> bool:
        """Return whether it has lasted for the limit, with enough computed, or for so long that it does not matter."""
        lasted = time.monotonic() - self._since
        if lasted < min(1.0, self.limit * _SHARE):
            return False
        total = computed()
        self._computed = min(self._computed, total)
        enough = total - self._computed >= self.limit * _SHARE
        return lasted > max(_LAST_PATIENCE, self.limit) or (enough and lasted > self.limit)


class _Standstill:
    """Measures how long time has not passed."""

    def __init__(self, page: ClockPage, limit: float) -> None:
        self._page = page
        self._whole = _Span(limit)
        self._flow = _Span(min(limit, _LIVE_LOCK_LIMIT))
        self.end()

    def end(self) -> None:
        """Record that time has passed."""
        self._whole.begin()
        self._flow.begin()
        self._flowed = -math.inf
        self.octets = False
        """Whether octets have flowed all the while when it was found to be for good."""

    def is_for_good(self, *, octets: bool = False) -> bool:
        """Return whether a client burns CPU and never lets time pass. Call it repeatedly.

        Args:
            octets: Whether octets flow at this moment. Only a flow that goes on and on is a live lock: a client may
                compute for long and write now and then.
        """
        now = time.monotonic()
        if octets:
            self._flowed = now
        elif now - self._flowed > _PAUSE_IN_FLOW:
            self._flow.begin()
        self.octets = self._flow.is_over(self._computed)
        return self.octets or self._whole.is_over(self._computed)

    def _computed(self) -> float:
        return processor_seconds({int(slot.pid) for _, slot in self._page.slots() if slot.pid > 0})


class VirtualClock:
    """Virtual time, shared with unmodified programs on PTYs. Create it inside a running event loop.

    Time stands still until a client is expected. It is one time, however many lines there are: it moves only when no
    line has anything under way.

    Args:
        terminals: The ports that the clients use, by the names of their lines.
        library: The preload library.

    Raises:
        TypeError: The running event loop does not report when it is idle, as uvloop does not.
        ValueError: These are more lines than a clock page has room for.
    """

    def __init__(self, terminals: Mapping[str, Terminal], library: Path) -> None:
        self._idleness = Idleness.of(asyncio.get_running_loop())
        self._names = tuple(terminals)
        self._terminals = tuple(terminals.values())
        self._library = library
        self._page = ClockPage.create()
        self._page.begin(ClockMode.VIRTUAL)
        self._circuits = [PortCircuits(self._page, terminal) for terminal in self._terminals]
        self._shared = SharedClock(
            self._page,
            slaves=[terminal.slave for terminal in self._terminals],
            descriptors={each for terminal in self._terminals for each in terminal.descriptors},
            before_look=self._look_at_circuits,
        )
        self._entries: list[tuple[float, int, _Entry]] = []
        self._numbers = itertools.count()
        self._incoming = select.poll()
        for terminal in self._terminals:
            self._incoming.register(terminal.master, select.POLLIN)
        self._pump: asyncio.Task[None] | None = None
        self._ends: dict[int, asyncio.Future[Any]] = {}
        self._compute_limit = COMPUTE_LIMIT
        self._on_paced: Callable[[OpenWait], None] | None = None
        self._moments = 0
        self._enough: asyncio.Future[None] | None = None
        self.stuck: asyncio.Future[StuckReason] = asyncio.get_running_loop().create_future()
        """Done when time can't pass: all wait forever, a process cannot share the clock, or a client never waits."""

    @property
    def passes(self) -> bool:
        """Whether it was released."""
        return self._page.mode is ClockMode.RUNNING

    def now(self) -> float:
        """Return the time."""
        if self._page.mode is ClockMode.RUNNING:
            return self._page.now_ns / NANOSECONDS
        return self._shared.now

    def call_at(
        self, when: float, callback: Callable[[], None], *, passive: bool = False, settled: bool = False
    ) -> Timer:
        """Call ``callback`` at the time ``when``, or soon if that has passed."""
        entry = _Entry(when, callback, passive, settled)
        heapq.heappush(self._entries, (when, next(self._numbers), entry))
        return entry

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return the environment with which a client shares the clock."""
        return self._page.environment(self._library, base)

    def attend(
        self,
        pid: int,
        ended: asyncio.Future[Any],
        *,
        compute_limit: float = COMPUTE_LIMIT,
        on_paced: Callable[[OpenWait], None] | None = None,
    ) -> None:
        """Count on a client that was just started; from now on time passes."""
        self._compute_limit, self._on_paced = compute_limit, on_paced
        self._ends[pid] = ended
        self._shared.watch(pid)
        if self._pump is None:
            self._pump = asyncio.ensure_future(self._run())

    def expect_stopped(self, pids: frozenset[int]) -> None:
        """Take note of the processes that the run itself has stopped: nothing outside is expected to continue them."""
        self._shared.expect_stopped(pids)

    def waits(self) -> tuple[VirtualWait, ...]:
        """Return the threads that wait now: where, since when and until when."""
        return virtual_waits(self._page, self._names)

    @property
    def paced_by(self) -> OpenWait | None:
        """The wait for something outside the run that keeps time at the real pace; None if there is no such wait."""
        return self._shared.paced_by

    @property
    def real_paces(self) -> tuple[RealPace, ...]:
        """The waits that have kept time at the real pace so far, and for how long."""
        return self._shared.pace_log.paces()

    def overlooked(self) -> LeftBehind | None:
        """Return a process that could not share the clock, even if it ended before that was seen, or None."""
        return None if self.passes else self._shared.without_slot()

    def after_moments(self, most: int) -> asyncio.Future[None]:
        """Return a future that is done when time has moved so often, or passes no faster than the real one.

        Only the last one counts.
        """
        self._moments, self._enough = most, asyncio.get_running_loop().create_future()
        return self._enough

    def go_on(self) -> None:
        """Let time pass again after it was stuck: something has changed."""
        if self.stuck.done():
            self.stuck = asyncio.get_running_loop().create_future()

    def close(self) -> None:
        """Let the clients continue in real time, and release everything."""
        if self._pump is not None:
            self._pump.cancel()
            self._pump = None
        self._page.close()
        self._shared.close()
        for each in self._circuits:
            each.close()

    def let_go(self, slept: float = 0.0) -> None:
        """Let time pass by itself from where it stands, since a process can't share the clock.

        Args:
            slept: For how many seconds that process had already slept while the clock stood.
        """
        if self._page.mode is ClockMode.VIRTUAL:
            self._page.set_now(self._page.now_ns + round(slept * NANOSECONDS))
            self._page.let_go()
        self.go_on()

    async def _run(self) -> None:
        standstill = _Standstill(self._page, self._compute_limit)
        while True:
            await self._idleness.wait()
            if self._page.mode is ClockMode.RUNNING:
                self._ring(settled=True)
                self._look_at_circuits()
                await asyncio.sleep(_PAUSE)
                continue
            if self.stuck.done():
                await asyncio.sleep(_PAUSE)
                standstill.end()
                continue
            before = self._shared.now
            settled = self._is_next_settled
            decision = self._step(settled=settled)
            match decision:
                case ClockJump():
                    standstill.end()
                    self._count_moment(before)
                    self._ring(settled=settled)
                case ProcessesEnded(pids):
                    # The clock stands until the end has been taken note of: it has its exact time.
                    await asyncio.wait([self._ends[pid] for pid in pids if pid in self._ends])
                case Proof() | Unproven() | LeftBehind():
                    self.stuck.set_result(decision)
                case Busy(moved, running):
                    # The watch on the port's openings also reports openings of other ports.
                    if standstill.is_for_good(octets=moved and bool(self._incoming.poll(0))):
                        pids = tuple(sorted({one.pid for one in running if one.pid}))
                        self.stuck.set_result(SpinningClients(pids, standstill.octets))

    @property
    def _is_next_settled(self) -> bool:
        """Whether what is due now, all of it, waits until the clients have done what they do before."""
        now = self.now()
        due = [entry for _, _, entry in self._entries if entry.when <= now and not (entry.cancelled or entry.passive)]
        return bool(due) and all(entry.settled for entry in due)

    def _step(self, *, settled: bool) -> Decision:
        """Look once, and report when time begins to pass no faster than real time."""
        active, passive = self._deadlines()
        paced = self._shared.paced_by
        decision = self._shared.step(active, horizon=passive, unsent=self._has_unsent(), settled=settled)
        if paced is None and self._shared.paced_by is not None and self._on_paced is not None:
            self._on_paced(self._shared.paced_by)
        return decision

    def _count_moment(self, before: float) -> None:
        if self._enough is None or self._enough.done():
            return
        self._moments -= self._shared.now > before
        if self._moments <= 0 or self._shared.paced_by is not None:
            self._enough.set_result(None)

    def _look_at_circuits(self) -> None:
        for each in self._circuits:
            each.look()

    def _has_unsent(self) -> bool:
        """Return whether octets wait here for a terminal that has room for them."""
        room = select.poll()
        waiting = [terminal.master for terminal in self._terminals if terminal.backlog]
        for master in waiting:
            room.register(master, select.POLLOUT)
        return bool(waiting) and bool(room.poll(0))

    def _deadlines(self) -> tuple[float | None, float | None]:
        """Return the first active and the first passive time."""
        while self._entries and self._entries[0][2].cancelled:
            heapq.heappop(self._entries)
        live = [entry for _, _, entry in self._entries if not entry.cancelled]
        active = min((entry.when for entry in live if not entry.passive), default=None)
        return active, min((entry.when for entry in live if entry.passive), default=None)

    def _ring(self, *, settled: bool) -> None:
        """Call what is due; of that, what waits for the clients only if they have "settled"."""
        left = []
        while self._entries and (self._entries[0][2].cancelled or self._entries[0][0] <= self.now()):
            due = heapq.heappop(self._entries)
            if due[2].settled and not settled:
                left.append(due)
            elif not due[2].cancelled:
                due[2].callback()
        for due in left:
            heapq.heappush(self._entries, due)


class ScaledClock(RealClock):
    """Time that passes faster, for the simulator and for its clients. It proves nothing.

    Args:
        factor: How many seconds of the run pass in one real second; above 0. With 1.0 time is unchanged, and the
            clients are only provided with circuits.
        terminals: The ports that the clients use.
        library: The preload library.

    Raises:
        ValueError: These are more lines than a clock page has room for.
    """

    def __init__(self, factor: float, terminals: Iterable[Terminal], library: Path) -> None:
        super().__init__(factor)
        self._library = library
        self._page = ClockPage.create()
        self._page.begin(ClockMode.REAL if factor == 1.0 else ClockMode.SCALED, factor=factor)
        self._circuits = [PortCircuits(self._page, terminal) for terminal in terminals]
        self._watch = CircuitsWatch(self._page, self._circuits)

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """Return the environment with which a client shares the clock."""
        return self._page.environment(self._library, base)

    def close(self) -> None:
        """Release everything."""
        self._watch.close()
        for each in self._circuits:
            each.close()
        self._page.close()
