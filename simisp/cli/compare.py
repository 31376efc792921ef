"""``simisp compare``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from simisp.cli.call import takes
from simisp.cli.interruption import one_interrupt_raises
from simisp.cli.numbers import WHOLE, NumberInRange
from simisp.cli.output import say, say_exactly
from simisp.cli.parameters import CLOCK, DURATION, SCENARIO
from simisp.cli.scenario_first import ScenarioFirst

if TYPE_CHECKING:
    from simisp.runner.run_options import RunOptions
    from simisp.scenario.load import LoadedScenario
    from simisp.sweep.client import SweepClient

__all__ = ["compare"]

_PLANS = ("stalls", "standard", "at", "process")
_BETWEEN = "---"
"""What stands between two commands."""
_DIFFER = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareCall:
    """What ``simisp compare`` was called with: its arguments and options, by their names."""

    scenario: str
    commands: tuple[str, ...]
    scripts: tuple[str, ...]
    chats: tuple[str, ...]
    plan: str
    seed: int
    jobs: int | None
    clock: str
    timeout: float
    give_up: float | None
    deadline: float | None
    as_json: bool


@click.command(cls=ScenarioFirst)
@click.argument("scenario", type=SCENARIO)
@click.argument("commands", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND1 ... --- COMMAND2 ...]")
@click.option("--script", "scripts", multiple=True, type=click.Path(), metavar="FILE", help="A dial-up script (.scp).")
@click.option("--chat", "chats", multiple=True, type=click.Path(), metavar="FILE", help="A script of pppd's chat.")
@click.option("--plan", type=click.Choice(_PLANS), default="stalls", show_default=True, help="Which cases to try.")
@click.option("--seed", type=WHOLE, metavar="N", default=0, show_default=True, help="Seed of everything random.")
@click.option(
    "--jobs", type=NumberInRange(1, 1000), metavar="N", show_default="all cores", help="How many processes play."
)
@click.option(
    "--clock", type=CLOCK, default="auto", show_default=True, metavar="real|virtual|scaled:N|auto",
    help="The time that a COMMAND has.",
)  # fmt: skip
@click.option("--timeout", type=DURATION, default="60s", show_default=True, help="The real time of a COMMAND's case.")
@click.option("--give-up", type=DURATION, help="The dialler gives up after this time and ends the client.")
@click.option("--deadline", type=DURATION, show_default="10m", help="Latest time for the verdict of a case.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@takes(CompareCall)
def compare(ctx: click.Context, call: CompareCall) -> None:
    """Try the same faults of SCENARIO on several clients, side by side.

    The cases come from the undisturbed run of the first client. Two commands are separated by ---, and scripts and
    commands can be compared with each other; scripts come first.

    The exit status is 0 when all of them come to the same ends, 1 when they differ, 2 when the call or a file is wrong,
    130 after Ctrl-C, 143 after SIGTERM.
    """
    from simisp.cli.scenario_input import load_scenario
    from simisp.runner.run_options import RunOptions
    from simisp.sweep.compare import MOST_CLIENTS
    from simisp.sweep.compare import compare as compare_clients

    scenario = load_scenario(call.scenario)
    clients = list(_clients(call, scenario, RunOptions(give_up=call.give_up, deadline=call.deadline)))
    if not 2 <= len(clients) <= MOST_CLIENTS:
        raise click.UsageError(f"say what to compare: from two to {MOST_CLIENTS} clients, COMMANDs with --- in between")
    jobs = call.jobs or len(os.sched_getaffinity(0))
    with one_interrupt_raises():  # what plays the cases ends its commands
        result = compare_clients(scenario, clients, call.plan, seed=call.seed, jobs=jobs)
    if call.as_json:
        say_exactly(result.to_json(), nl=False)
    else:
        say(result.describe(), nl=False, fold=False)
    ctx.exit(_DIFFER if result.differ else 0)


def _clients(call: CompareCall, scenario: LoadedScenario, options: RunOptions) -> Iterator[SweepClient]:
    from simisp.cli.files import read_script
    from simisp.sweep.chat_client import ChatClient
    from simisp.sweep.command_client import CommandClient, CommandLimits
    from simisp.sweep.scp_client import NUMBER, ScpClient

    for name in call.scripts:
        yield ScpClient(read_script(name), name, options=options)
    for name in call.chats:
        yield ChatClient(read_script(name), name, NUMBER.removeprefix("T"), options=options)
    secrets = tuple(scenario.model.isp.accounts.values())
    for command in _split(call.commands):
        if not command:
            raise click.UsageError("there is no COMMAND beside one of the ---")
        yield CommandClient(tuple(command), call.clock, options, CommandLimits(seconds=call.timeout), secrets)


def _split(words: Sequence[str]) -> list[list[str]]:
    """Return the commands in the words behind the --."""
    commands: list[list[str]] = [[]]
    for word in words:
        if word == _BETWEEN:
            commands.append([])
        else:
            commands[-1].append(word)
    return commands if words else []
