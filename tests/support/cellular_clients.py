"""Real programs that talk to a cellular modem, and the files that each of them needs."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from simisp.endpoints.pty import PtyEndpoint
from simisp.runner.clocks import choose_clock
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict
from simisp.scenario.load import loads
from simisp.transcript import Source
from support.shared_library import needs_library

__all__ = [
    "ClientRun",
    "cellular_modem",
    "chat",
    "gammu",
    "gnokii",
    "run_program",
    "smsd",
]

_WITH_OUTPUT = 'output=$1; shift 2; exec "$@" >"$output" 2>&1'


@dataclass(frozen=True)
class ClientRun:
    """What became of a program that had the port.

    Attributes:
        status: Its exit status; None if it had to be ended.
        output: What it printed.
        sent: What it sent, line by line.
        answers: What the modem sent.
        verdict: The run's.
    """

    status: int | None
    output: str
    sent: tuple[str, ...]
    answers: str
    verdict: Verdict

    def __str__(self) -> str:
        """Return all of it, for the message of a failed assertion."""
        parts = (f"exit status {self.status}", self.output, *map(repr, self.sent), repr(self.answers))
        return "\n".join((*parts, self.verdict.describe()))


def run_program(
    scenario: str,
    command: Sequence[str],
    folder: Path,
    *,
    typed: str = "",
    clock: str = "virtual",
    give_up: float | None = None,
    environment: Mapping[str, str] | None = None,
) -> ClientRun:
    """Run a program with the modem of a scenario on the port ``folder/modem``, and return what became of it.

    Args:
        scenario: The scenario's text.
        command: The program and its arguments.
        folder: The folder for the port and the program's output, which is also its current one.
        typed: What the program reads from its standard input.
        clock: The clock of the run.
        give_up: When the program is ended, in seconds of the run; None for never.
        environment: Environment variables besides those of the test.
    """
    needs_library()
    output = folder / "output"
    (folder / "typed").write_text(typed)
    shell = f'cd "{folder}" && exec <typed; {_WITH_OUTPUT}'
    argv = ["sh", "-c", shell, "sh", str(output), "{port}", *command]
    options = RunOptions(
        give_up=give_up, deadline=900.0, allow_unopened=True, lock_directories=[folder], environment=environment or {}
    )

    async def run() -> tuple[Verdict, Station]:
        with Station(loads(scenario), PtyEndpoint(folder / "modem"), clock=choose_clock(clock, argv)) as station:
            return await run_client(station, argv, options), station

    verdict, station = asyncio.run(run())
    sent = re.split(r"[\r\n]+", station.transcript.text(Source.CLIENT))
    status = None if verdict.client is None else verdict.client.exit_status
    answers = station.transcript.text()
    return ClientRun(status, output.read_text(errors="replace"), tuple(filter(None, sent)), answers, verdict)


def cellular_modem(profile: str = "gsm", *, messages: str = "", **state: str) -> str:
    """Return the text of a scenario with a cellular modem, behind which a provider says hello.

    Args:
        profile: The modem's.
        messages: The messages that arrive, as a list in YAML.
        state: Keys of ``modem.cellular``, each with its value in YAML.
    """
    modem = f"  profile: {profile}\n"
    if messages:
        modem += f"  messages: {{memories: {{ME: 23, SM: 20}}, arriving: {messages}}}\n"
    if state:
        modem += "  cellular:\n" + "".join(f"    {key}: {value}\n" for key, value in state.items())
    return f'title: a cellular modem\nmodem:\n{modem}isp: {{dialogue: [{{send: "hello\\r\\n"}}]}}\n'


def chat(folder: Path, *scripts: str) -> list[str]:
    """Return a command that runs chat scripts on ``folder/modem`` one after the other, up to the first that fails."""
    files = []
    for number, script in enumerate(scripts, 1):
        files.append(folder / f"{number}.chat")
        files[-1].write_text(script)
    runs = " && ".join(f'chat -f "{file}" <"{folder}/modem" >"{folder}/modem"' for file in files)
    # one of them has the port open all the time, else its closing would hang up between two scripts
    return ["sh", "-c", f'exec 3<>"{folder}/modem"; {runs}']


def gammu(folder: Path, *arguments: str) -> list[str]:
    """Return a command of gammu for the port ``folder/modem``."""
    settings = folder / "gammurc"
    settings.write_text(
        f"[gammu]\nport = {folder / 'modem'}\nconnection = at115200\nuse_locking = no\nsynchronizetime = no\n"
    )
    return ["gammu", "-c", str(settings), *arguments]


def gnokii(folder: Path, *arguments: str) -> list[str]:
    """Return a command of gnokii for the port ``folder/modem``."""
    settings = folder / "gnokiirc"
    settings.write_text(
        "[global]\nport = modem\nmodel = AT\nconnection = serial\nuse_locking = no\n"
        "serial_baudrate = 115200\nsmsc_timeout = 10\n"
    )
    return ["gnokii", "--config", str(settings), *arguments]


def smsd(folder: Path) -> list[str]:
    """Return the command for smsd at the port ``folder/modem``, with all its folders made below ``folder``."""
    for name in ("outgoing", "checked", "failed", "incoming", "sent", "report"):
        (folder / name).mkdir()
    settings = folder / "smsd.conf"
    settings.write_text(_SMSD.format(folder=folder))
    return ["smsd", "-c", str(settings), "-t"]


_SMSD = """devices = GSM1
logfile = {folder}/smsd.log
loglevel = 7
infofile = {folder}/smsd.working
pidfile = {folder}/smsd.pid
outgoing = {folder}/outgoing
checked = {folder}/checked
failed = {folder}/failed
incoming = {folder}/incoming
sent = {folder}/sent
report = {folder}/report
delaytime = 1
errorsleeptime = 1
blocktime = 5

[GSM1]
device = {folder}/modem
incoming = yes
baudrate = 115200
smsc = 31624000000
"""
