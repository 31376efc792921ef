"""A scenario on a virtual serial port, served by a thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from simisp.endpoints.base import Endpoint
from simisp.endpoints.spec import parse_endpoints
from simisp.forensics import PortReport
from simisp.forensics.report import Holder
from simisp.report.tail import last_lines
from simisp.runner.expectations import broken
from simisp.runner.ports import further_ports, paths_of, ports_of
from simisp.runner.station import Station
from simisp.scenario.load import LoadedScenario
from simisp.testing.loop_thread import LoopThread
from simisp.testing.scenario_source import loaded
from simisp.transcript import Record, Source
from simisp.transcript.redaction import mask_text
from simisp.transcript.search import TextSearch
from simisp.visible import visible_lines

__all__ = ["Line"]

_Result = TypeVar("_Result")
_LOOK_AGAIN = 0.02
"""Seconds between two checks on a holder whose end is not notified."""


class Line:
    """A scenario on a virtual serial port, for tests that block. A context manager.

    Times are real seconds. All properties and methods but :meth:`close` need the line to be open, inside the ``with``
    statement; outside they raise ValueError.

    Args:
        scenario: A file, a bundled scenario's name, a scenario's text, or a loaded one.
        link: The path of the port's symbolic link; None for a free name in the user's private folder.
        endpoint: The way to the line, as with ``simisp run --endpoint``: ``"pty"``, ``"tcp"``, ``"unix:@NAME"``, or
            several of them; ``"tcp"`` alone is a free port on loopback.
        judged: Whether leaving the ``with`` statement judges the scenario's expectations, as :meth:`check` does. It
            does not after an exception.

    Raises:
        ScenarioError: The scenario is wrong.
        EndpointError: No port is available.
        ValueError: ``endpoint`` is not written as one.
    """

    def __init__(
        self,
        scenario: str | Path | LoadedScenario,
        *,
        link: str | Path | None = None,
        endpoint: str | Sequence[str] = (),
        judged: bool = True,
    ) -> None:
        self._scenario = loaded(scenario)
        self._specs = parse_endpoints(endpoint)
        self._make_endpoint: Callable[[], Endpoint] | None = None
        self._link = link
        self._judged = judged
        self._server: LoopThread | None = None
        self._station: Station | None = None
        self._search: TextSearch | None = None

    @classmethod
    def on_endpoint(
        cls, scenario: str | Path | LoadedScenario, make: Callable[[], Endpoint], *, judged: bool = True
    ) -> Line:
        """Internal: return a line on a port of any kind, which is made in the loop of the line's own thread."""
        line = cls(scenario, judged=judged)
        line._make_endpoint = make
        return line

    def __enter__(self) -> Line:
        self._server = LoopThread()
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
        """The path that a client opens: by default a symbolic link to the pseudo-terminal."""
        return self._line.port

    @property
    def url(self) -> str:
        """The same, which for a TCP port is a URL that pyserial opens, such as ``socket://127.0.0.1:4001``."""
        return self._line.port

    @property
    def ports(self) -> tuple[str, ...]:
        """The paths of all ports that lead to the line; one, unless ``endpoint`` names several."""
        return paths_of(self._line.endpoint)

    @property
    def lines(self) -> dict[str, str]:
        """The path of each line by its name, where there are several, such as the ports of one modem."""
        return self._call(lambda: self._line.lines)

    @property
    def transcript(self) -> tuple[Record, ...]:
        """Every record so far, in order, secrets not masked."""
        return self._call(lambda: tuple(self._line.transcript))

    @property
    def calls(self) -> int:
        """How many calls the ISP has answered, 0 or more."""
        return self._call(lambda: self._line.session.calls)

    @property
    def text(self) -> str:
        """Everything that the modem and the ISP have sent, one character for each octet."""
        return self._call(self._line.transcript.text)

    @property
    def received(self) -> str:
        """Everything that the client has sent, one character for each octet."""
        return self._call(lambda: self._line.transcript.text(Source.CLIENT))

    def wait_for(self, text: str, *, within: float = 30.0) -> None:
        """Wait until the modem or the ISP has sent ``text``, after the text waited for before.

        Args:
            text: The text, one character for each octet (ISO 8859-1).
            within: The limit in real seconds, 0 or more.

        Raises:
            AssertionError: It did not come in time; the message shows what came.
        """
        self._finish(self._start_waiting(text), within, lambda: self._did_not_come(text, within))

    def holders(self) -> tuple[Holder, ...]:
        """Return the processes that have the port open, except the simulator."""
        return self.report().holders

    def report(self) -> PortReport:
        """Return the processes that hold the port, where each is blocked, and the port's locks."""
        return self._line.report()

    def check(self) -> None:
        """Judge the scenario's expectations now. There is no client whose exit status could be judged.

        If the scenario expects that the port is released, processes have two seconds to close it.

        Raises:
            AssertionError: An expectation does not hold; the message says which, and what was found instead.
        """
        failed = broken(self._server_now.start(self._line.judge()).result())
        if failed:
            raise AssertionError(visible_lines(f"the scenario expects otherwise: {'; '.join(failed)}\n{self._tail()}"))

    def assert_released(self, *, within: float = 30.0, allow_unopened: bool = False) -> None:
        """Wait until no process has the port open any more, provided that one opened it and reached the ISP.

        Args:
            within: The limit in real seconds, 0 or more.
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
    def _server_now(self) -> LoopThread:
        assert self._server is not None
        return self._server

    def _open(self) -> Station:
        make = self._make_endpoint
        endpoint = ports_of(self._scenario, self._specs, link=self._link) if make is None else make()
        further = further_ports(self._scenario, self._specs)
        station = Station(self._scenario, endpoint, make_port=further).__enter__()
        try:
            station.place_locks()
        except BaseException:
            station.close()
            raise
        return station

    def _call(self, function: Callable[[], _Result]) -> _Result:
        station = self._line

        def look() -> _Result:
            station.look()  # so that the client's earlier actions are seen
            return function()

        return self._server_now.call(look)

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
        wanted = mask_text(repr(text), self._line.secrets)
        return f"{wanted} did not come within {within:g} s; the last that happened:\n{self._tail()}"

    def _not_released(self, within: float) -> str:
        waiting = self._call(lambda: self._line.waiting_for)
        found = f"{self.report().describe()}\n{self._tail()}"
        return visible_lines(f"the port was not released within {within:g} s; {waiting}\n{found}")

    def _tail(self) -> str:
        return last_lines(self.transcript, self._line.secrets)
