"""``simisp demo``: the story of KB 175410, played with real processes."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import click

from simisp.cli.interruption import Interrupted, until_interrupted
from simisp.report.live import LiveView
from simisp.report.screen import show_line
from simisp.runner.run import RunOptions, run_client
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict
from simisp.runtime.child import PORT_PLACEHOLDER
from simisp.scenario.load import bundled_folder, load

__all__ = ["demo"]

_PATIENCE = 3.0
_GRACE = 1.0
_DEADLINE = 15.0

_LIMIT = 2
"""The article's limits are 90, 60 and 60 seconds; the demo has fifteen for everything."""


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
        """Dial while another may hold the port; return exit status and what it said."""
        process = await asyncio.create_subprocess_exec(
            *self.command(script, port), stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
            env=_environment(), process_group=0,
        )  # fmt: skip
        _, said = await process.communicate()
        return process.returncode or 0, said.decode(errors="replace").strip()


@click.command()
@click.option("--quiet", is_flag=True, help="Do not show the dialogue, only what it comes to.")
@click.pass_context
def demo(ctx: click.Context, /, quiet: bool) -> None:
    """Show the hang of Microsoft KB 175410 and its cure, in some twelve seconds, with no other program."""
    try:
        status = until_interrupted(_play(quiet=quiet))
    except Interrupted as interruption:
        status = interruption.exit_status
    ctx.exit(status)


async def _play(*, quiet: bool) -> int:
    with tempfile.TemporaryDirectory(prefix="simisp-demo-") as name:
        folder = Path(name)
        (folder / "locks").mkdir()
        scripts = bundled_folder() / "scripts"
        (folder / "naive.scp").write_bytes((scripts / "naive.scp").read_bytes())
        repaired = (scripts / "repaired.scp").read_text(encoding="utf-8")
        (folder / "repaired.scp").write_text(re.sub(r"until \d+", f"until {_LIMIT}", repaired), encoding="utf-8")
        hung = await _problem(folder, quiet=quiet)
        freed = await _cure(folder, quiet=quiet)
    _say()
    if hung and freed:
        _say("So: a wait without a limit holds the port for ever once its dialler is gone. With `until` on each")
        _say("waitfor, and its success tested, the script ends by itself and the port comes free.")
        return 0
    _say("This did not come out as the article has it. Please report it.")
    return 1


async def _problem(folder: Path, *, quiet: bool) -> bool:
    """Play the hang; return whether it happened."""
    _title("1. The problem: a script without time-outs")
    _say("The ISP asks for the service and the user name, then stops responding. The script waits without a limit;")
    _say(f"after {_PATIENCE:g} s the dialler gives up and ends, as the mail service of KB 175410 did.\n")
    second: list[tuple[int, str]] = []

    async def while_held(port: str) -> None:
        second.append(await _Dialler(folder).dial_again("naive.scp", port))

    verdict = await _dial(folder, "naive.scp", quiet=quiet, give_up=_PATIENCE, while_held=while_held)
    _say(f"\nVerdict: {verdict.describe()}\n")
    for status, said in second:
        _say(f"The second dial, meanwhile, was refused (exit status {status}):\n{_indented(said)}")
    return verdict.exit_status == 3 and bool(second) and second[0][0] == 5


async def _cure(folder: Path, *, quiet: bool) -> bool:
    """Play the cure; return whether the port came free."""
    _title("2. The cure: the same script with a limit on each wait")
    _say(f"The article's limits are 90, 60 and 60 seconds; here they are {_LIMIT} each.\n")
    verdict = await _dial(folder, "repaired.scp", quiet=quiet)
    _say(f"\nVerdict: {verdict.describe()}")
    return verdict.exit_status == 0


async def _dial(
    folder: Path,
    script: str,
    *,
    quiet: bool,
    give_up: float | None = None,
    while_held: Callable[[str], Awaitable[None]] | None = None,
) -> Verdict:
    """Dial once into the silent ISP and return the verdict."""
    view = LiveView(show_line(sys.stdout))
    with Station(load("hang"), listeners=() if quiet else (view,)) as station:
        options = RunOptions(
            give_up=give_up,
            grace=_GRACE,
            deadline=_DEADLINE,
            lock_directories=[folder / "locks"],
            environment=_environment(),
            while_held=None if while_held is None else lambda: while_held(station.port),
        )
        verdict = await run_client(station, _Dialler(folder).command(script), options)
        # What simisp itself cleans up after its verdict is no part of the story.
        view.flush()
        return verdict


def _environment() -> dict[str, str]:
    return {**os.environ, "SIMISP_PASSWORD": "wonderland"}


def _title(text: str) -> None:
    _say()
    _say(click.style(text, bold=True))


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def _say(text: str = "") -> None:
    click.echo(text)
