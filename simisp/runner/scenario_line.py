"""A scenario's line, assembled in one place for all kinds of port: machine, records, expectations, driver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from simisp.endpoints.base import Ability, Endpoint
from simisp.facts.line import CallAnswered
from simisp.far_end import FarEnd
from simisp.line.port_machine import PortMachine
from simisp.line.session import Session
from simisp.runner.line_expectations import BankExpectations, expectations_of
from simisp.runner.run_facts import RunFacts
from simisp.runtime.clock import Clock
from simisp.runtime.driver import Driver, Onlooker
from simisp.runtime.driver_group import DriverGroup, LineRecorder
from simisp.runtime.line_driver import LineDriver
from simisp.scenario.line_section import LineSection, channels_of_section
from simisp.scenario.lines import bank_lines, concerned_in_bank, main_session, modems_of, other_lines
from simisp.scenario.load import LoadedScenario
from simisp.scenario.triggers import with_triggers
from simisp.transcript import Record, Transcript
from simisp.transcript.record import Batch

__all__ = ["ScenarioLine"]


class ScenarioLine:
    """The parts of a scenario's run that do not depend on the kind of port.

    Args:
        scenario: The scenario.

    Attributes:
        session: Modem, exchange and ISP, behind the port that a command gets.
        name: The name of that port; empty if it is the only one.
        others: What is behind each of the modem's other ports, by name.
        transcript: The records, which the expectations follow from the beginning.
        expectations: The scenario's expectations.
    """

    def __init__(self, scenario: LoadedScenario) -> None:
        self.session, self.name, self.others = _lines(scenario)
        self._concerned = concerned_in_bank(self.session) if scenario.model.lines is not None else None
        self._seed, self._injected = scenario.model.seed, 0
        self._sections = {line.name: line.scenario.model.line for line in scenario.bank}
        self._sections.setdefault(self.name, scenario.model.line)
        self.modems = modems_of(scenario, (self.name, *self.others))
        """The modems, each with the names of its ports; each line of a bank is one."""
        self._lines_of_ports = {name: names[0] for names, _ in self.modems for name in names}
        played = {line.name: line.scenario for line in scenario.bank}
        self._played = {port: played.get(line, scenario) for port, line in self._lines_of_ports.items()}
        self.transcript = Transcript()
        self.expectations = expectations_of(scenario, self._lines_of_ports)
        self._calls = CallsByLine() if isinstance(self.expectations, BankExpectations) else None
        self.transcript.follow(self.expectations)
        if self._calls is not None:
            self.transcript.follow(self._calls)

    def line_of(self, port: str) -> str:
        """Return the name of the line that a port is of."""
        return self._lines_of_ports[port]

    def played_on(self, port: str) -> LoadedScenario:
        """Return what is played on a port: the scenario, or what a line of a bank has in its place."""
        return self._played[port]

    @property
    def sessions(self) -> Mapping[str, Session]:
        """The lines that have a modem, by name."""
        others = {name: machine for name, machine in self.others.items() if isinstance(machine, Session)}
        return {self.name: self.session, **others}

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The passwords that any of the lines knows, each once."""
        return tuple(dict.fromkeys(word for session in self.sessions.values() for word in session.secrets))

    @property
    def present_far_end(self) -> FarEnd | None:
        """The far end of the call that is up, on any line; None between calls."""
        ends = (session.present_far_end for session in self.sessions.values())
        return next((end for end in ends if end is not None), None)

    @property
    def calls_itself(self) -> bool:
        """Whether the call that is up, the first one if there are several, is one between two of the lines."""
        calls = (session for session in self.sessions.values() if session.present_far_end is not None)
        return next((session.has_line_of_bank for session in calls), False)

    @property
    def waiting_for(self) -> str:
        """What this side is waiting for, in words: on every line if there are several."""
        if not self.others:
            return self.session.waiting_for
        return ", ".join(f"on {name} {session.waiting_for}" for name, session in self.sessions.items())

    def drive(self, endpoint: Endpoint, clock: Clock, onlooker: Onlooker | None = None) -> Driver:
        """Return a driver of the line on a port, not yet started."""
        return Driver(self._behind(self.name, self.session), endpoint, self.transcript, clock, onlooker)

    def drive_several(
        self, endpoints: Sequence[Endpoint], clock: Clock, onlookers: Sequence[Onlooker | None]
    ) -> DriverGroup:
        """Return the drivers of all lines, not yet started.

        Args:
            endpoints: The port of the first line, then those of :attr:`others`, in their order.
            clock: The clock.
            onlookers: For each port, see :class:`~simisp.runtime.driver.Driver`.
        """
        together = {name: names for names, _ in self.modems if len(names) > 1 for name in names}
        group = DriverGroup(self._concerned, together)
        machines: dict[str, PortMachine] = {self.name: self.session, **self.others}
        for (name, machine), endpoint, onlooker in zip(machines.items(), endpoints, onlookers, strict=True):
            records = LineRecorder(self.transcript, name) if name else self.transcript
            group.add(Driver(self._behind(name, machine), endpoint, records, clock, onlooker, group.stirred), name)
        return group

    def _behind(self, name: str, machine: PortMachine) -> PortMachine:
        """Return what is behind a port: the line's machine, with the triggers that the line has."""
        section = self._sections.get(name)
        return with_triggers(section, machine) if section is not None and isinstance(machine, Session) else machine

    def inject(self, section: LineSection, driver: LineDriver, *, now: float) -> None:
        """Let the faults of a line's section come from now on, besides those of the scenario.

        A fault that says nothing of when it comes, comes now.

        Args:
            section: The section.
            driver: The line's driver.
            now: The time.
        """
        from random import Random  # few runs get further faults

        from simisp.scenario.fault_item import WhenSection  # few runs inject a fault

        seed = f"{self._seed}/injected {self._injected}"
        self._injected += 1
        at_once = WhenSection(time=now)
        faults = [each if each.after else each.model_copy(update={"after": at_once}) for each in section.faults]
        makers = channels_of_section(section.model_copy(update={"faults": faults}))
        for place, make in makers.items():
            self.session.add_channel(place, make(Random(f"{seed}/{place.value}")))  # noqa: S311 - no secret
        for each in driver.by_port.values():
            each.stir()

    def facts(
        self,
        driver: LineDriver,
        *,
        locks: Mapping[str, Sequence[str]] = MappingProxyType({}),
        lock_names: Mapping[str, Collection[str]] = MappingProxyType({}),
        exit_status: int | None = None,
        has_client: bool = False,
    ) -> RunFacts:
        """Return the facts by which expectations are judged, as of now.

        Args:
            driver: The line's driver.
            locks: The lock files of the port of each line, in words, by the line's name.
            lock_names: By the line's name, the names of those that the client is expected to make, and that are there.
            exit_status: The client's exit status; None if it has no exit status.
            has_client: Whether there is a command.
        """
        self.transcript.catch_up()
        drivers = driver.by_port
        left = [lock for found in locks.values() for lock in found]
        facts = _facts_of(list(drivers.values()), self.session.calls, left, lock_names.get(self.name, ()))
        by_line = {}
        if self._calls is not None:
            by_line = {
                names[0]: _facts_of(
                    [drivers[name] for name in names],
                    sum(map(self._calls.on, names)),
                    [lock for name in names for lock in locks.get(name, ())],
                    lock_names.get(names[0], ()),
                )
                for names, _ in self.modems
            }
        return replace(facts, exit_status=exit_status, has_client=has_client, lines=by_line)


class CallsByLine:
    """Counts the calls that were answered on each line of a bank; one between two lines counts on both."""

    def __init__(self) -> None:
        self._calls: Counter[str] = Counter()

    def take(self, record: Record) -> None:
        """Take a record."""
        if isinstance(record.fact, CallAnswered):
            self._calls[record.line] += 1

    def take_batches(self, batches: Sequence[Batch]) -> None:
        """Take what lines have put out at one time after the other."""
        for _, line, outputs in batches:
            self._calls[line] += sum(isinstance(output, CallAnswered) for output in outputs)

    def on(self, line: str) -> int:
        """Return how many there were on one line so far."""
        return self._calls[line]


def _facts_of(drivers: Sequence[Driver], calls: int, locks: Sequence[str], lock_names: Collection[str]) -> RunFacts:
    """Return what is known of the ports that some drivers have, apart from the client's end."""
    first = min((at for driver in drivers if (at := driver.first_opened_at) is not None), default=None)
    last = max((at for driver in drivers if (at := driver.last_closed_at) is not None), default=None)
    is_open = any(driver.openings for driver in drivers)
    is_terminal = drivers[0].endpoint.terminal is not None
    return RunFacts(
        None if first is None or last is None or is_open else last - first,
        None,
        calls,
        locks,
        opened=first is not None,
        has_client=False,
        sees_speed=Ability.SPEED in drivers[0].endpoint.abilities,
        sees_modes=is_terminal,
        sees_locks=is_terminal,
        lock_names=lock_names,
    )


def _lines(scenario: LoadedScenario) -> tuple[Session, str, Mapping[str, PortMachine]]:
    """Return the Session behind the port that a command gets, its name, and the machines behind the other ports."""
    if scenario.model.lines is not None:
        (name, first), *others = bank_lines(scenario).items()
        assert isinstance(first, Session), "the first port of a line takes AT commands"
        return first, name, dict(others)
    session, shared = main_session(scenario)
    if shared is None:
        return session, "", {}
    return session, (scenario.model.modem.ports or [""])[0], other_lines(scenario, shared)
