"""A scenario's line, assembled in one place for all kinds of port: machine, records, expectations, driver."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from simisp.endpoints.base import Ability, Endpoint
from simisp.runner.expectations import Expectations
from simisp.runner.run_facts import RunFacts
from simisp.runtime.clock import Clock
from simisp.runtime.driver import Driver, Onlooker
from simisp.scenario.load import LoadedScenario
from simisp.scenario.session import session
from simisp.transcript import Transcript

__all__ = ["ScenarioLine"]


class ScenarioLine:
    """The parts of a scenario's run that do not depend on the kind of port.

    Args:
        scenario: The scenario.

    Attributes:
        session: Modem, exchange and ISP.
        transcript: The records, which the expectations follow from the beginning.
        expectations: The scenario's expectations.
    """

    def __init__(self, scenario: LoadedScenario) -> None:
        self.session = session(scenario)
        self.transcript = Transcript()
        self.expectations = Expectations(scenario.model)
        self.transcript.follow(self.expectations.take)

    def drive(self, endpoint: Endpoint, clock: Clock, onlooker: Onlooker | None = None) -> Driver:
        """Return a driver of the line on a port, not yet started."""
        return Driver(self.session, endpoint, self.transcript, clock, onlooker)

    def facts(
        self,
        driver: Driver,
        *,
        locks: Sequence[str] = (),
        lock_names: Collection[str] = (),
        exit_status: int | None = None,
        has_client: bool = False,
    ) -> RunFacts:
        """Return the facts by which expectations are judged, as of now.

        Args:
            driver: The line's driver.
            locks: The lock files of the port, in words.
            lock_names: The names of those that the client is expected to make, and that are there.
            exit_status: The client's exit status; None if it has no exit status.
            has_client: Whether there is a command.
        """
        self.transcript.catch_up()
        first, last = driver.first_opened_at, driver.last_closed_at
        in_use_for = None if first is None or last is None or driver.openings else last - first
        return RunFacts(
            in_use_for,
            exit_status,
            self.session.calls,
            locks,
            opened=first is not None,
            has_client=has_client,
            sees_speed=Ability.SPEED in driver.endpoint.abilities,
            sees_modes=driver.endpoint.terminal is not None,
            sees_locks=driver.endpoint.terminal is not None,
            lock_names=lock_names,
        )
