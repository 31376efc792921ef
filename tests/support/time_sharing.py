"""How a program shares time: measured by dialling with it at an ISP that falls silent after the user name."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from simisp.facts.isp import FellSilent, LogInAccepted
from simisp.facts.line import CallEnded
from simisp.facts.run import ClientEnded
from simisp.runner.clocks import choose_clock
from simisp.runner.ports import pseudo_terminal
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict, VerdictKind
from simisp.runtime.placeholders import PORT_PLACEHOLDER
from simisp.scenario.load import loads
from simisp.transcript import Record
from support.dialling_programs import Program
from support.neighbours import left_alone

__all__ = ["LOGIN", "SILENT", "Dialled", "Sharing", "Way", "dial", "measured", "version_of"]

SILENT = """
title: The ISP falls silent after the user name
port: {starts: raw}
exchange: {answer_after: 15s}
isp:
  dialogue:
    - pause: 1s
    - prompt: "Service?"
      expect: PPP
    - pause: 1s
    - prompt: "Username:"
    - silence
"""
LOGIN = """
title: Everything works
port: {starts: raw}
exchange: {answer_after: 15s}
isp:
  accounts: {joe: secret}
  dialogue:
    - pause: 1s
    - prompt: "Service?"
      expect: PPP
    - pause: 1s
    - authenticate: {user: "Username:", password: "Password:"}
    - send: "session starting\\n"
"""
_RUNS = 5
_SCALED = "scaled:20"
_TICK = 1.0
"""Programs count their limits in ticks of up to a second."""
_SCALED_RUNS = 10
"""Runs in scaled time, of which one has to end at the program's own limit: the first does where nothing else runs."""
_SCALED_TOLERANCE = 5.0
"""A scaled clock magnifies what the machine does besides; this much is a quarter of a second of it."""


class Way(Enum):
    """How a program's time can be shared."""

    EXACT = "exact"
    """Every run in virtual time goes the same way, and the program's own limit comes out."""
    SCALED = "scaled"
    """It does not, but time that only passes faster gives the right verdict."""
    REAL = "real time only"
    """Neither."""


@dataclass(frozen=True)
class Dialled:
    """One run.

    Attributes:
        verdict: What it came to.
        digest: Equal for runs that went the same way.
        limit: How long the program waited for the silent ISP, in seconds of the run; None when it never did.
        logged_in: Whether the ISP accepted its log-in.
    """

    verdict: Verdict
    digest: str
    limit: float | None
    logged_in: bool

    @property
    def status(self) -> int | None:
        """The program's exit status."""
        return self.verdict.client.exit_status if self.verdict.client is not None else None


@dataclass(frozen=True)
class Sharing:
    """How a program shares time, and why."""

    way: Way
    why: str


def dial(program: Program, scenario: str, clock: str) -> Dialled:
    """Dial once, with files and a port that every user may open."""
    return left_alone(lambda: _dial_once(program, scenario, clock), lambda dialled: dialled.verdict)


def _dial_once(program: Program, scenario: str, clock: str) -> Dialled:

    async def run(folder: Path) -> Dialled:
        port = folder / "modem"
        command, on_line = program.dial(str(port), folder)
        loaded = loads(scenario)
        with Station(loaded, pseudo_terminal(loaded, link=port), clock=choose_clock(clock, command)) as station:
            port.chmod(0o666)
            verdict = await run_client(station, command if on_line else _by_path(command, str(port)), RunOptions())
            records = tuple(station.transcript)
        logged_in = any(isinstance(record.fact, LogInAccepted) for record in records)
        return Dialled(verdict, station.digest(), _limit(records), logged_in)

    with tempfile.TemporaryDirectory(prefix="simisp-dial-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        return asyncio.run(run(folder))


def _by_path(command: Sequence[str], port: str) -> list[str]:
    """Return a command that does not get the port as its standard input and output: it finds the path by itself."""
    named = [word.replace(port, PORT_PLACEHOLDER) for word in command]
    return named if PORT_PLACEHOLDER in named else ["sh", "-c", f': {PORT_PLACEHOLDER}; exec "$@"', "sh", *command]


def _limit(records: Sequence[Record]) -> float | None:
    """Return how long the line was up after the ISP had fallen silent."""
    silent = next((record.at for record in records if isinstance(record.fact, FellSilent)), None)
    over = next((record.at for record in records if isinstance(record.fact, CallEnded | ClientEnded)), None)
    return None if silent is None or over is None else over - silent


def measured(program: Program, *, runs: int = _RUNS, scaled_runs: int = _SCALED_RUNS) -> Sharing:
    """Dial in virtual time as often as it takes to tell, and if that is not exact, in scaled time.

    Args:
        program: The program.
        runs: How many runs in virtual time have to go the same way.
        scaled_runs: How many runs in scaled time there are at most, of which one has to end at the program's own limit.

    Raises:
        AssertionError: The program can share time and does not even get as far as the user name.
    """
    first = dial(program, SILENT, "auto")
    if first.verdict.clock.used == "real":
        # The verdict names the program too, whose path is another in each run.
        return Sharing(Way.REAL, first.verdict.clock.why.rpartition(": ")[2])
    assert first.limit is not None, first.verdict.describe()
    dialled = [first, *(dial(program, SILENT, "virtual") for _ in range(runs - 1))]
    if len({(run.digest, run.limit) for run in dialled}) == 1 and _is_right(program, first, _TICK):
        return Sharing(Way.EXACT, program.waits_in)
    # Scaled time is real time: a machine with other work makes a limit late, never early.
    if any(_is_right(program, dial(program, SILENT, _SCALED), _SCALED_TOLERANCE) for _ in range(scaled_runs)):
        return Sharing(Way.SCALED, "in virtual time its runs differ")
    return Sharing(Way.REAL, "its runs differ in virtual time, and its limit is another in scaled time")


def _is_right(program: Program, run: Dialled, tolerance: float) -> bool:
    """Whether a run ended as one in real time does: the port came free at the program's own limit."""
    return (
        run.verdict.kind is VerdictKind.RELEASED
        and run.status == program.status
        and run.limit is not None
        and abs(run.limit - program.limit) <= tolerance
    )


def version_of(program: Program) -> str:
    """Return the version that the program says, or that of its package; a dash for one that has none."""
    if not program.version:
        return "–"
    if len(program.version) > 1 or program.version[0] == "busybox":
        done = subprocess.run(
            program.version, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=20
        )
        said = done.stdout + done.stderr
    else:
        said = _package_version(program.version[0])
    found = re.search(r"\d+(\.\d+)+", said)
    return found[0] if found is not None else "unknown"


def _package_version(command: str) -> str:
    path = Path(shutil.which(command) or command).resolve()
    for name in (path, Path("/", *path.parts[2:])):  # /bin may be a link to /usr/bin, and the package have it as /bin
        owner = subprocess.run(["dpkg-query", "-S", str(name)], capture_output=True, text=True, check=False)
        if owner.returncode == 0:
            package = owner.stdout.partition(":")[0]
            asked = ["dpkg-query", "-W", "-f", "${Version}", package]
            return subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    return ""
