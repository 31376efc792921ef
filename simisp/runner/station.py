"""A scenario on a port: combines Session, endpoint, driver, transcript and clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from simisp.endpoints.base import Endpoint, Terminal
from simisp.endpoints.unpluggable import UnpluggableEndpoint
from simisp.errors import EndpointError
from simisp.facts.fact import Fact
from simisp.facts.run import ExpectationJudged, LockFilePlaced, RunBegan, TimeFellBack, VerdictReached
from simisp.far_end import FarEnd
from simisp.locks import PlacedLocks, find_locks, lock_directories
from simisp.runner.clocks import ClockChoice
from simisp.runner.isp_programs import refuse_missing_programs
from simisp.runner.plug import follow_plugs
from simisp.runner.ports import ports_of, pseudo_terminal
from simisp.runner.run_facts import RunFacts
from simisp.runner.run_options import GRACE
from simisp.runner.scenario_line import ScenarioLine
from simisp.runner.verdict import ExpectationResult
from simisp.runner.witness import Witness
from simisp.runtime.clock import wait_until
from simisp.runtime.line_driver import LineDriver
from simisp.scenario.line_section import LineSection
from simisp.scenario.load import LoadedScenario
from simisp.transcript import Record, Redactor
from simisp.transcript.redaction import mask_text

if TYPE_CHECKING:  # what looks into other processes is loaded only for a run that has to
    from simisp.forensics import PortReport
    from simisp.virtual_loop.clock import ClientClock

__all__ = ["Listener", "Station"]

Listener = Callable[[Record], None]


_MOST_WATCHED = 16
"""With more lines than these, which process opens a port is found out for the first one alone: each look takes long."""


class Station:
    """A scenario played on a port. Create it inside a running event loop; use it as a context manager.

    Args:
        scenario: The scenario to play.
        endpoint: The port, which the station closes in the end; None for a new pseudo-terminal.
        clock: The clock of the run; None for real time.
        listeners: Called with each record, secrets masked.
        show_secrets: Whether listeners see secrets unmasked.
        fell_back: Called with the reason, secrets masked, if the run has to continue in real time.
        make_port: Makes the ports of further lines, each by the line's name and at the path that it is given, for what
            is played there; None for pseudo-terminals.

    Raises:
        EndpointError: No port is available.
        ClockUnavailableError: A clock was asked for that is not available on this port or in this event loop.
    """

    """How often faults were injected."""

    def __init__(
        self,
        scenario: LoadedScenario,
        endpoint: Endpoint | None = None,
        *,
        clock: ClockChoice | None = None,
        listeners: Iterable[Listener] = (),
        show_secrets: bool = False,
        fell_back: Callable[[str], None] | None = None,
        make_port: Callable[[str, str, LoadedScenario], Endpoint] | None = None,
    ) -> None:
        self.scenario = scenario
        self._line = ScenarioLine(scenario)
        self.session, self.transcript = self._line.session, self._line.transcript
        self.endpoint: Endpoint = endpoint or ports_of(scenario)
        self._other_ports: list[Endpoint] = []
        """The ports of further lines, in their order."""
        try:
            for name in self._line.others:
                path, played = f"{self._common_path}-{name}", self._line.played_on(name)
                self._other_ports.append(
                    make_port(name, path, played) if make_port else pseudo_terminal(played, link=path)
                )
            self.clock_choice, self.clock = self._clock_of(clock or ClockChoice())
        except BaseException:
            self._close_ports()
            raise
        self.secrets = () if show_secrets else self._line.secrets
        """The known secrets, to be masked."""
        self._redactor = None if show_secrets else Redactor(self.secrets)
        self.placed_locks: PlacedLocks | None = None
        self._lock_directories: tuple[str | Path, ...] = ()
        self.expectations = self._line.expectations
        """The scenario's expectations, watched from the beginning."""
        self._listeners = list(listeners)
        self._fell_back = fell_back
        if self._listeners:
            self.transcript.listen(self._tell)
        self._witnesses = {name: self._witness(name, port) for name, port in self.ports.items()}
        self.driver: LineDriver = self._drive()

    def _clock_of(self, asked: ClockChoice) -> tuple[ClockChoice, ClientClock]:
        """Return the clock that can be had on these ports, and why it is not the one asked for."""
        terminals = {name: port.terminal for name, port in self.ports.items()}
        is_unplugged = any(modem.unplug is not None for _, modem in self._line.modems)
        possible = asked.beside(self.scenario.started_programs)
        choice = possible.within(asyncio.get_running_loop(), terminals.values(), is_unplugged=is_unplugged)
        return choice, choice.make(terminals)

    def _witness(self, name: str, port: Endpoint) -> Witness | None:
        names = self.expectations.lock_names_on(name)
        # The lock files that are expected of no line in particular are those of the first port.
        if port is self.endpoint:
            names = (*self.expectations.lock_names, *names)
        elif len(self._other_ports) >= _MOST_WATCHED and not names:
            return None
        return None if port.terminal is None else Witness(port.terminal, names, port.path)

    def _drive(self) -> LineDriver:
        """Return what drives the line, or all lines."""
        ports = self.ports
        if not self.scenario.bank and len(ports) == 1 and not isinstance(self.endpoint, UnpluggableEndpoint):
            return self._line.drive(self.endpoint, self.clock, self._witnesses[self._line.name])
        group = self._line.drive_several(list(ports.values()), self.clock, list(self._witnesses.values()))
        follow_plugs(self._line.modems, group, ports, self.clock)
        return group

    @property
    def _common_path(self) -> str:
        """The path of the first port, without the name of its line that a link in a bank may end with."""
        path = self.endpoint.path
        return path.removesuffix(f"-{self._line.name}") if self.scenario.model.lines is not None else path

    @property
    def present_far_end(self) -> FarEnd | None:
        """The far end of the call that is up, on any line; None between calls."""
        return self._line.present_far_end

    @property
    def calls_itself(self) -> bool:
        """Whether the call that is up first is one between two of its lines."""
        return self._line.calls_itself

    @property
    def waiting_for(self) -> str:
        """What this side of the line, or of each line, is waiting for, in words."""
        return self._line.waiting_for

    @property
    def ports(self) -> dict[str, Endpoint]:
        """The port of each line by the line's name; a line that is the only one has an empty name."""
        return dict(zip((self._line.name, *self._line.others), (self.endpoint, *self._other_ports), strict=True))

    @property
    def lines(self) -> dict[str, str]:
        """The path of each line by its name; a line that is the only one has an empty name."""
        return {name: port.path for name, port in self.ports.items()}

    def lines_of(self, ports: Iterable[str]) -> set[str]:
        """Return the names of the lines that some ports are of; each port of a modem by itself is of its line."""
        return {self._line.line_of(port) for port in ports}

    def look(self) -> None:
        """Take what has happened at any port by now."""
        for endpoint in (self.endpoint, *self._other_ports):
            endpoint.look()

    def place_locks(self, directories: Iterable[str | Path] = ()) -> None:
        """Make the lock file that the scenario begins with. Calling it again does nothing.

        Args:
            directories: The lock directories; the system's if empty.

        Raises:
            LockError: Another process holds the port.
            EndpointError: A lock directory is missing or can't be written.
        """
        self._lock_directories = tuple(directories)
        for witness in filter(None, self._witnesses.values()):
            witness.directories = self._lock_directories
        wanted = self.scenario.model.port.lock
        if wanted is not None and self.placed_locks is None and self.terminal is not None:
            self.placed_locks = PlacedLocks(self.port, directories, stale=wanted == "stale")
            self.note(LockFilePlaced(wanted))

    def left_locks(self) -> dict[str, list[str]]:
        """Return the lock files of each line's port now, in words, except those of the scenario itself."""
        if self.terminal is None:
            return {}
        try:
            directories = lock_directories(self._lock_directories)
            found = {name: find_locks(path, directories) for name, path in self.lines.items()}
        except EndpointError:
            return {}  # there is no lock directory
        placed = self.placed_locks
        return {
            name: [lock.describe() for lock in locks if placed is None or not placed.includes(lock)]
            for name, locks in found.items()
        }

    def fall_back(self, pid: int, reason: str) -> None:
        """Record that the run continues in real time.

        Args:
            pid: The process that cannot share virtual time; 0 if it is not due to one process.
            reason: Why not.
        """
        self.note(TimeFellBack(pid, reason))
        who = f"pid {pid}" if pid else "a process"
        self.clock_choice = replace(self.clock_choice, used="real", why=f"{who} can't share virtual time: {reason}")
        if self._fell_back is not None:
            self._fell_back(mask_text(reason, self.secrets))

    @property
    def terminal(self) -> Terminal | None:
        """The port as a terminal of this machine; None where it is another kind of port."""
        return self.endpoint.terminal

    def report(
        self,
        *,
        directories: Iterable[str | Path] = (),
        parents: Mapping[int, int] | None = None,
        reapers: Collection[int] = (),
        earlier: PortReport | None = None,
    ) -> PortReport:
        """Return which processes hold the port, and which locks lie on it. On what is no terminal none can be seen.

        With several ports it is the report on the first one that is held, with those on the others that are held too.

        Args:
            directories: See :func:`simisp.forensics.holders_of`, also for the others.
            parents: Parents of processes, as they were known earlier.
            reapers: Processes to which orphans come.
            earlier: A report to compare with.
        """
        from simisp.forensics import PortReport, holders_of

        moved = time.time() - (self.clock.now() - self.driver.last_moved_at)
        before = {} if earlier is None else {report.port: report for report in earlier.all_ports}
        look = partial(
            holders_of,
            directories=directories,
            parents=parents,
            reapers=reapers,
            secrets=self.secrets,
            quiet_since=moved,
        )
        reports = [
            replace(look(port.path, descriptor=port.terminal.slave, earlier=before.get(port.path)), line=name)
            for name, port in self.ports.items()
            if port.terminal is not None
        ]
        if not reports:
            return PortReport(self.port, "", time.time(), quiet_since=moved, is_searchable=False)
        first, *others = [report for report in reports if report.held] or reports[:1]
        return replace(first, others=tuple(others))

    @property
    def port(self) -> str:
        """The path that a client opens."""
        return self.endpoint.path

    def __enter__(self) -> Station:
        try:
            refuse_missing_programs(self.scenario)
            self.note(RunBegan(self.scenario.name, self.port))
            self.driver.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def note(self, fact: Fact, line: str = "") -> None:
        """Append a fact to the transcript, at the present time; of one of several lines with its name."""
        self.transcript.add(Record(self.clock.now(), fact.source, fact, line))

    def inject(self, section: LineSection) -> None:
        """Let the faults of a line's section come from now on, besides those of the scenario.

        A fault that says nothing of when it comes, comes now.
        """
        self._line.inject(section, self.driver, now=self.clock.now())

    def note_expectations(self, results: Iterable[ExpectationResult]) -> None:
        """Append how each expectation was judged."""
        for result in results:
            self.note(ExpectationJudged(result.expectation, result.held, result.found))

    def facts(self, *, exit_status: int | None = None, has_client: bool = False) -> RunFacts:
        """Return the facts by which expectations are judged, as of now."""
        there = {name: witness.locks_there() for name, witness in self._witnesses.items() if witness is not None}
        return self._line.facts(
            self.driver, locks=self.left_locks(), lock_names=there, exit_status=exit_status, has_client=has_client
        )

    def shortfall(self) -> str:
        """Return why the run has tried too little for a verdict so far; empty if it has tried enough."""
        return self.expectations.shortfall(self.facts())

    async def judge(self, *, grace: float = GRACE) -> list[ExpectationResult]:
        """Return the expectations of a run without a command, each with whether it held.

        Args:
            grace: How many seconds the port may still stay open, if its release is expected.
        """
        driver = self.driver
        if driver.openings and self.expectations.expects_release:
            free = asyncio.ensure_future(driver.until(lambda: driver.openings == 0))
            try:
                await wait_until(self.clock, self.clock.now() + grace, free)
            finally:
                free.cancel()
        return self.expectations.judge(self.facts())

    def judge_so_far(self) -> list[ExpectationResult]:
        """Return the expectations of a run without a command that is interrupted.

        What could still have come true is not judged.
        """
        return self.expectations.judge_so_far(self.facts())

    def digest(self) -> str:
        """Return a hash of the transcript up to the verdict; equal for equivalent runs.

        Which processes the clean-up still finds depends on their speed, which no clock orders.
        """
        return self.transcript.digest(until=VerdictReached)

    def close(self) -> None:
        """Stop, remove the port, and pass the records held back to the listeners. Calling it again does nothing."""
        self.driver.stop()
        self.clock.close()
        if self.placed_locks is not None:
            self.placed_locks.remove()
        self._close_ports()
        if self._redactor is not None:
            for record in self._redactor.flush():
                self._show(record)

    def _close_ports(self) -> None:
        for endpoint in (*self._other_ports, self.endpoint):
            endpoint.close()

    def _tell(self, record: Record) -> None:
        for ready in self._redactor.feed(record) if self._redactor is not None else (record,):
            self._show(ready)

    def _show(self, record: Record) -> None:
        for listener in self._listeners:
            listener(record)
