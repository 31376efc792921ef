"""The lines of one run: several drivers that are asked as one.

What one line takes may have changed another: the ports of one modem share their state, and the lines of a bank call
each other. So after each event at one port the others are given a turn, or those of them that are known to be
concerned: a bank may have a thousand lines. Each driver keeps its own timer, flow control and count of openings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from simisp.endpoints.base import Endpoint
from simisp.facts.fact import Fact
from simisp.machine import Output
from simisp.runtime.clock import Clock
from simisp.runtime.conditions import Conditions
from simisp.runtime.driver import Driver
from simisp.transcript import Record, Transcript

__all__ = ["DriverGroup", "LineRecorder"]

_MOST_TURNS = 100
"""Turns after one event. Lines answer each other a few times; what is left after that waits for the next event."""


class LineRecorder:
    """One line of a transcript: records under its name.

    Args:
        transcript: The transcript of the run.
        name: The line's name.
    """

    __slots__ = ("_name", "_transcript")

    def __init__(self, transcript: Transcript, name: str) -> None:
        self._transcript = transcript
        self._name = name

    def note(self, at: float, fact: Fact) -> None:
        """Append a fact; the fact itself names its party."""
        self._transcript.add(Record(at, fact.source, fact, self._name))

    def add_outputs(self, outputs: Sequence[Output], *, at: float, size: tuple[int, int] | None = None) -> None:
        """Append the outputs of the line's machine at one time."""
        self._transcript.add_outputs(outputs, at=at, line=self._name, size=size)


class DriverGroup:
    """Several drivers as one: what a run asks of its only driver, it asks of all of them.

    It is a :class:`~simisp.runtime.line_driver.LineDriver`.

    Create the drivers with :attr:`stirred`, then :meth:`add` them; the first is the one whose port the command gets.

    Args:
        concerned: Returns the names of the lines at which something was caused since the last call; None where each
            event may concern all of them.
        together: With ``concerned``: the names of the ports of one modem, for each port of such a modem. An event at
            one of them may concern the others.

    Attributes:
        drivers: The drivers, in the order of the lines.
    """

    def __init__(
        self,
        concerned: Callable[[], Sequence[str]] | None = None,
        together: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        self.drivers: list[Driver] = []
        self._concerned = concerned
        self._together = together
        self._named: dict[str, Driver] = {}
        self._conditions = Conditions()
        self._turns = False
        self._onlookers: list[Callable[[], None]] = []

    def add(self, driver: Driver, name: str = "") -> None:
        """Take the driver of a line in."""
        self.drivers.append(driver)
        self._named[name] = driver

    def show(self, onlooker: Callable[[], None]) -> None:
        """Call ``onlooker`` after each event at any port."""
        self._onlookers.append(onlooker)

    @property
    def by_port(self) -> Mapping[str, Driver]:
        """The drivers by the names of their ports, in the order of the ports."""
        return self._named

    @property
    def endpoint(self) -> Endpoint:
        """The port of the first line."""
        return self.drivers[0].endpoint

    @property
    def clock(self) -> Clock:
        """The clock of the run."""
        return self.drivers[0].clock

    @property
    def openings(self) -> int:
        """How many times the ports are open, together."""
        return sum(driver.openings for driver in self.drivers)

    @property
    def first_opened_at(self) -> float | None:
        """When any of the ports was first opened."""
        return min((at for driver in self.drivers if (at := driver.first_opened_at) is not None), default=None)

    @property
    def last_closed_at(self) -> float | None:
        """When a port was last closed completely."""
        return max((at for driver in self.drivers if (at := driver.last_closed_at) is not None), default=None)

    @property
    def last_moved_at(self) -> float:
        """When an octet last passed, at any port."""
        return max(driver.last_moved_at for driver in self.drivers)

    def start(self) -> None:
        """Begin to serve the ports."""
        for driver in self.drivers:
            driver.start()

    def stop(self) -> None:
        """Leave the ports alone. Calling it again does nothing."""
        for driver in self.drivers:
            driver.stop()
        self._conditions.cancel()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition`` holds; it is evaluated after each event at any port."""
        await self._conditions.until(condition)

    def recount_as_free(self) -> None:
        """Treat every port as closed although its closing was not notified: no process has one open."""
        for driver in self.drivers:
            if driver.openings:
                driver.recount_as_free()

    def stirred(self, by: Driver) -> None:
        """Give the others a turn after an event at one port, and then all of them until none has anything left."""
        if not self._turns:
            self._turns = True
            try:
                self._give_turns(by)
            finally:
                self._turns = False
        for onlooker in self._onlookers:
            onlooker()
        self._conditions.look()

    def _give_turns(self, by: Driver) -> None:
        if self._concerned is not None:
            moved = [name for name in self._together if self._named[name] is by]
            for _ in range(_MOST_TURNS):
                others = [other for name in moved for other in self._together.get(name, ()) if other != name]
                names = dict.fromkeys([*self._concerned(), *others])
                if not names:
                    return
                moved = [name for name in names if self._named[name].stir()]
            return
        turn = [driver for driver in self.drivers if driver is not by]
        for _ in range(_MOST_TURNS):
            if not sum(driver.stir() for driver in turn):
                return
            turn = self.drivers
