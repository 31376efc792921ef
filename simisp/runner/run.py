"""One run: a scenario, a client, a verdict."""

from __future__ import annotations

import asyncio
import itertools
import os
import shlex
import signal
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any, assert_never

from simisp.facts.run import (
    CleanedUp,
    CleanUpBegan,
    ClientEnded,
    ClientGaveUp,
    ClientStarted,
    ClientWaited,
    DeadlineReached,
    HolderSeen,
    LockFileRemoved,
    TimePaced,
    VerdictReached,
)
from simisp.forensics import PortReport
from simisp.locks import Leftovers
from simisp.procfs.process import named, process_status
from simisp.runner.client_faults import ClientFaults
from simisp.runner.departure import Departure, LastHeard, LastHeardOnLines
from simisp.runner.hang import MOST_FOLLOWED, Hang, WhoWaits, who_waits
from simisp.runner.own_locks import own_locks
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.summing_up import RunEnd, sum_up
from simisp.runner.verdict import ClientReport, ExpectationResult, Verdict, VerdictKind
from simisp.runtime.child import Child, ChildEnd, adopting_orphans
from simisp.runtime.clock import wait_until
from simisp.shared_time.clock import Proof, Unproven
from simisp.shared_time.open_waits import OpenWait
from simisp.shared_time.participants import LeftBehind
from simisp.transcript.redaction import mask_arguments
from simisp.virtual_loop.clock import SpinningClients, StuckReason
from simisp.virtual_loop.waits import as_shared

__all__ = ["run_client"]

_FAR = 100 * 365 * 86400.0
"""Seconds of virtual time for which a hang is followed, to see whether it ends."""
_LOOK_AGAIN = 0.05
"""Seconds between two checks on a holder whose end is not notified."""


async def run_client(station: Station, command: Sequence[str], options: RunOptions | None = None) -> Verdict:
    """Run a command against a scenario and return the verdict. Whatever the command has left behind is ended.

    Args:
        station: The scenario on its port, already entered.
        command: The program and its arguments; see :meth:`simisp.runtime.child.Child.start` for ``{port}``. ``{locks}``
            stands for a lock folder that the run has to itself.
        options: Patience, deadline, grace.

    Raises:
        ClientError: The command can't be started.
    """
    options = options or RunOptions()
    with adopting_orphans(), own_locks(command) as (words, folder):
        if folder:
            options = replace(options, lock_directories=(folder, *options.lock_directories))
        return await _Run(station, words, options).play()


@dataclass(frozen=True, slots=True)
class _CleanUp:
    """What the clean-up did: the ended processes, the programs of those that the command had left behind, the removed
    lock files, and why others were not removed.
    """

    ended: tuple[int, ...] = ()
    left: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()


async def _to_its_end(cleaning: Coroutine[Any, Any, _CleanUp]) -> tuple[_CleanUp, bool]:
    """Return the result of a clean-up, and whether it was cancelled meanwhile, which does not stop it."""
    task = asyncio.ensure_future(cleaning)
    cancelled = False
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            cancelled = True
    return task.result(), cancelled


class _Run:
    def __init__(self, station: Station, command: Sequence[str], options: RunOptions) -> None:
        self._station = station
        self._driver = station.driver
        self._clock = station.clock
        self._command = command
        self._options = options
        self._heard = LastHeard() if station.scenario.model.lines is None else LastHeardOnLines()
        self._departed: Departure | None = None
        self._gave_up_at: float | None = None
        self._earlier: PortReport | None = None
        self._stuck: StuckReason | None = None
        self._faults: ClientFaults | None = None

    async def play(self) -> Verdict:
        station = self._station
        station.place_locks(self._options.lock_directories)
        station.transcript.follow(self._heard)
        child = Child.start(
            self._command, port=station.port, ports=station.lines, environment=self._environment(),
            quiet=self._options.quiet,
        )  # fmt: skip
        ending: asyncio.Future[ChildEnd] = asyncio.ensure_future(child.wait())
        self._clock.attend(child.pid, ending, compute_limit=self._options.compute_limit, on_paced=self._note_pace)
        self._faults = ClientFaults(station, child)
        verdict: Verdict | None = None
        interrupted = False
        try:
            station.note(ClientStarted(child.pid, self._shown(child)))
            end = await self._until_over(child, ending)
            verdict = await self._judge(child, ending, end)
            if verdict.kind is VerdictKind.HANG and self._options.while_held is not None:
                await self._options.while_held()
        except asyncio.CancelledError:
            interrupted = True
            verdict = verdict or self._so_far(child)
        finally:
            ending.cancel()
            # Whatever happened, even an interruption: no process that a run started outlives it.
            cleaned_up, cut = await _to_its_end(self._clean_up(child))
        assert verdict is not None, "else an error is on its way"
        verdict = self._with_clean_up(verdict, cleaned_up)
        if interrupted or cut:
            if self._options.on_interrupted is not None:
                self._options.on_interrupted(verdict)
            raise asyncio.CancelledError
        return verdict

    def _note_pace(self, wait: OpenWait) -> None:
        self._station.note(TimePaced(wait.pid, wait.describe()))

    async def _clean_up(self, child: Child) -> _CleanUp:
        """End the remaining processes of the command, and remove the lock files that they left."""
        living = child.living()
        names = tuple(filter(None, map(_program, living))) if child.end is not None else ()
        if living:
            self._station.note(CleanUpBegan())
            self._clock.let_go()  # processes that are asked to end may need some time
        if self._station.terminal is None:
            return _CleanUp(await child.clean_up(), names)
        directories = self._options.lock_directories
        left = [Leftovers.of(port, child.began, living, directories) for port in self._station.lines.values()]
        ended = await child.clean_up()
        removed, complaints = zip(*(locks.remove() for locks in left), strict=True)
        return _CleanUp(ended, names, tuple(itertools.chain(*removed)), tuple(itertools.chain(*complaints)))

    def _environment(self) -> dict[str, str]:
        return self._clock.environment({**os.environ, **self._options.environment})

    async def _until_over(self, child: Child, ending: asyncio.Future[ChildEnd]) -> ChildEnd | None:
        """Wait for the command to end, its dialler to give up, or the deadline; return how the command ended."""
        options = self._options
        patience = options.give_up if options.give_up is not None and options.give_up < options.latest else None
        if patience is not None:
            if await self._wait(ending, patience):
                return self._ended(ending)
            if self._stuck is None:
                self._give_up(child)
                # A dialler that asks its child to end waits a moment for it, then leaves.
                await self._wait(ending, min(patience + options.grace, options.latest), passive=True)
            return self._ended(ending)
        if not await self._wait(ending, options.latest, passive=True) and self._stuck is None:
            self._station.note(DeadlineReached(options.latest))
        return self._ended(ending)

    async def _wait(self, future: asyncio.Future[Any], until: float, *, passive: bool = False) -> bool:
        """Wait for a future, a time, or for time to be stuck; return whether the future is done."""
        clock = self._clock
        while True:
            await wait_until(clock, until, future, clock.stuck, passive=passive)
            if future.done() or not clock.stuck.done():
                return future.done()
            match clock.stuck.result():
                case LeftBehind(pid, reason, slept):
                    self._station.fall_back(pid, reason)
                    clock.let_go(slept)
                case SpinningClients(pids, octets=False) if self._station.clock_choice.asked == "auto":
                    self._station.fall_back(min(pids, default=0), "it computes and never waits")
                    clock.let_go(0.0)
                case SpinningClients() | Proof() | Unproven() as stuck:
                    self._stuck = stuck
                    return False
                case other:
                    assert_never(other)

    def _ended(self, ending: asyncio.Future[ChildEnd]) -> ChildEnd | None:
        if not ending.done():
            return None
        end = ending.result()
        if self._departed is None:
            self._departed = self._departure(self._clock.now())
        self._station.note(ClientEnded(end.status, end.signal))
        return end

    def _departure(self, at: float) -> Departure:
        self._station.transcript.catch_up()
        return self._heard.departure(at, secrets=self._station.secrets)

    def _give_up(self, child: Child) -> None:
        options = self._options
        self._gave_up_at = self._clock.now()
        self._departed = self._departure(self._gave_up_at)
        self._station.note(ClientGaveUp(options.give_up_kills, child.pid))
        # With a first look now, the report after the grace period can say that nothing has moved since.
        self._earlier = self._look(child)
        child.send_signal(signal.SIGTERM, group=options.give_up_kills == "group")

    async def _judge(self, child: Child, ending: asyncio.Future[ChildEnd], end: ChildEnd | None) -> Verdict:
        """Let the grace period pass, then give the verdict."""
        station = self._station
        if self._faults is not None:
            self._faults.release()
        if (left := self._clock.overlooked()) is not None:
            station.fall_back(left.pid, left.reason)
            self._clock.let_go(left.slept)
        if end is not None or self._gave_up_at is not None:
            await self._free_by(self._clock.now() + self._options.grace)
        report = await self._counted_again(child, await self._look_at_last(child))
        end, now = end or self._ended(ending), self._clock.now()
        released = self._driver.openings == 0 and not report.held
        facts = station.facts(exit_status=end.status if end else None, has_client=True)
        if not released:
            facts = facts.held_on(station.lines_of(report.held_lines))
        if self._options.allow_unopened:
            facts = facts.leniently()
        results = station.expectations.judge(facts)
        shortfall = "" if self._options.allow_unopened else station.expectations.shortfall(facts)
        waiting_for = station.waiting_for
        hang = None if released else await self._follow(report)
        return self._verdict(
            child, end, self._sum_up(end, results, hang, shortfall, report), report, results, at=now,
            waiting_for=waiting_for, hang=hang,
        )  # fmt: skip

    def _verdict(
        self,
        child: Child,
        end: ChildEnd | None,
        came_to: tuple[VerdictKind, str],
        report: PortReport,
        results: Sequence[ExpectationResult],
        *,
        at: float,
        waiting_for: str,
        hang: Hang | None = None,
        interrupted: bool = False,
    ) -> Verdict:
        """Note the verdict and what it is made of, and return it."""
        station, (kind, reason) = self._station, came_to
        station.note_expectations(results)
        station.note(VerdictReached(kind, reason))
        verdict = Verdict(
            kind=kind,
            scenario=station.scenario.name,
            reason=reason,
            at=at,
            calls=station.session.calls,
            waiting_for=waiting_for,
            client=self._client(child, end),
            report=report,
            expectations=results,
            hang=hang,
            interrupted=interrupted,
            clock=station.clock_choice,
            real_paces=self._clock.real_paces,
            client_faults=() if self._faults is None else tuple(self._faults.done),
        )
        self._note_holders(report, hang, at)
        return verdict

    def _note_holders(self, report: PortReport, hang: Hang | None, seen_at: float) -> None:
        """Note which processes hold the port and what they wait for, for reports that are made from the transcript."""
        for port in report.all_ports:
            for holder in port.holders:
                seen = HolderSeen(holder.pid, holder.command, holder.where, holder.blocked_in, seen_at)
                self._station.note(seen, port.line)
        for wait in () if hang is None else hang.participants:
            waited = ClientWaited(wait.pid, wait.thread or wait.pid, wait.where, wait.since, wait.until, wait.on_line)
            self._station.note(waited, wait.line)

    def _client(self, child: Child, end: ChildEnd | None) -> ClientReport:
        return ClientReport(
            self._shown(child),
            child.pid,
            end.status if end else None,
            end.signal if end else None,
            self._gave_up_at,
            departure=self._departed,
        )

    def _so_far(self, child: Child) -> Verdict:
        """Return the verdict on a cancelled run; its expectations can't be judged."""
        station, now, report = self._station, self._clock.now(), self._look(child)
        facts = station.facts(exit_status=None, has_client=True)
        if self._driver.openings or report.held:
            how = "the port was held"
        else:
            how = "the port was free" if facts.opened else "the command had not opened the port"
        reason = f"the run was interrupted after {now:.1f} s; until then {how}"
        unjudged = [
            replace(result, held=None, found="the run was interrupted") for result in station.expectations.judge(facts)
        ]
        return self._verdict(
            child, child.end, (VerdictKind.CUT_SHORT, reason), report, unjudged, at=now,
            waiting_for=station.waiting_for, interrupted=True,
        )  # fmt: skip

    async def _free_by(self, when: float) -> None:
        """Wait until the port is free, until ``when``, or until time is stuck."""
        if self._stuck is not None:
            return
        free = asyncio.ensure_future(self._driver.until(lambda: self._driver.openings == 0))
        try:
            await self._wait(free, when, passive=True)
        finally:
            free.cancel()

    async def _look_at_last(self, child: Child) -> PortReport:
        """Look at the port for the verdict. If a descriptor is open whose opening was not notified, such as one of
        /dev/tty, its holder has the grace period to close it.
        """
        until = self._clock.now() + self._options.grace
        never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        while (report := self._look(child)).held and self._driver.openings == 0:
            now = self._clock.now()
            if now >= until or self._stuck is not None:
                break
            await self._wait(never, min(until, now + _LOOK_AGAIN), passive=True)
        return report

    async def _counted_again(self, child: Child, report: PortReport) -> PortReport:
        """Correct a count of openings if no process has the port open; return the report after that.

        If processes of the family are alive, the port may be held invisibly: by another user's process, or by a
        descriptor in flight.
        """
        if report.held or self._driver.openings == 0:
            return report
        if self._stuck is None:  # at the deadline, the notification of a closing may still be under way
            await self._free_by(self._clock.now() + self._options.grace)
        report = self._look(child)
        if self._station.terminal is not None and self._driver.openings and not report.held and not child.living():
            self._driver.recount_as_free()
        return report

    async def _follow(self, report: PortReport) -> Hang:
        """Return the kind of the hang; in virtual time, follow it to its end or to the proof that it has none."""
        clock = self._clock
        stands = not clock.passes
        participants = clock.waits() if stands else ()
        waits = who_waits(self._station.present_far_end, report, self._stuck, participants)
        if waits is WhoWaits.FOR_THE_ISP and self._station.calls_itself:
            waits = WhoWaits.FOR_ANOTHER_LINE
        is_told_of = self._driver.openings > 0
        outside = paced.describe() if stands and (paced := clock.paced_by) is not None else ""
        if self._stuck is None and is_told_of and stands and not outside:
            # The run continues beyond its limits to find out when the port would have become free, or that it never
            # would.
            await self._go_on()
        proof: Proof | None = None
        match self._stuck:
            case Proof() as stuck:
                stranger = _strange_holder(report, stuck)
                outside, proof = outside or stranger, None if stranger else stuck
            case Unproven(wait=wait):
                outside = wait.describe()
            case None | SpinningClients() | LeftBehind():
                pass
            case other:
                assert_never(other)
        until = self._driver.last_closed_at if is_told_of and self._driver.openings == 0 else None
        return Hang(
            waits,
            proof is not None,
            until,
            participants,
            unless_signalled=proof is not None and proof.unless_signalled,
            outside=outside,
        )

    async def _go_on(self) -> None:
        """Let time pass until the port is free, or there is no point in waiting for that any longer."""
        enough = self._clock.after_moments(MOST_FOLLOWED)
        free = asyncio.ensure_future(self._free_by(_FAR))
        try:
            await asyncio.wait([free, enough], return_when=asyncio.FIRST_COMPLETED)
        finally:
            enough.cancel()
            free.cancel()
            await asyncio.wait([free])
        if not free.cancelled():
            free.result()

    def _sum_up(
        self,
        end: ChildEnd | None,
        results: Sequence[ExpectationResult],
        hang: Hang | None,
        shortfall: str,
        report: PortReport,
    ) -> tuple[VerdictKind, str]:
        """Return the verdict and the reason."""
        match self._stuck:
            case SpinningClients(octets=False):
                return VerdictKind.CUT_SHORT, (
                    f"the client never waits: it computed for {self._options.compute_limit:g} s of real time, and "
                    "virtual time can't pass meanwhile (--clock auto takes real time then)"
                )
            case None | SpinningClients() | Proof() | Unproven() | LeftBehind():
                pass
            case other:
                assert_never(other)
        how = RunEnd(
            self._driver.first_opened_at is not None,
            "" if end is None else str(end),
            self._gave_up_at,
            self._stuck is not None,
            self._options.grace,
            self._options.latest,
        )
        return sum_up(how, results, hang, shortfall, held_lines=report.held_lines)

    def _look(self, child: Child) -> PortReport:
        report = self._station.report(
            directories=self._options.lock_directories, parents=child.parents, reapers=(os.getpid(),),
            earlier=self._earlier,
        )  # fmt: skip
        return report if self._clock.passes else as_shared(report, self._clock.waits())

    def _shown(self, child: Child) -> str:
        # Masked before quoting: quoting changes the text of a secret with a quotation mark.
        return shlex.join(mask_arguments(child.argv, self._station.secrets))

    def _with_clean_up(self, verdict: Verdict, done: _CleanUp) -> Verdict:
        if verdict.client is None:
            return verdict
        if done.ended:
            self._station.note(CleanedUp(tuple(done.ended)))
        for path in done.removed:
            self._station.note(LockFileRemoved(path))
        report = replace(
            verdict.client, cleaned_up=done.ended, left_behind=done.left, locks_removed=done.removed,
            locks_remaining=done.complaints,
        )  # fmt: skip
        return replace(verdict, client=report)


def _program(pid: int) -> str:
    """Return the name of a process's program; empty if it is gone."""
    status = process_status(pid)
    return "" if status is None else status.name


def _strange_holder(report: PortReport, proof: Proof) -> str:
    """Return the holder outside the run, which may let go of the port although the run waits forever; empty if none."""
    known = {one.pid for one in proof.participants}
    holders = (holder for port in report.all_ports for holder in port.holders)
    stranger = next((holder.pid for holder in holders if holder.pid not in known), None)
    if stranger is not None:
        return f"{named(stranger)} holds the port and does not share the clock"
    return "" if report.held else "a process that can't be seen holds the port"
