"""One run: a scenario, a client, a verdict."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from simisp.runner.expectations import Expectations, RunFacts
from simisp.runner.station import Station
from simisp.runner.verdict import ClientReport, Verdict, VerdictKind
from simisp.runtime.child import Child, ChildEnd, adopting_orphans
from simisp.runtime.forensics import PortReport, holders_of
from simisp.transcript import Source
from simisp.transcript.redaction import mask_text

__all__ = ["GiveUpKills", "RunOptions", "run_client"]

GiveUpKills = str
"""``"parent"``: only the command itself, as the mail service did; ``"group"``: its whole process group."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run with a client goes.

    Attributes:
        give_up: After so many seconds the dialler loses patience; None: never.
        give_up_kills: Whom it ends then, with SIGTERM: ``"parent"`` or ``"group"``.
        deadline: The verdict is given after so many seconds at the latest.
        grace: For so many seconds the port may still be held after the command has ended.
        lock_directories: Where lock files are looked for; the system's own when empty.
        environment: Variables that the command gets besides this process's.
        while_held: Called and awaited when the port turns out to be held, before anything is cleaned up: what a
            second dialler meets can be tried there.
    """

    give_up: float | None = None
    give_up_kills: GiveUpKills = "parent"
    deadline: float = 600.0
    grace: float = 2.0
    lock_directories: Sequence[str | Path] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    while_held: Callable[[], Awaitable[None]] | None = None


async def run_client(station: Station, command: Sequence[str], options: RunOptions | None = None) -> Verdict:
    """Run a command against a scenario and return the verdict. Whatever the command left behind is ended then.

    Args:
        station: The scenario on its port, already entered.
        command: The program and its arguments; see :meth:`simisp.runtime.child.Child.start` for ``{port}``.
        options: Patience, deadline, grace.

    Raises:
        ClientError: The command can't be started.
    """
    with adopting_orphans():
        return await _Run(station, command, options or RunOptions()).play()


class _Run:
    def __init__(self, station: Station, command: Sequence[str], options: RunOptions) -> None:
        self._station = station
        self._driver = station.driver
        self._command = command
        self._options = options
        self._expectations = Expectations(station.scenario.model)
        self._gave_up_at: float | None = None
        self._earlier: PortReport | None = None

    async def play(self) -> Verdict:
        station = self._station
        station.transcript.listen(self._expectations.take)
        child = await Child.start(self._command, port=station.port, environment=self._options.environment)
        station.note("started", Source.CLIENT, pid=child.pid, command=self._shown(child))
        try:
            end = await self._until_over(child)
            verdict = await self._judge(child, end)
            if verdict.kind is VerdictKind.HANG and self._options.while_held is not None:
                await self._options.while_held()
        finally:
            # Whatever happened, an interruption too: nothing that a run started outlives it.
            cleaned_up = await asyncio.shield(child.clean_up())
        return self._with_clean_up(verdict, cleaned_up)

    async def _until_over(self, child: Child) -> ChildEnd | None:
        """Wait for the command's end, its dialler's patience, or the deadline; return how the command ended."""
        options = self._options
        waiting = asyncio.ensure_future(child.wait())
        try:
            if options.give_up is not None and options.give_up < options.deadline:
                end = await self._wait_until(waiting, options.give_up)
                if end is not None:
                    return end
                self._give_up(child)
                # A dialler that asks its child to end waits a moment for it, then leaves it to itself.
                return await self._wait_until(waiting, min(options.give_up + options.grace, options.deadline))
            end = await self._wait_until(waiting, options.deadline)
            if end is None:
                self._station.note("deadline", Source.RUN, after=options.deadline)
            return end
        finally:
            waiting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await waiting

    async def _wait_until(self, waiting: asyncio.Future[ChildEnd], until: float) -> ChildEnd | None:
        delay = self._station.clock.real_delay(until)
        done, _ = await asyncio.wait([waiting], timeout=delay)
        if not done:
            return None
        end = waiting.result()
        self._station.note("ended", Source.CLIENT, exit_status=end.status, signal=end.signal)
        return end

    def _give_up(self, child: Child) -> None:
        options = self._options
        self._gave_up_at = self._station.clock.now()
        self._station.note("gave up", Source.CLIENT, kills=options.give_up_kills, pid=child.pid)
        # Looked at now, the report after the grace can tell that nothing has moved since.
        self._earlier = self._look(child)
        child.send_signal(signal.SIGTERM, group=options.give_up_kills == "group")

    async def _judge(self, child: Child, end: ChildEnd | None) -> Verdict:
        """Give the port its grace, then say what the run came to."""
        if end is None and self._gave_up_at is None:
            released = self._driver.openings == 0
        else:
            released = await self._free_within(self._options.grace)
        station, now = self._station, self._station.clock.now()
        facts = RunFacts(self._released_after(released), end.status if end else None, station.session.calls)
        results = self._expectations.judge(facts)
        failed = [result for result in results if not result.held]
        if not released:
            kind, reason = VerdictKind.HANG, self._why_hang(end)
        elif failed:
            kind, reason = (
                VerdictKind.FAILED,
                "the port came free, but " + "; ".join(f"{result.expectation}: {result.found}" for result in failed),
            )
        else:
            kind, reason = VerdictKind.RELEASED, self._why_released(end)
        report = None if released else self._look(child)
        station.note("verdict", verdict=kind.value, reason=reason)
        return Verdict(
            kind=kind,
            scenario=station.scenario.name,
            reason=reason,
            at=now,
            calls=station.session.calls,
            waiting_for=station.session.waiting_for,
            client=ClientReport(
                self._shown(child),
                child.pid,
                end.status if end else None,
                end.signal if end else None,
                self._gave_up_at,
            ),
            report=report,
            expectations=results,
        )

    async def _free_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._driver.until(lambda: self._driver.openings == 0), seconds)
        return self._driver.openings == 0

    def _released_after(self, released: bool) -> float | None:
        first = self._driver.first_opened_at
        if not released:
            return None
        last = self._driver.last_closed_at
        return 0.0 if first is None or last is None else last - first

    def _why_hang(self, end: ChildEnd | None) -> str:
        if self._gave_up_at is not None:
            return (
                f"the dialler gave up after {self._gave_up_at:.1f} s and the port is still held"
                f" {self._options.grace:g} s later"
            )
        if end is not None:
            return f"the command ended ({end}), and the port is still held {self._options.grace:g} s later"
        return f"the command still holds the port after {self._options.deadline:g} s"

    def _why_released(self, end: ChildEnd | None) -> str:
        if self._driver.first_opened_at is None:
            return "the port is free; the command never opened it"
        if end is None:
            return "the port is free, though the command still runs"
        return "the port came free"

    def _look(self, child: Child) -> PortReport:
        quiet = self._station.clock.now() - self._driver.last_moved_at
        return holders_of(
            self._station.port,
            directories=self._options.lock_directories,
            descriptor=self._station.endpoint.slave,
            ignore=(os.getpid(),),
            parents=child.parents,
            reapers=(os.getpid(),),
            secrets=self._station.secrets,
            earlier=self._earlier,
            quiet_since=time.time() - quiet,
        )

    def _shown(self, child: Child) -> str:
        return mask_text(shlex.join(child.argv), self._station.secrets)

    def _with_clean_up(self, verdict: Verdict, cleaned_up: tuple[int, ...]) -> Verdict:
        if not cleaned_up or verdict.client is None:
            return verdict
        self._station.note("cleaned up", pids=" ".join(map(str, cleaned_up)))
        return replace(verdict, client=replace(verdict.client, cleaned_up=cleaned_up))
