r"""The API for tests: scenarios on virtual serial ports, in plain tests and in asyncio tests.

>>> with Line("hang.yaml") as line:                                                    # doctest: +SKIP
...     my_dialler.dial(line.port)
...     line.wait_for("Username:")
...     line.assert_released(within=5)

The port is served in a separate thread, so the test may block.

An asyncio client of your own needs no port of the system's, and no real time:

>>> @in_virtual_time
... async def test_my_dialler_gives_up() -> None:
...     async with memory_line("hang.yaml") as line:
...         reader, writer = line.open()
...         writer.write(b"ATDT5551234\r")
...         await line.wait_for("Service?")
...         writer.write(b"p\r")
...         await line.wait_for("Username:")
...         writer.write(b"alice\r")
...         await asyncio.sleep(60.0)  # the ISP has stopped responding
...         writer.close()
...         await line.assert_released(within=5)
>>> test_my_dialler_gives_up()
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TypeVar

from simisp.endpoints.memory import MemoryPort
from simisp.endpoints.memory_transport import MemorySerial, MemoryTransport
from simisp.errors import ProvenHangError, SpinningError, UnsharedTimeError
from simisp.forensics import PortReport, holders_of
from simisp.forensics.report import Holder
from simisp.report.tail import last_lines
from simisp.runner.clocks import choose_clock
from simisp.runner.expectations import broken
from simisp.runner.memory_line import MemoryLine
from simisp.runner.run import RunOptions, run_client
from simisp.runner.station import GRACE, Station
from simisp.runner.verdict import Verdict
from simisp.scenario.load import LoadedScenario, load, loads
from simisp.scenario.values import duration
from simisp.transcript import Record, Source
from simisp.transcript.redaction import mask_text
from simisp.transcript.search import TextSearch
from simisp.virtual_loop.clock import COMPUTE_LIMIT
from simisp.virtual_loop.loop import (
    VirtualLoop,
    in_virtual_time,
    proven_hang,
    run_in_virtual_time,
    virtual_loop_factories,
    virtual_loop_policy,
)
from simisp.visible import visible_lines

__all__ = [
    "AsyncLine",
    "Line",
    "Lines",
    "LoadedScenario",
    "MemoryLine",
    "MemoryPort",
    "MemorySerial",
    "MemoryTransport",
    "ProvenHangError",
    "RunOptions",
    "SpinningError",
    "UnsharedTimeError",
    "VirtualLoop",
    "in_virtual_time",
    "load",
    "loads",
    "memory_line",
    "play",
    "proven_hang",
    "run_in_virtual_time",
    "virtual_loop_factories",
    "virtual_loop_policy",
]

_Result = TypeVar("_Result")
_LOOK_AGAIN = 0.02
"""Seconds between two checks on a holder whose end is not notified."""


def play(
    scenario: str | Path | LoadedScenario,
    command: Sequence[str],
    *,
    options: RunOptions | None = None,
    clock: str = "real",
    circuits: bool = False,
    give_up: float | str | None = None,
    give_up_kills: Literal["parent", "group"] = "parent",
    deadline: float | str | None = None,
    grace: float | str = GRACE,
    compute_limit: float | str = COMPUTE_LIMIT,
    allow_unopened: bool = False,
    lock_directories: Sequence[str | Path] = (),
    environment: Mapping[str, str] | None = None,
    on_record: Callable[[Record], None] | None = None,
) -> Verdict:
    """Run a command against a scenario on a pseudo-terminal and return the verdict, as ``simisp run`` does.

    Whatever the command leaves behind is ended before this returns. It is called outside of any event loop. A duration
    is seconds, or text as in scenarios: ``"500ms"``, ``"3s"``, ``"20m"``.

    Args:
        scenario: A file, a bundled scenario's name, a scenario's text, or a loaded one.
        command: The program and its arguments; ``{port}`` stands for the port's path, and where it does not occur the
            command's standard input and output are the port.
        options: Ready options, for tests that share them, in place of all keywords from ``give_up`` to
            ``environment``.
        clock: The time that simulator and command share: ``"real"``, ``"virtual"``, ``"scaled:N"`` (N from 0.001 to
            100000), or ``"auto"``, virtual where the command can have it.
        circuits: Whether to provide the command with modem circuits in real time too.
        give_up: When the dialler loses patience and ends the command; None for never.
        give_up_kills: What it ends then: ``"parent"``, only the command itself, or ``"group"``, its process group.
        deadline: Latest time for the verdict, in seconds of the run; None: 600 s, or 600 s after ``give_up`` where
            that is 600 s or more.
        grace: How long after the command's end, or after ``give_up``, the port may stay open before that is a hang.
        compute_limit: In virtual time, for how many real seconds the command may compute without ever waiting.
        allow_unopened: Whether a command may pass that never opens the port, or never reaches the ISP.
        lock_directories: Where to look for lock files; the system's if empty.
        environment: Environment variables for the command, besides this process's.
        on_record: Called with each record as it happens, secrets masked.

    Raises:
        TypeError: A time is not a number of seconds, or ``options`` is given together with what it replaces.
        ValueError: A time is negative, a text is not a duration or not a clock, or ``give_up`` is not before
            ``deadline``.
        ScenarioError: The scenario can't be found or is wrong.
        EndpointError: No port is available, or a lock directory does not exist.
        ClockUnavailableError: The command can't have the clock that was asked for by name.
        ClientError: The command can't be started.
    """
    given = RunOptions(
        give_up=_optional_seconds(give_up),
        give_up_kills=give_up_kills,
        deadline=_optional_seconds(deadline),
        grace=_seconds(grace),
        compute_limit=_seconds(compute_limit),
        allow_unopened=allow_unopened,
        lock_directories=lock_directories,
        environment=environment or {},
    )
    if options is not None and given != RunOptions():
        raise TypeError("options is given in place of the keywords from give_up to environment, not beside them")
    loaded = _loaded(scenario)
    choice = choose_clock(clock, command, circuits=circuits)
    listeners = () if on_record is None else (on_record,)

    async def run() -> Verdict:
        with Station(loaded, clock=choice, listeners=listeners) as station:
            return await run_client(station, command, options or given)

    return asyncio.run(run())


def memory_line(scenario: str | Path | LoadedScenario, *, judged: bool = True) -> MemoryLine:
    """Return a scenario on a port in memory, for an asyncio client in this process. See :class:`MemoryLine`.

    Args:
        scenario: A file, a bundled scenario's name, a scenario's text, or a loaded one.
        judged: Whether leaving the ``async with`` statement judges the scenario's expectations.

    Raises:
        ScenarioError: The scenario is wrong.
    """
    return MemoryLine(_loaded(scenario), judged=judged)


class _Server:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="simisp", daemon=True)
        self._thread.start()

    def start(self, work: Coroutine[Any, Any, _Result]) -> Future[_Result]:
        """Run a coroutine in the thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def call(self, function: Callable[[], _Result]) -> _Result:
        """Call a function in the thread and return what it returns."""

        async def work() -> _Result:
            return function()

        return self.start(work()).result()

    def close(self) -> None:
        """End the thread. Calling it again does nothing."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


class Line:
    """A scenario on a virtual serial port, for tests that block. A context manager.

    Args:
        scenario: A file, a bundled scenario's name, a scenario's text, or a loaded one.
        link: The path of the port's symbolic link; None for a free name in the user's private folder.
        judged: Whether leaving the ``with`` statement judges the scenario's expectations, as :meth:`check` does. It
            does not after an exception.

    Raises:
        ScenarioError: The scenario is wrong.
        EndpointError: No port is available.
    """

    def __init__(
        self, scenario: str | Path | LoadedScenario, *, link: str | Path | None = None, judged: bool = True
    ) -> None:
        self._scenario = _loaded(scenario)
        self._link = link
        self._judged = judged
        self._server: _Server | None = None
        self._station: Station | None = None
        self._search: TextSearch | None = None

    def __enter__(self) -> Line:
        self._server = _Server()
        try:
            self._station = self._server.call(self._open)
            self._search = TextSearch(self._station.transcript)
        except BaseException:
            self._server.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._judged and self._station is not None:
                self.check()
        finally:
            self.close()

    @property
    def port(self) -> str:
        """The path that a client opens."""
        return self._line.port

    @property
    def transcript(self) -> tuple[Record, ...]:
        """Every record so far."""
        return self._call(lambda: tuple(self._line.transcript))

    @property
    def calls(self) -> int:
        """How many calls the ISP has answered."""
        return self._call(lambda: self._line.session.calls)

    @property
    def text(self) -> str:
        """Everything that the modem and the ISP have sent, one character for each octet."""
        return self._call(self._line.transcript.text)

    @property
    def received(self) -> str:
        """Everything that the client has sent, one character for each octet."""
        return self._call(lambda: self._line.transcript.text(Source.CLIENT))

    def wait_for(self, text: str, *, within: float = 10.0) -> None:
        """Wait until the modem or the ISP has sent ``text``, after the text waited for before.

        Args:
            text: The text.
            within: Real seconds.

        Raises:
            AssertionError: It did not come in time; the message shows what came.
        """
        self._finish(self._start_waiting(text), within, lambda: self._did_not_come(text, within))

    def holders(self) -> tuple[Holder, ...]:
        """Return the processes that have the port open, except the simulator."""
        return self.report().holders

    def report(self) -> PortReport:
        """Return the processes that hold the port, where each is blocked, and the port's locks."""
        line = self._line
        return holders_of(line.port, descriptor=line.endpoint.slave, secrets=line.secrets)

    def check(self) -> None:
        """Judge the scenario's expectations now. There is no client whose exit status could be judged.

        If the scenario expects that the port is released, processes have two seconds to close it.

        Raises:
            AssertionError: An expectation does not hold; the message says which, and what was found instead.
        """
        failed = broken(self._server_now.start(self._line.judge()).result())
        if failed:
            raise AssertionError(visible_lines(f"the scenario expects otherwise: {'; '.join(failed)}\n{self._tail()}"))

    def assert_released(self, *, within: float = 5.0, allow_unopened: bool = False) -> None:
        """Wait until no process has the port open any more, provided that one opened it and reached the ISP.

        Args:
            within: Real seconds.
            allow_unopened: Whether a port that was never opened, or by which no call reached the ISP, also counts.

        Raises:
            AssertionError: A process still has it open; the message says which, and where it is blocked. Or the port
                was never opened. Or no call has reached the ISP's dialogue; where no number leads to the ISP, none was
                dialled.
        """
        driver = self._line.driver
        if not allow_unopened and self._call(lambda: driver.first_opened_at) is None:
            raise AssertionError("the port was never opened")
        until = time.monotonic() + within
        self._finish(
            self._server_now.start(driver.until(lambda: driver.openings == 0)),
            within,
            lambda: self._not_released(within),
        )
        # A process that has the port open as /dev/tty was never notified as an opening.
        while self.report().held:
            if time.monotonic() >= until:
                raise AssertionError(self._not_released(within))
            time.sleep(_LOOK_AGAIN)
        shortfall = "" if allow_unopened else self._call(self._line.shortfall)
        if shortfall:
            raise AssertionError(visible_lines(f"the port came free, but {shortfall}\n{self._tail()}"))

    def close(self) -> None:
        """Remove the port. Calling it again does nothing."""
        if self._server is not None:
            station, self._station = self._station, None
            if station is not None:
                self._server.call(station.close)
            self._server.close()
            self._server = None

    @property
    def _line(self) -> Station:
        if self._station is None:
            raise ValueError("the line is not open: use it in a with statement")
        return self._station

    @property
    def _server_now(self) -> _Server:
        assert self._server is not None
        return self._server

    def _open(self) -> Station:
        station = Station(self._scenario, link=self._link).__enter__()
        try:
            station.place_locks()
        except BaseException:
            station.close()
            raise
        return station

    def _call(self, function: Callable[[], _Result]) -> _Result:
        self._line  # noqa: B018 - refuses what is not open
        return self._server_now.call(function)

    def _start_waiting(self, text: str) -> Future[None]:
        station, search = self._line, self._search
        assert search is not None
        return self._server_now.start(station.driver.until(lambda: search.find(text)))

    def _finish(self, future: Future[None], within: float, message: Callable[[], str]) -> None:
        try:
            future.result(within)
        except FutureTimeoutError:
            future.cancel()
            raise AssertionError(message()) from None

    def _did_not_come(self, text: str, within: float) -> str:
        wanted = mask_text(repr(text), self._line.session.secrets)
        return f"{wanted} did not come within {within:g} s; the last that happened:\n{self._tail()}"

    def _not_released(self, within: float) -> str:
        waiting = self._call(lambda: self._line.session.waiting_for)
        found = f"{self.report().describe()}\n{self._tail()}"
        return visible_lines(f"the port was not released within {within:g} s; {waiting}\n{found}")

    def _tail(self) -> str:
        return last_lines(self.transcript, self._line.session.secrets)


class AsyncLine:
    """The same for asyncio tests: methods that wait are coroutines. See :class:`Line`."""

    def __init__(self, line: Line) -> None:
        self._line = line

    @property
    def port(self) -> str:
        """The path that a client opens."""
        return self._line.port

    @property
    def transcript(self) -> tuple[Record, ...]:
        """Every record so far."""
        return self._line.transcript

    @property
    def calls(self) -> int:
        """How many calls the ISP has answered."""
        return self._line.calls

    @property
    def text(self) -> str:
        """Everything that the modem and the ISP have sent."""
        return self._line.text

    @property
    def received(self) -> str:
        """Everything that the client has sent."""
        return self._line.received

    def holders(self) -> tuple[Holder, ...]:
        """Return the processes that have the port open."""
        return self._line.holders()

    def report(self) -> PortReport:
        """Return the processes that hold the port, where each is blocked, and the port's locks."""
        return self._line.report()

    async def wait_for(self, text: str, *, within: float = 10.0) -> None:
        """See :meth:`Line.wait_for`."""
        await asyncio.to_thread(self._line.wait_for, text, within=within)

    async def check(self) -> None:
        """See :meth:`Line.check`."""
        await asyncio.to_thread(self._line.check)

    async def assert_released(self, *, within: float = 5.0, allow_unopened: bool = False) -> None:
        """See :meth:`Line.assert_released`."""
        await asyncio.to_thread(self._line.assert_released, within=within, allow_unopened=allow_unopened)


class _Opener:
    """The result of ``simisp("hang.yaml")``: enter it with ``with``, or with ``async with`` in asyncio tests."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def __enter__(self) -> Line:
        return self._line.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._line.__exit__(*error)

    async def __aenter__(self) -> AsyncLine:
        return AsyncLine(await asyncio.to_thread(self._line.__enter__))

    async def __aexit__(self, *error: Any) -> None:
        await asyncio.to_thread(self._line.__exit__, *error)


class Lines:
    """Opens lines and closes those that a test forgot: the value of the pytest fixture ``simisp``.

    Args:
        beside: A folder in which to look for scenarios before the current folder and the bundled ones.
    """

    def __init__(self, beside: str | Path = "") -> None:
        self._beside = beside
        self._lines: list[Line] = []

    def __call__(
        self, scenario: str | Path | LoadedScenario, *, link: str | Path | None = None, judged: bool = True
    ) -> _Opener:
        """Return a line for a ``with`` or ``async with`` statement. See :class:`Line` for the arguments."""
        line = Line(_loaded(scenario, self._beside), link=link, judged=judged)
        self._lines.append(line)
        return _Opener(line)

    def close(self) -> None:
        """Close every line."""
        for line in self._lines:
            line.close()


def _loaded(scenario: str | Path | LoadedScenario, beside: str | Path = "") -> LoadedScenario:
    if isinstance(scenario, LoadedScenario):
        return scenario
    if isinstance(scenario, str) and "\n" in scenario:
        return loads(scenario)
    return load(scenario, beside=beside)


def _seconds(time: float | str) -> float:
    """Return a duration in seconds; a text is parsed as in scenarios."""
    return duration(time) if isinstance(time, str) else time


def _optional_seconds(time: float | str | None) -> float | None:
    return None if time is None else _seconds(time)
