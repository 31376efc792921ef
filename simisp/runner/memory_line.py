"""A scenario on a port in memory, for asyncio clients in the same process; in virtual time if their loop has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

from simisp.circuits import Circuit
from simisp.endpoints.memory import MemoryEndpoint, MemoryPort
from simisp.endpoints.memory_transport import MemoryTransport, connect, open_streams
from simisp.report.tail import last_lines
from simisp.runner.expectations import broken
from simisp.runner.run_facts import RunFacts
from simisp.runner.scenario_line import ScenarioLine
from simisp.runtime.clock import LoopClock, wait_until
from simisp.runtime.driver import Driver
from simisp.scenario.load import LoadedScenario
from simisp.transcript import Record, Source
from simisp.transcript.redaction import mask_text
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
        self._search = TextSearch(self.records)
        self._driver: Driver | None = None
        self._endpoint: MemoryEndpoint | None = None

    async def __aenter__(self) -> MemoryLine:
        loop = asyncio.get_running_loop()
        is_virtual = isinstance(loop, VirtualLoop)
        if isinstance(loop, VirtualLoop):
            loop.witnesses.append(self.situation)
        self._endpoint = MemoryEndpoint(loop.call_soon, path=f"memory:{self.scenario.name}")
        clock = LoopClock(0.0 if is_virtual else loop.time())
        self._driver = self._assembled.drive(self._endpoint, clock)
        self._driver.start()
        return self

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
        finally:
            await self._take_away()

    async def _take_away(self) -> None:
        self._line.stop()
        self._port.close()
        await asyncio.sleep(0)  # the client's transport is notified

    # For the client ---------------------------------------------------------------------------------------------------

    def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open the port; ``writer.transport.serial`` has the circuits by pyserial's names.

        Raises:
            EndpointError: It is already open.
        """
        return open_streams(self._port.open())

    async def create_connection(self, protocol_factory: Callable[[], _Protocol]) -> tuple[MemoryTransport, _Protocol]:
        """Open the port for a protocol, in the shape of pyserial-asyncio's ``create_serial_connection``.

        Args:
            protocol_factory: Makes the protocol, which is connected when this returns.

        Raises:
            EndpointError: It is already open.
        """
        return await connect(self._port.open(), protocol_factory)

    def open_port(self) -> MemoryPort:
        """Open the port without asyncio's streams.

        Raises:
            EndpointError: It is already open.
        """
        return self._port.open()

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
        return self._port.is_open

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
            wanted = mask_text(repr(text), self.session.secrets)
            raise AssertionError(f"{wanted} did not come within {within:g} s; the last that happened:\n{self._tail()}")

    def check(self) -> None:
        """Judge the scenario's expectations now. There is no client whose exit status could be judged.

        Raises:
            AssertionError: An expectation does not hold; the message says which, and what was found instead.
        """
        failed = broken(self._expectations.judge(self._facts()))
        if failed:
            raise AssertionError(visible_lines(f"the scenario expects otherwise: {'; '.join(failed)}\n{self._tail()}"))

    async def assert_released(self, *, within: float | None = None, allow_unopened: bool = False) -> None:
        """Wait until the client has closed the port, having reached the ISP with it.

        Args:
            within: Seconds of the run; None for no limit.
            allow_unopened: Whether a port that was never opened, or by which no call reached the ISP, also counts.

        Raises:
            AssertionError: It is still open, was never opened, or no call has reached the ISP's dialogue; where no
                number leads to the ISP, none was dialled.
        """
        if not allow_unopened and not self._port.is_open and self._line.first_opened_at is None:
            await asyncio.sleep(0)  # an opening under way reaches the line
            if self._line.first_opened_at is None:
                raise AssertionError("the port was never opened")
        if not await self._until(lambda: not self._port.is_open and self._line.openings == 0, within):
            raise AssertionError(
                visible_lines(f"the port was not released within {within:g} s; {self.situation()}\n{self._tail()}")
            )
        shortfall = "" if allow_unopened else self._expectations.shortfall(self._facts())
        if shortfall:
            raise AssertionError(visible_lines(f"the port came free, but {shortfall}\n{self._tail()}"))

    def situation(self) -> str:
        """Return what this side of the line is waiting for, and whether the port is open, in words."""
        return f"{self._port.path} is {'open' if self.is_open else 'free'}; {self.session.waiting_for}"

    def _facts(self) -> RunFacts:
        return self._assembled.facts(self._line)

    @property
    def _line(self) -> Driver:
        if self._driver is None:
            raise ValueError("the line is not open: use it in an async with statement")
        return self._driver

    @property
    def _port(self) -> MemoryEndpoint:
        self._line  # noqa: B018 - refuses what is not open
        assert self._endpoint is not None
        return self._endpoint

    async def _until(self, condition: Callable[[], bool], within: float | None) -> bool:
        waiting = asyncio.ensure_future(self._line.until(condition))
        try:
            await wait_until(self._line.clock, None if within is None else self.now + within, waiting)
            return waiting.done()
        finally:
            waiting.cancel()

    def _tail(self) -> str:
        return last_lines(self.records, self.session.secrets)
