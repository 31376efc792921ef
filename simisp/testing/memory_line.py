"""A scenario on a port in memory, for asyncio clients in the same process; in virtual time if their loop has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType
from typing import TypeVar

from simisp.circuits import Circuit
from simisp.endpoints.memory import MemoryEndpoint, MemoryPort
from simisp.endpoints.memory_transport import MemoryTransport, connect, open_streams
from simisp.endpoints.unpluggable import UnpluggableEndpoint
from simisp.errors import EndpointError, ScenarioUnreachedError, WrongClientError
from simisp.report.tail import last_lines
from simisp.runner.expectations import broken
from simisp.runner.plug import follow_plugs
from simisp.runner.run_facts import RunFacts
from simisp.runner.scenario_line import ScenarioLine
from simisp.runtime.clock import LoopClock, wait_until
from simisp.runtime.line_driver import LineDriver
from simisp.scenario.load import LoadedScenario
from simisp.testing.failures import SoftExpectations, did_not_come, failure, joined
from simisp.testing.scenario_source import faults_section
from simisp.transcript import Record, Source
from simisp.transcript.search import TextSearch
from simisp.virtual_loop.loop import VirtualLoop
from simisp.visible import visible_lines

__all__ = ["MemoryLine"]

_Protocol = TypeVar("_Protocol", bound=asyncio.Protocol)


class MemoryLine:
    r"""A scenario that your asyncio client dials into. An async context manager.

    With a :class:`~simisp.virtual_loop.loop.VirtualLoop` the line's time is exactly the loop's; with any other loop it
    is real time since the line was entered. Leaving the context takes the port away from its client.

    Args:
        scenario: The scenario to play.
        judged: Whether leaving the context judges the scenario's expectations, as :meth:`check` does. It does not after
            an exception.

    Example:
        >>> from simisp.testing import MemoryLine, load, run_in_virtual_time
        >>> async def dial() -> tuple[bytes, float]:
        ...     async with MemoryLine(load("login"), judged=False) as line:
        ...         reader, writer = line.open()
        ...         writer.write(b"ATDT5551234\r")
        ...         return await reader.readuntil(b"\r\nCONNECT 33600\r\n"), line.now
        >>> run_in_virtual_time(dial())
        (b'ATDT5551234\r\r\nCONNECT 33600\r\n', 1.0)
    """

    def __init__(self, scenario: LoadedScenario, *, judged: bool = True) -> None:
        self.scenario = scenario
        self._assembled = ScenarioLine(scenario)
        self.session, self.records = self._assembled.session, self._assembled.transcript
        self._expectations = self._assembled.expectations
        self._judged = judged
        self._soft = SoftExpectations()
        self._search = TextSearch(self.records)
        self._driver: LineDriver | None = None
        self._endpoints: dict[str, MemoryEndpoint | UnpluggableEndpoint] = {}

    async def __aenter__(self) -> MemoryLine:
        loop = asyncio.get_running_loop()
        is_virtual = isinstance(loop, VirtualLoop)
        if isinstance(loop, VirtualLoop):
            self.scenario.refuse_programs("virtual")
            loop.witnesses.append(self.situation)
        clock = LoopClock(0.0 if is_virtual else loop.time())
        self._driver = self._drive(loop, clock)
        self._driver.start()
        return self

    def _drive(self, loop: asyncio.AbstractEventLoop, clock: LoopClock) -> LineDriver:
        """Make the ports, and return what drives them."""
        lines = self._assembled
        for name in (lines.name, *lines.others):
            path = f"memory:{self.scenario.name}" + (f"-{name}" if self._endpoints else "")
            make = partial(_memory_port, loop, path)
            has_plug = lines.played_on(name).model.modem.unplug is not None
            self._endpoints[name] = UnpluggableEndpoint(make) if has_plug else make(None)
        endpoints = list(self._endpoints.values())
        if not self.scenario.bank and len(endpoints) == 1 and not isinstance(endpoints[0], UnpluggableEndpoint):
            return lines.drive(endpoints[0], clock)
        group = lines.drive_several(endpoints, clock, [None] * len(endpoints))
        follow_plugs(lines.modems, group, self._endpoints, clock)
        return group

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        loop = asyncio.get_running_loop()
        if isinstance(loop, VirtualLoop):
            loop.witnesses.remove(self.situation)
        try:
            if kind is None and self._judged:
                await asyncio.sleep(0)  # the client's last actions reach the line
                self.check()
            elif kind is None and self._soft:
                raise joined(self._soft.take())
        finally:
            await self._take_away()

    async def _take_away(self) -> None:
        self._line.stop()
        for endpoint in self._endpoints.values():
            endpoint.close()
        await asyncio.sleep(0)  # the client's transport is notified

    # For the client ---------------------------------------------------------------------------------------------------

    def open(self, line: str = "") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open the port; ``writer.transport.serial`` has the circuits by pyserial's names.

        Args:
            line: Which of several, such as the ports of one modem; empty for the first.

        Raises:
            EndpointError: It is already open, there is no such line, or it is unplugged.
        """
        return open_streams(self.open_port(line))

    async def create_connection(
        self, protocol_factory: Callable[[], _Protocol], line: str = ""
    ) -> tuple[MemoryTransport, _Protocol]:
        """Open the port for a protocol, in the shape of pyserial-asyncio's ``create_serial_connection``.

        Args:
            protocol_factory: Makes the protocol, which is connected when this returns.
            line: As for :meth:`open`.

        Raises:
            EndpointError: As for :meth:`open`.
        """
        return await connect(self.open_port(line), protocol_factory)

    def open_port(self, line: str = "") -> MemoryPort:
        """Open the port without asyncio's streams.

        Args:
            line: As for :meth:`open`.

        Raises:
            EndpointError: As for :meth:`open`.
        """
        return self._port_of(line).open()

    # For the test ----------------------------------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """The time in seconds of the run, 0.0 or more."""
        return self._line.clock.now()

    @property
    def transcript(self) -> tuple[Record, ...]:
        """Every record so far."""
        return tuple(self.records)

    @property
    def text(self) -> str:
        """Everything that the modem and the ISP have sent, one character for each octet."""
        return self.records.text()

    @property
    def received(self) -> str:
        """Everything that the client has sent, one character for each octet."""
        return self.records.text(Source.CLIENT)

    @property
    def calls(self) -> int:
        """How many calls the ISP has answered, 0 or more."""
        return self.session.calls

    @property
    def is_open(self) -> bool:
        """Whether the client has the port open."""
        self._line  # noqa: B018 - refuses what is not open
        return any(port.is_open for port in map(_plugged_in, self._endpoints.values()) if port is not None)

    @property
    def released_at(self) -> float | None:
        """When the port was last closed, in seconds of the run; None before that."""
        return self._line.last_closed_at

    def circuit(self, circuit: Circuit) -> bool:
        """Return whether a circuit that the modem drives is on.

        Args:
            circuit: DSR, CTS, DCD or RI.
        """
        return self._port.circuit(circuit)

    async def wait_for(self, text: str, *, within: float | None = None) -> None:
        """Wait until the modem or the ISP has sent ``text``, after the text waited for before.

        Args:
            text: The text.
            within: Seconds of the run; None for no limit.

        Raises:
            AssertionError: It did not come in time; the message shows what came.
        """
        if not await self._until(lambda: self._search.find(text), within):
            assert within is not None
            raise self._failure(self._did_not_come(text, within))

    async def expect(self, text: str, *, within: float = 30.0, soft: bool = False) -> bool:
        """Wait until the modem or the ISP has sent ``text``, after the text expected before; return whether it has.

        Args:
            text: The text, one character for each octet (ISO 8859-1).
            within: The limit in seconds of the run, 0 or more.
            soft: Whether the test goes on without it, and fails when the ``async with`` statement ends.

        Raises:
            WrongClientError: It did not come in time, and is not ``soft``.
            ScenarioUnreachedError: Likewise, and the port was never opened, or no call has reached the ISP.
        """
        if await self._until(lambda: self._search.find(text), within):
            return True
        if not soft:
            raise self._failure(self._did_not_come(text, within))
        self._soft.miss(text, within, self._assembled.secrets)
        return False

    async def inject(self, fault: str | Mapping[str, object]) -> None:
        """Let a fault of the line come, now or when it says, besides those of the scenario.

        Args:
            fault: An item of ``line: faults:``, such as ``{"fault": "silence", "for": "5s"}``, or its kind alone.

        Raises:
            ScenarioError: The fault is wrong.
        """
        self._assembled.inject(faults_section(self.scenario, fault), self._line, now=self.now)

    def check(self) -> None:
        """Judge the scenario's expectations now. There is no client whose exit status could be judged.

        Raises:
            AssertionError: An expectation does not hold; the message says which, and what was found instead.
        """
        failed = [*self._soft.take(), *broken(self._expectations.judge(self._facts()))]
        if failed:
            raise self._failure(visible_lines(f"the scenario expects otherwise: {'; '.join(failed)}\n{self._tail()}"))

    async def assert_released(self, *, within: float | None = None, allow_unopened: bool = False) -> None:
        """Wait until the client has closed the port, having reached the ISP with it.

        Args:
            within: Seconds of the run; None for no limit.
            allow_unopened: Whether a port that was never opened, or by which no call reached the ISP, also counts.

        Raises:
            AssertionError: It is still open, was never opened, or no call has reached the ISP's dialogue; where no
                number leads to the ISP, none was dialled.
        """
        if not allow_unopened and not self.is_open and self._line.first_opened_at is None:
            await asyncio.sleep(0)  # an opening under way reaches the line
            if self._line.first_opened_at is None:
                raise ScenarioUnreachedError("the port was never opened")
        if not await self._until(lambda: not self.is_open and self._line.openings == 0, within):
            raise WrongClientError(
                visible_lines(f"the port was not released within {within:g} s; {self.situation()}\n{self._tail()}")
            )
        shortfall = "" if allow_unopened else self._expectations.shortfall(self._facts())
        if shortfall:
            raise ScenarioUnreachedError(visible_lines(f"the port came free, but {shortfall}\n{self._tail()}"))

    def _failure(self, message: str) -> AssertionError:
        """Return the error for a failed test: the client is wrong, or it never came to where it is tested."""
        opened = self._line.first_opened_at is not None
        return failure(message, opened=opened, shortfall=self._expectations.shortfall(self._facts()))

    def _did_not_come(self, text: str, within: float) -> str:
        missed = did_not_come(text, within, self._assembled.secrets)
        return f"{missed}; the last that happened:\n{self._tail()}"

    def situation(self) -> str:
        """Return what this side of the line is waiting for, and whether the port is open, in words."""
        return f"{self._path} is {'open' if self.is_open else 'free'}; {self._assembled.waiting_for}"

    def _facts(self) -> RunFacts:
        return self._assembled.facts(self._line)

    @property
    def _line(self) -> LineDriver:
        if self._driver is None:
            raise ValueError("the line is not open: use it in an async with statement")
        return self._driver

    @property
    def _path(self) -> str:
        return next(iter(self._endpoints.values())).path

    @property
    def _port(self) -> MemoryEndpoint:
        return self._port_of("")

    def _port_of(self, line: str) -> MemoryEndpoint:
        self._line  # noqa: B018 - refuses what is not open
        name = line or self._assembled.name
        if name not in self._endpoints:
            known = ", ".join(filter(None, self._endpoints)) or "only one, without a name"
            raise EndpointError(f"there is no line {name!r}", path=self.scenario.name, remedy=f"there is {known}")
        port = _plugged_in(self._endpoints[name])
        if port is None:
            path = self._endpoints[name].path
            raise EndpointError("the port is unplugged", path=path, remedy="wait until it is plugged in again")
        return port

    async def _until(self, condition: Callable[[], bool], within: float | None) -> bool:
        waiting = asyncio.ensure_future(self._line.until(condition))
        try:
            await wait_until(self._line.clock, None if within is None else self.now + within, waiting)
            return waiting.done()
        finally:
            waiting.cancel()

    def _tail(self) -> str:
        return last_lines(self.records, self.session.secrets)


def _memory_port(loop: asyncio.AbstractEventLoop, usual: str, path: str | None) -> MemoryEndpoint:
    return MemoryEndpoint(loop.call_soon, path=path or usual)


def _plugged_in(endpoint: MemoryEndpoint | UnpluggableEndpoint) -> MemoryEndpoint | None:
    """Return the port that is there; None for one that is unplugged."""
    port = endpoint.port if isinstance(endpoint, UnpluggableEndpoint) else endpoint
    assert port is None or isinstance(port, MemoryEndpoint)
    return port
