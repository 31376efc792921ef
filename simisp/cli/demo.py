"""``simisp demo``: the story of KB 175410, played with real processes."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import click

from simisp.cli.interruption import until_interrupted
from simisp.cli.output import say
from simisp.errors import RunInterruptedError
from simisp.report.colour import bold, painted_verdict
from simisp.report.live import LiveView
from simisp.report.screen import show_line
from simisp.runner.clocks import ClockChoice, choose_clock
from simisp.runner.hang import WhoWaits
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict
from simisp.runtime.placeholders import PORT_PLACEHOLDER
from simisp.scenario.load import bundled_folder, load

__all__ = ["demo"]

_HANG, _PORT_IN_USE = 3, 5

_GRACE = 1.0
_LONGEST_LIMIT = 32


@dataclass(frozen=True, slots=True)
class _Pace:
    """The times in the demo.

    Attributes:
        clock: The clock of dialler and simulator.
        patience: When the dialler gives up, in seconds.
        limit: The repaired script's limits, in seconds; None for the article's 90, 60 and 60.
    """

    clock: ClockChoice
    patience: float = 300.0
    limit: int | None = None

    @classmethod
    def choose(cls) -> _Pace:
        """Return the article's own pace in virtual time; if that is unavailable, one of fifteen seconds in all."""
        clock = choose_clock("auto", [sys.executable])
        return cls(clock) if clock.used == "virtual" else cls(clock, patience=3.0, limit=2)

    def slower(self) -> _Pace | None:
        """Return a pace for a machine that is too busy for this one; None if there is none."""
        if self.limit is None or self.limit >= _LONGEST_LIMIT:
            return None
        return replace(self, patience=4 * self.patience, limit=4 * self.limit)


class _Part(Protocol):
    """A part of the demo."""

    async def __call__(self, folder: Path, pace: _Pace, *, quiet: bool) -> Verdict: ...


@dataclass(frozen=True, slots=True)
class _Dialler:
    """Starts script processors on a port, as the mail service's dialler did."""

    folder: Path

    def command(self, script: str, port: str = PORT_PLACEHOLDER) -> list[str]:
        """Return a dialler: a shell that starts the script processor and waits for it."""
        run = " ".join(
            [
                f'"{sys.executable}" -m simisp script run "{self.folder / script}"',
                f'--port "{port}" --user alice --dial T5551234 --lock-dir "{self.folder / "locks"}"',
            ]
        )
        return ["sh", "-c", f"{run}; exit $?"]

    async def dial_again(self, script: str, port: str) -> tuple[int, str]:
        """Dial while another process may hold the port; return the exit status and the output."""
        process = await asyncio.create_subprocess_exec(
            *self.command(script, port), stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
            env=_environment(), process_group=0,
        )  # fmt: skip
        try:
            _, said = await process.communicate()
        finally:
            if process.returncode is None:  # an interruption
                process.kill()
                await process.wait()
        return process.returncode or 0, said.decode(errors="replace").strip()


@click.command()
@click.option("--quiet", is_flag=True, help="Do not show the dialogue, only the result.")
@click.pass_context
def demo(ctx: click.Context, /, quiet: bool) -> None:
    """Show the hang of Microsoft KB 175410 and its cure; no other program is needed.

    It takes about three seconds in virtual time, which needs a C compiler once, or ten in real time.
    """
    try:
        status = until_interrupted(_play(quiet=quiet))
    except RunInterruptedError as interruption:
        status = interruption.exit_status
    ctx.exit(status)


async def _play(*, quiet: bool) -> int:
    with tempfile.TemporaryDirectory(prefix="simisp-demo-") as name:
        folder = Path(name)
        (folder / "locks").mkdir()
        pace = _Pace.choose()
        began = time.monotonic()
        hung, pace = await _unhurried(_problem, folder, pace, quiet=quiet)
        freed, pace = await _unhurried(_cure, folder, pace, quiet=quiet)
        took = time.monotonic() - began
    _say()
    if pace.clock.used == "virtual":
        _say(f"All this took {took:.1f} s. In real time it would have been {hung.at + freed.at:.0f} s.")
    if hung.exit_status == _HANG and freed.exit_status == 0:
        _say("So: a wait without a limit holds the port forever once its dialler is gone. With `until` on each")
        _say("waitfor, and its success tested, the script ends by itself and the port comes free.")
        return 0
    _say("This did not come out as the article has it. Please report it.")
    return 1


async def _unhurried(part: _Part, folder: Path, pace: _Pace, *, quiet: bool) -> tuple[Verdict, _Pace]:
    """Play a part, again and more slowly if the script did not come to its wait in time; return verdict and pace."""
    while True:
        _write_scripts(folder, pace)
        verdict = await part(folder, pace, quiet=quiet)
        slower = pace.slower()
        if slower is None or verdict.exit_status == 0 or _waits_for_the_isp(verdict):
            return verdict, pace
        _say("\nThis machine is so busy that the script did not come to its wait in time: once more, more slowly.")
        pace = slower


def _waits_for_the_isp(verdict: Verdict) -> bool:
    return verdict.hang is not None and verdict.hang.waits is WhoWaits.FOR_THE_ISP


def _write_scripts(folder: Path, pace: _Pace) -> None:
    scripts = bundled_folder() / "scripts"
    for name in ("naive.scp", "repaired.scp"):
        text = (scripts / name).read_text(encoding="utf-8")
        scaled = text if pace.limit is None else re.sub(r"until \d+", f"until {pace.limit}", text)
        (folder / name).write_text(scaled, encoding="utf-8")


async def _problem(folder: Path, pace: _Pace, *, quiet: bool) -> Verdict:
    """Play the hang; return the verdict."""
    _title("1. The problem: a script without time-outs")
    _say("The ISP asks for the service and the user name, then stops responding. The script waits without a limit;")
    _say(f"after {pace.patience:g} s the dialler gives up and ends, as the mail service of KB 175410 did.\n")
    second: list[tuple[int, str]] = []

    async def while_held(port: str) -> None:
        second.append(await _Dialler(folder).dial_again("naive.scp", port))

    verdict = await _dial(folder, "naive.scp", pace, quiet=quiet, give_up=pace.patience, while_held=while_held)
    say(f"\nVerdict: {verdict.describe()}\n", paint=painted_verdict)
    for status, said in second:
        refused = "was refused" if status == _PORT_IN_USE else "was not refused"
        _say(f"The second dial, meanwhile, {refused} (exit status {status}):\n{_indented(said)}")
    return verdict


async def _cure(folder: Path, pace: _Pace, *, quiet: bool) -> Verdict:
    """Play the cure; return the verdict."""
    _title("2. The cure: the same script with a limit on each wait")
    here = "" if pace.limit is None else f"; here they are {pace.limit} each"
    _say(f"The article's limits are 90, 60 and 60 seconds{here}.\n")
    verdict = await _dial(folder, "repaired.scp", pace, quiet=quiet)
    say(f"\nVerdict: {verdict.describe()}", paint=painted_verdict)
    return verdict


async def _dial(
    folder: Path,
    script: str,
    pace: _Pace,
    *,
    quiet: bool,
    give_up: float | None = None,
    while_held: Callable[[str], Awaitable[None]] | None = None,
) -> Verdict:
    """Dial once into the silent ISP and return the verdict."""
    view = LiveView(show_line(sys.stdout))
    with Station(load("hang"), clock=pace.clock, listeners=() if quiet else (view,)) as station:
        options = RunOptions(
            give_up=give_up,
            grace=_GRACE,
            lock_directories=[folder / "locks"],
            environment=_environment(),
            while_held=None if while_held is None else lambda: while_held(station.port),
        )
        verdict = await run_client(station, _Dialler(folder).command(script), options)
        # What simisp itself cleans up after its verdict is not part of the story.
        view.flush()
        return verdict


def _environment() -> dict[str, str]:
    return {**os.environ, "SIMISP_PASSWORD": "wonderland"}


def _title(text: str) -> None:
    _say()
    say(text, paint=bold)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def _say(text: str = "") -> None:
    say(text)
