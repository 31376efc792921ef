"""Runs a command against a scenario."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Literal

from simisp.endpoints.spec import parse_endpoints
from simisp.locks import lock_directories as existing_directories
from simisp.runner.clocks import choose_clock
from simisp.runner.ports import further_ports, ports_of
from simisp.runner.run import run_client
from simisp.runner.run_options import GRACE, RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict
from simisp.scenario.load import LoadedScenario
from simisp.scenario.values import duration
from simisp.testing.scenario_source import loaded
from simisp.testing.words import words_of
from simisp.transcript import Record
from simisp.virtual_loop.limits import COMPUTE_LIMIT

__all__ = ["play"]


def play(
    scenario: str | Path | LoadedScenario,
    command: Sequence[str | PathLike[str]],
    *,
    options: RunOptions | None = None,
    clock: str = "real",
    circuits: bool = False,
    endpoint: str | Sequence[str] = (),
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
    """Run a command against a scenario and return the verdict, as ``simisp run`` does.

    Whatever the command leaves behind is ended before this returns. It is called outside of any event loop. A duration
    is seconds, or text as in scenarios: ``"500ms"``, ``"3s"``, ``"20m"``.

    Args:
        scenario: A file, a bundled scenario's name, a scenario's text, or a loaded one.
        command: The program and its arguments, texts or paths; ``{port}`` stands for the port's path, and where it
            does not occur the command's standard input and output are the port.
        options: Ready options, for tests that share them, in place of all keywords from ``give_up`` to
            ``environment``.
        clock: The time that simulator and command share: ``"real"``, ``"virtual"``, ``"scaled:N"`` (N from 0.001 to
            100000), or ``"auto"``, virtual where the command can have it.
        circuits: Whether to provide the command with modem circuits in real time too.
        endpoint: The way to the line in place of a pseudo-terminal, as with ``simisp run --endpoint``: ``"tcp"``,
            ``"unix:@NAME"``, or several of them. ``{port}`` is the first one, such as ``socket://127.0.0.1:4001``.
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
        TypeError: The command is a text, or has something else in it than texts and paths, a time is not a number of
            seconds, another argument is of a wrong type, or ``options`` is given together with what it replaces.
        ValueError: The command is empty, a time is negative or never comes, a text is not a duration, not a clock or
            not an endpoint, or ``give_up`` is not before ``deadline``.
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
    what, words = loaded(scenario), words_of(command)
    choice = choose_clock(clock, words, circuits=circuits)
    listeners, specs = () if on_record is None else (on_record,), parse_endpoints(endpoint)

    async def run() -> Verdict:
        port, further = ports_of(what, specs), further_ports(specs)
        with Station(what, port, clock=choice, listeners=listeners, make_port=further) as station:
            return await run_client(station, words, _with_folders(options or given))

    return asyncio.run(run())


def _seconds(time: float | str) -> float:
    """Return a duration in seconds; a text is parsed as in scenarios."""
    return duration(time) if isinstance(time, str) else time


def _optional_seconds(time: float | str | None) -> float | None:
    return None if time is None else _seconds(time)


def _with_folders(options: RunOptions) -> RunOptions:
    """Return options whose lock directories exist.

    Raises:
        EndpointError: One does not.
    """
    if options.lock_directories:
        existing_directories(options.lock_directories)
    return options
