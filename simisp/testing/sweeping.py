"""Sweeps a script or a command, in processes of this machine or by an executor on many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Literal

from simisp.errors import FileError, reason_of
from simisp.runner.run_options import RunOptions
from simisp.scenario.load import LoadedScenario
from simisp.sweep.chat_client import ChatClient
from simisp.sweep.client import SweepClient
from simisp.sweep.command_client import CommandClient, CommandLimits
from simisp.sweep.merge import Shard
from simisp.sweep.plans import PLANS
from simisp.sweep.result import CaseResult, SweepResult
from simisp.sweep.scp_client import NUMBER, ScpClient
from simisp.sweep.sweep import Sweep, Way, run_sweep
from simisp.testing.scenario_source import loaded
from simisp.testing.words import words_of

__all__ = ["PlanName", "sweep", "sweep_client"]

PlanName = Literal["stalls", "standard", "at", "process", "random"]
"""The name of a plan."""


def sweep(
    scenario: str | Path | LoadedScenario,
    *,
    script: str | Path | None = None,
    chat: str | Path | None = None,
    command: Sequence[str] | None = None,
    plan: PlanName = "stalls",
    seed: int = 0,
    jobs: int = 1,
    executor: Executor | None = None,
    shard: str = "",
    known: Iterable[CaseResult] = (),
    clock: str = "auto",
    timeout: float = 60.0,
    options: RunOptions | None = None,
    on_part: Callable[[SweepResult], None] | None = None,
) -> SweepResult:
    """Try on a client every way in which ISP, modem or line of a scenario can fail, as ``simisp sweep`` does.

    Equal arguments give equal findings, in however many processes and on however many machines the cases are played.

    Args:
        scenario: The good dialogue: a file, a bundled scenario's name, a scenario's text, or a loaded one.
        script: The file of a dial-up script (.scp), played in pure time.
        chat: In place of it, the file of a script of pppd's chat, played in pure time.
        command: In place of both, a program and its arguments. Each case is a run of its own.
        plan: Which cases are tried.
        seed: The seed of everything random.
        jobs: In how many processes the cases are played.
        executor: What plays them, in place of processes of this machine. A chunk of cases that it fails to play is
            played in this process, so no case is lost with a machine.
        shard: Which part of the cases is played, such as ``"2/8"``; empty for all.
        known: Results of cases that need not be played again.
        clock: For a command: the time that it has, as in ``simisp run --clock``.
        timeout: For a command: how many real seconds a case may take.
        options: Patience and deadline of each case.
        on_part: Called every few seconds with what is known so far, and before an error that ends it early is raised.

    Raises:
        TypeError: The command is a text, or a word of it is neither text nor path.
        ValueError: Not one of script, chat and command is given, the command is empty, or the plan or the shard is
            none.
        ScenarioError: The scenario can't be found or is wrong.
        ScriptError: The script can't be run.
        ClientError: The command can't be started.
        ClockUnavailableError: The command can't have the clock that was asked for by name.
        FileError: A file can't be read, or there is no room for temporary files.
    """
    if plan not in PLANS:
        raise ValueError(f"{plan!r} is not a plan: there are {', '.join(PLANS)}")
    what = loaded(scenario)
    client = sweep_client(what, script=script, chat=chat, command=command, options=options)
    if isinstance(client, CommandClient):
        client = replace(client, clock=clock, limits=CommandLimits(seconds=timeout))
    way = Way(
        jobs=jobs,
        executor=executor,
        shard=Shard.parse(shard) if shard else None,
        known={each.case.key: each.outcome for each in known if each.number >= 0},
        on_part=on_part,
        on_failure=on_part,
    )
    return run_sweep(Sweep(what, client, plan, seed), way=way)


def sweep_client(
    scenario: LoadedScenario,
    *,
    script: str | Path | None = None,
    chat: str | Path | None = None,
    command: Sequence[str] | None = None,
    options: RunOptions | None = None,
) -> SweepClient:
    """Return the client that is asked for.

    Args:
        scenario: The scenario, whose passwords are masked in a command.
        script: The file of a dial-up script.
        chat: The file of a chat script.
        command: A program and its arguments.
        options: Patience and deadline.

    Raises:
        TypeError: The command is a text, or a word of it is neither text nor path.
        ValueError: Not just one of them is given, or the command is empty.
        ScriptError: The script can't be run.
        FileError: A file can't be read.
    """
    if [script, chat, command].count(None) != 2:
        raise ValueError("one client is swept: a script, a chat script or a command")
    options = options or RunOptions()
    if command is not None:
        secrets = tuple(scenario.model.isp.accounts.values())
        return CommandClient(tuple(words_of(command)), options=options, secrets=secrets)
    if chat is not None:
        return ChatClient(_read(chat), str(chat), NUMBER.removeprefix("T"), options=options)
    assert script is not None
    return ScpClient(_read(script), str(script), options=options)


def _read(path: str | Path) -> bytes:
    """Return the octets of a file.

    Raises:
        FileError: It can't be read.
    """
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise FileError(f"the script can't be read: {reason_of(error)}", path=str(path), errno=error.errno) from error
