"""A scenario on a virtual serial port, served by a thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from functools import partial
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from simisp.endpoints.base import Endpoint
from simisp.endpoints.spec import parse_endpoints
from simisp.errors import ScenarioUnreachedError, WrongClientError
from simisp.forensics import PortReport
from simisp.forensics.report import Holder
from simisp.report.tail import last_lines
from simisp.runner.clocks import ClockChoice, choose_clock, parse_clock
from simisp.runner.expectations import broken
from simisp.runner.ports import further_ports, paths_of, ports_of
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict, VerdictKind
from simisp.runtime.clock import wait_until
from simisp.scenario.line_section import LineSection
from simisp.scenario.load import LoadedScenario
from simisp.testing.client_run import ClientRun
from simisp.testing.failures import SoftExpectations, did_not_come, failure, joined
from simisp.testing.keeping import keep_line
from simisp.testing.loop_thread import LoopThread
from simisp.testing.scenario_source import faults_section, loaded, with_faults
from simisp.testing.words import words_of
from simisp.transcript import Record, Source
from simisp.transcript.search import TextSearch
from simisp.visible import visible_lines

__all__ = ["Line"]

_Result = TypeVar("_Result")
_TOLD = (WrongClientError, ScenarioUnreachedError)
"""Failures that say themselves what happened on the line."""
_NOT_OPEN = "the line is not open: use it in a with statement"
_NOT_STARTED = "the line shares its clock with a command, and opens with it: call run() or start() first"
_LOOK_AGAIN = 0.02
"""Seconds between two checks on a holder whose end is not notified."""


class Line:
    """A scenario on a virtual serial port, for tests that block. A context manager.

    Times are real seconds. All properties and methods but :meth:`close` need the line to be open, inside the ``with``
    statement; outside they raise ValueError.

    With ``clock="virtual"`` or another clock that is shared with a command, the line opens when :meth:`run` or
    :meth:`start` starts the command; times are those of the run then.

    Args:
        scenario: A file, a bundled scenario's name, a scenario's text, its keys as a dict, or a loaded one.
        link: The path of the port's symbolic link; None for a free name in the user's private folder.
        endpoint: The way to the line, as with ``simisp run --endpoint``: ``"pty"``, ``"tcp"``, ``"unix:@NAME"``, or
            several of them; ``"tcp"`` alone is a free port on loopback.
        judged: Whether leaving the ``with`` statement judges the scenario's expectations, as :meth:`check` does. It
            does not after an exception.
        clock: ``"real"``, or the clock that is shared with a command: see :func:`simisp.testing.play`.
        faults: Faults of the line besides the scenario's, each as an item of ``line: faults:``, or its kind alone.
        keep: A path to which ``.jsonl`` and ``.html`` are added: transcript and page of the line are written there
            when it is closed, secrets masked. None to write nothing.

    Raises:
        ScenarioError: The scenario or a fault is wrong.
        EndpointError: No port is available.
        ValueError: ``endpoint`` is not written as one or has no terminal for ``link``, or ``clock`` is none.
    """

    def __init__(
        self,
        scenario: str | Path | Mapping[str, object] | LoadedScenario,
        *,
        link: str | Path | None = None,
        endpoint: str | Sequence[str] = (),
        judged: bool = True,
        clock: str = "real",
        faults: Iterable[str | Mapping[str, object]] = (),
        keep: str | Path | None = None,
    ) -> None:
        self._scenario = with_faults(loaded(scenario), faults)
        parse_clock(clock)
        self._clock = clock
        self._keep = None if keep is None else Path(keep)
        self._client: ClientRun | None = None
        self._soft = SoftExpectations()
        self._injected: list[LineSection] = []
        self._specs = parse_endpoints(endpoint)
        if link is not None and self._specs and not any(spec.takes_link for spec in self._specs):
            raise ValueError("link is for a pseudo-terminal that names no link itself: endpoint='pty', or leave it out")
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
            if self._clock == "real":
                self._serve(ClockChoice())
        except BaseException:
            self._server.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._judged and self._server is not None:
                if self._station is None:  # no command came that shares the clock, and what is expected of it is open
                    self._serve(ClockChoice())
                self.check()
            elif kind is None and self._soft:
                raise joined(self._soft.take())
        except AssertionError as failure:
            failure.add_note(self._kept())
            raise
        finally:
            if error is not None:
                error.add_note(self._kept() if isinstance(error, _TOLD) else self._account())
            self.close()

    # With a command --------------------------------------------------------------------------------------------------

    def run(self, command: Sequence[str | PathLike[str]], *, options: RunOptions | None = None) -> Verdict:
        """Run a command on the line and return the verdict, as :func:`simisp.testing.play` does.

        Unless the line is not ``judged``, leaving the ``with`` statement fails if the verdict is not *released*.

        Args:
            command: The program and its arguments, texts or paths; ``{port}`` stands for the port's path.
            options: Patience, deadline, grace and so on.

        Raises:
            ValueError: A command has been run on this line already.
            TypeError: It is a text in place of a list of words, or a word is neither text nor path.
            ClockUnavailableError: The command can't have the clock that was asked for by name.
            ClientError: The command can't be started.
        """
        self.start(command, options=options)
        return self.wait()

    def start(self, command: Sequence[str | PathLike[str]], *, options: RunOptions | None = None) -> None:
        """Start a command on the line; :meth:`wait` gives the verdict. See :meth:`run`."""
        if self._client is not None:
            raise ValueError("a command has been run on this line already: a verdict is on one command")
        if self._server is None:
            raise ValueError(_NOT_OPEN)
        words = words_of(command)
        if self._clock != "real":
            self._serve(choose_clock(self._clock, words))
        for section in self._injected:
            self._server.call(partial(self._line.inject, section))
        self._client = self._server.call(lambda: ClientRun(self._line, words, options))

    def wait(self) -> Verdict:
        """Wait for the verdict on the command that :meth:`start` has started."""
        if self._client is None:
            raise ValueError("no command was started on this line")
        return self._server_now.start(self._client.verdict()).result()

    def inject(self, fault: str | Mapping[str, object]) -> None:
        """Let a fault of the line come, now or when it says, besides those of the scenario.

        Before :meth:`start` on a line with a shared clock it is there from the beginning of the run. In virtual time
        the client is quicker than the test: say ``after``.

        Args:
            fault: An item of ``line: faults:``, such as ``{"fault": "silence", "for": "5s"}``, or its kind alone.

        Raises:
            ScenarioError: The fault is wrong.
        """
        section = faults_section(self._scenario, fault)
        if self._station is None and self._server is not None:
            self._injected.append(section)
            return
        self._server_now.call(partial(self._line.inject, section))

    def expect(self, text: str, *, within: float = 30.0, soft: bool = False) -> bool:
        """Wait until the modem or the ISP has sent ``text``, after the text expected before; return whether it has.

        Args:
            text: The text, one character for each octet (ISO 8859-1).
            within: The limit in seconds of the run, 0 or more.
            soft: Whether the test goes on without it, and fails when the ``with`` statement ends.

        Raises:
            WrongClientError: It did not come in time, and is not ``soft``.
            ScenarioUnreachedError: Likewise, and the port was never opened.
        """
        came = self._server_now.start(self._await_text(text, within)).result()
        if came:
            return True
        if soft:
            self._soft.miss(text, within, self._line.secrets)
            return False
        raise self._failure(self._did_not_come(text, within))

    async def _await_text(self, text: str, within: float) -> bool:
        """Wait for a text, in the line's own thread; no longer than the command's run takes."""
        station, search = self._line, self._search
        assert search is not None
        clock, found = station.clock, asyncio.ensure_future(station.driver.until(lambda: search.find(text)))
        over = [] if self._client is None else [self._client.over]
        try:
            await wait_until(clock, clock.now() + within, found, *over, passive=True)
            return found.done() or search.find(text)
        finally:
            found.cancel()

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
        soft = self._soft.take()
        if self._client is not None:
            verdict = self.wait()
            if soft or verdict.kind is not VerdictKind.RELEASED:
                said = visible_lines("\n".join([*soft, verdict.describe(), self._tail()]))
                raise WrongClientError(said) if verdict.kind is VerdictKind.HANG else self._failure(said)
            return
        failed = [*soft, *broken(self._server_now.start(self._line.judge()).result())]
        if failed:
            raise self._failure(visible_lines(f"the scenario expects otherwise: {'; '.join(failed)}\n{self._tail()}"))

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
            raise ScenarioUnreachedError("the port was never opened")
        until = time.monotonic() + within
        self._finish(
            self._server_now.start(driver.until(lambda: driver.openings == 0)),
            within,
            lambda: self._not_released(within),
        )
        # A process that has the port open as /dev/tty was never notified as an opening.
        while self.report().held:
            if time.monotonic() >= until:
                raise WrongClientError(self._not_released(within))
            time.sleep(_LOOK_AGAIN)
        shortfall = "" if allow_unopened else self._call(self._line.shortfall)
        if shortfall:
            raise ScenarioUnreachedError(visible_lines(f"the port came free, but {shortfall}\n{self._tail()}"))

    def close(self) -> None:
        """Remove the port. Calling it again does nothing."""
        if self._server is None:
            return
        try:
            if self._client is not None:
                self._server.start(self._client.end()).result()
            station, self._station = self._station, None
            if station is not None:
                self._server.call(station.close)
                if self._keep is not None:
                    keep_line(station, self._keep)
        finally:
            self._server.close()
            self._server = None

    @property
    def _line(self) -> Station:
        if self._station is None:
            raise ValueError(_NOT_OPEN if self._server is None else _NOT_STARTED)
        return self._station

    @property
    def _server_now(self) -> LoopThread:
        assert self._server is not None
        return self._server

    def _serve(self, choice: ClockChoice) -> None:
        """Open the port with a clock."""
        self._station = self._server_now.call(partial(self._open, choice))
        self._search = TextSearch(self._station.transcript)

    def _open(self, choice: ClockChoice) -> Station:
        make = self._make_endpoint
        endpoint = ports_of(self._scenario, self._specs, link=self._link) if make is None else make()
        further = further_ports(self._specs)
        station = Station(self._scenario, endpoint, clock=choice, make_port=further).__enter__()
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
            raise self._failure(message()) from None

    def _failure(self, message: str) -> AssertionError:
        """Return the error for a failed test: the client is wrong, or it never came to where it is tested."""
        station = self._line
        opened = self._call(lambda: station.driver.first_opened_at) is not None
        return failure(message, opened=opened, shortfall=self._call(station.shortfall))

    def _account(self) -> str:
        """Return what a failed test says of the line: the last exchanges, the holders of the port, and what is kept."""
        lines = [f"simisp: {self._scenario.name}"]
        if self._station is not None:
            lines += [self._tail(), f"{self._call(lambda: self._line.waiting_for)}", self.report().describe()]
        return visible_lines("\n".join([*lines, self._kept()]))

    def _kept(self) -> str:
        """Return where transcript and page of the line are, or how to have them."""
        if self._keep is None:
            return "with --simisp-keep DIR (unittest: SIMISP_KEEP=DIR) transcript and page of the run are kept"
        return visible_lines("\n".join(f"kept: {self._keep}{suffix}" for suffix in (".jsonl", ".html")))

    def _did_not_come(self, text: str, within: float) -> str:
        return f"{did_not_come(text, within, self._line.secrets)}; the last that happened:\n{self._tail()}"

    def _not_released(self, within: float) -> str:
        waiting = self._call(lambda: self._line.waiting_for)
        found = f"{self.report().describe()}\n{self._tail()}"
        return visible_lines(f"the port was not released within {within:g} s; {waiting}\n{found}")

    def _tail(self) -> str:
        return last_lines(self.transcript, self._line.secrets)
