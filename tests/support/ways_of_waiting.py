"""Ways of waiting: how each is played by ways.c in each kind of time, and the table of them in docs/virtual-time.md."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import re
import subprocess
import time
import tty
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from simisp.facts.run import TimePaced
from simisp.forensics import Family
from simisp.preload import library
from simisp.runner.clocks import choose_clock
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict, VerdictKind
from simisp.scenario.load import loads
from simisp.shared_time.clock_page import ClockMode, ClockPage
from support.marked_table import VIRTUAL_TIME, MarkedTable
from support.neighbours import left_alone
from support.started_processes import end_family

__all__ = ["Played", "Row", "Way", "in_the_documents", "play", "played_together", "ways", "write_table"]

_TABLE = MarkedTable(VIRTUAL_TIME, "ways", ("way", "virtual", "scaled", "note"))
_SILENT = """
title: An ISP that says nothing
port: {starts: raw}
isp: {dialogue: [silence]}
"""
_RIGHT, _OTHER_TIME, _NOT_HERE = 0, 5, 77
_LATE = 0.01
"""Seconds of virtual time that an exact wait may be late: what looking at the clock costs."""
_TOGETHER = 8.0
"""Seconds of real time in which waits of one second that are played together have to end."""
_PATIENCE = 18.0
"""The same for those that are to end, which a busy machine makes late; in unscaled time they would last for twenty."""
_LONG_PATIENCE = 60.0
"""The same without a page, where nothing has to be told from unscaled time."""
_FACTOR = 20
_SECONDS = {None: 1, ClockMode.SCALED: 20}
"""A wait of one real second, without a page and in scaled time."""


class Way(Enum):
    """What virtual time makes of a wait."""

    EXACT = "exact"
    """It takes no real time, and ends when it should."""
    PACED = "as in real time"
    """The run is virtual, and passes no faster than real time while the wait lasts."""
    REAL = "real time"
    """The run goes on in real time."""
    NOT_HERE = "not here"
    """This machine does not have it."""


@dataclass(frozen=True)
class Played:
    """How a wait went in virtual time, and why."""

    way: Way
    why: str = ""


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    name: str
    virtual: Way
    is_scaled: bool
    note: str


def ways(program: Path) -> list[str]:
    """Return the name of each way."""
    return subprocess.run([program], capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()


def play(program: Path, name: str, *, clock: str = "virtual", seconds: Iterable[int] = (1, 3, 6)) -> Played:
    """Wait in one way in a run of its own.

    Args:
        program: ways.c, compiled.
        name: The way.
        clock: ``virtual`` or ``auto``.
        seconds: How long. A wait that the clock does not see is noticed after half a second of real time, on a machine
            that is busy after more: what ends before that is played again for as long as the next says.

    Raises:
        AssertionError: The run was a hang, or the wait ended neither when it should nor for a reason that the verdict
            or the transcript says.
    """
    for length in seconds:
        command = [str(program), name, str(length), str(_LATE)]
        verdict, paces = left_alone(lambda: asyncio.run(_run(command, clock)), lambda outcome: outcome[0])  # noqa: B023
        assert verdict.kind is VerdictKind.RELEASED, verdict.describe()
        assert verdict.client is not None
        status = verdict.client.exit_status
        if status == _NOT_HERE:
            return Played(Way.NOT_HERE)
        assert status in {_RIGHT, _OTHER_TIME, None}, verdict.describe()
        if verdict.clock.used == "real":
            return Played(Way.REAL, _without_numbers(verdict.clock.why.rpartition(": ")[2]))
        if paces:
            return Played(Way.PACED, _without_numbers(paces[0].partition(" waits for ")[2]))
        if status == _RIGHT and length <= round(verdict.at, 6) <= length + _LATE:
            return Played(Way.EXACT)
    raise AssertionError(verdict.describe())


async def _run(command: list[str], clock: str) -> tuple[Verdict, list[str]]:
    """Return the verdict, and why its virtual time had to pass at the pace of real time."""
    with Station(loads(_SILENT), clock=choose_clock(clock, command)) as station:
        verdict = await run_client(station, command, RunOptions(allow_unopened=True, deadline=60.0))
        return verdict, [record.fact.reason for record in station.transcript if isinstance(record.fact, TimePaced)]


def _without_numbers(reason: str) -> str:
    """Return a reason without what differs from run to run."""
    for numbered, plain in (
        (r"pid \d+ \(\w+\)", "a process"),
        (r"\bdescriptor \d+", "a descriptor"),
        (r"thread \d+", "thread"),
    ):
        reason = re.sub(numbered, plain, reason)
    return reason


def played_together(
    program: Path, names: Iterable[str], mode: ClockMode | None, *, to_end: Iterable[str] = ()
) -> dict[str, int | None]:
    """Wait in all these ways at once, without a clock page or with one of this mode.

    Args:
        program: The program.
        names: The ways.
        mode: The mode of the clock page.
        to_end: Those that are to end, for which there is more patience.

    Returns:
        The exit status of each; None for one that had to be ended, because it waited much longer.
    """
    seconds = _SECONDS[mode]
    late = str(_TOGETHER * _FACTOR)
    names, to_end = list(names), list(to_end)
    with contextlib.ExitStack() as stack:
        began: dict[str, float] = {}
        started: dict[str, subprocess.Popen[bytes]] = {}
        for name in names:
            began[name] = time.monotonic()
            started[name] = stack.enter_context(_started([str(program), name, str(seconds), late], mode))
        patience = _LONG_PATIENCE if mode is None else _PATIENCE
        statuses = {name: _status(started[name], began[name] + patience) for name in to_end}
        others = [name for name in names if name not in statuses]
        statuses |= {name: _status(started[name], began[name] + _TOGETHER) for name in others}
        return {name: statuses[name] for name in names}


@contextlib.contextmanager
def _started(command: list[str], mode: ClockMode | None) -> Iterator[subprocess.Popen[bytes]]:
    """Start a client on a port and, where there is a mode, a clock page of its own."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    with contextlib.ExitStack() as stack:
        stack.callback(os.close, master)
        environment = None
        if mode is not None:
            page = ClockPage.create()
            stack.callback(page.close)
            page.begin(mode, factor=_FACTOR)
            environment = page.environment(library())
        child = subprocess.Popen(command, stdin=slave, stderr=subprocess.DEVNULL, env=environment)
        os.close(slave)
        stack.callback(child.wait)
        stack.callback(end_family, Family(child.pid), what=f"the end of {command!r}")
        yield child


def _status(child: subprocess.Popen[bytes], until: float) -> int | None:
    try:
        return child.wait(timeout=max(0.0, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        return None


def write_table(rows: Iterable[Row]) -> None:
    """Put these rows into the documents."""
    _TABLE.write((row.name, row.virtual.value, "yes" if row.is_scaled else "no", row.note) for row in rows)


def in_the_documents() -> dict[str, Row]:
    """Return the rows of the table, by the names of the ways."""
    return {name: Row(name, Way(virtual), scaled == "yes", note) for name, virtual, scaled, note in _TABLE.cells()}
