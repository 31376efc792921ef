"""``simisp sweep``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from simisp.cli.call import takes
from simisp.cli.contradictions import given_options, refuse_idle
from simisp.cli.interruption import OneInterrupt, one_interrupt_raises
from simisp.cli.numbers import WHOLE, NumberInRange
from simisp.cli.output import say, say_exactly
from simisp.cli.parameters import CLOCK, DURATION, SCENARIO, WRITTEN_FILE
from simisp.cli.sweep_baseline import Baseline, baseline_options, refuse_update_of_nothing
from simisp.cli.sweep_found import SweepFound
from simisp.cli.sweep_merge import SweepOrMerge
from simisp.cli.sweep_reports import SweepReports, sweep_report_options

if TYPE_CHECKING:
    from collections.abc import Collection

    from simisp.runner.run_options import RunOptions
    from simisp.scenario.load import LoadedScenario
    from simisp.sweep.client import SweepClient
    from simisp.sweep.result import SweepResult

__all__ = ["sweep"]

_PLANS = ("stalls", "standard", "at", "process", "random")
_FINDINGS = 1
_BAD_CALL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepCall:
    """What ``simisp sweep`` was called with: its arguments and options, by their names."""

    scenario: str
    command: tuple[str, ...]
    script: str | None
    chat: str | None
    plan: str
    runs: int
    seed: int
    jobs: int | None
    clock: str
    dial: str | None
    user: str | None
    password_file: str | None
    give_up: float | None
    deadline: float | None
    timeout: float
    shard: str | None
    resume: str | None
    out: str | None
    baseline: str | None
    update_baseline: bool
    html: str | None
    junit: str | None
    sarif: str | None
    as_json: bool
    quiet: bool


@click.command(cls=SweepOrMerge)
@click.argument("scenario", type=SCENARIO)
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND ...]")
@click.option("--script", type=click.Path(), metavar="FILE", help="The dial-up script (.scp) to play, in pure time.")
@click.option("--chat", type=click.Path(), metavar="FILE", help="The script of pppd's chat to play, in pure time.")
@click.option("--plan", type=click.Choice(_PLANS), default="stalls", show_default=True, help="Which cases to try.")
@click.option(
    "--runs",
    type=NumberInRange(1, 10_000_000),
    metavar="N",
    default=100,
    show_default=True,
    help="How many cases the plan random has.",
)
@click.option("--seed", type=WHOLE, metavar="N", default=0, show_default=True, help="Seed of everything random.")
@click.option(
    "--jobs", type=NumberInRange(1, 1000), metavar="N", show_default="all cores", help="How many processes play."
)
@click.option(
    "--clock", type=CLOCK, default="auto", show_default=True, metavar="virtual|real|scaled:N|auto",
    help="The time that simulator and COMMAND share.",
)  # fmt: skip
@click.option("--dial", metavar="NUMBER", help="What a script dials; T5551234 otherwise.")
@click.option("--user", help="$USERID; that of the scenario's first account otherwise.")
@click.option("--password-file", type=click.Path(), help="A file whose first line is $PASSWORD.")
@click.option("--give-up", type=DURATION, help="The dialler gives up after this time and ends the client.")
@click.option("--deadline", type=DURATION, show_default="10m", help="Latest time for the verdict of a case.")
@click.option(
    "--timeout", type=DURATION, default="60s", show_default=True, help="The most real time for a case of COMMAND."
)
@click.option("--shard", metavar="K/N", help="Play the K-th of N parts of the cases alone, for many machines.")
@click.option(
    "--resume", type=WRITTEN_FILE, metavar="FILE",
    help="Keep what is known in this file, and play only what isn't in it yet.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(file_okay=False), metavar="DIR",
    help="Write the smallest scenario for each cause into this folder.",
)  # fmt: skip
@baseline_options
@sweep_report_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--quiet", is_flag=True, help="Do not show how far it has come.")
@takes(SweepCall)
def sweep(ctx: click.Context, call: SweepCall) -> None:
    """Try on a client every way in which the ISP, the modem or the line of SCENARIO can fail.

    SCENARIO is the good dialogue. The client is a script or a COMMAND; it plays each case, and what goes wrong with it
    is reported, equal causes together, each with the smallest scenario that shows it. A script is played in pure time,
    hundreds of cases a second; each case of a COMMAND is a run of its own.

    The exit status is 0 when nothing was found, with --baseline nothing new; 1 when something was; 2 when the call or a
    file is wrong, or the client never used the line, so nothing could be tried; 130 after Ctrl-C and 143 after
    SIGTERM, which keep what is known until then.
    """
    from simisp.cli.scenario_input import load_scenario
    from simisp.runner.run_options import RunOptions
    from simisp.sweep.sweep import Sweep

    _refuse_contradictions(call)
    _refuse_idle_options(call, given_options(ctx))
    reports = SweepReports.of(call)
    scenario = load_scenario(call.scenario)
    client = _client(call, scenario, RunOptions(give_up=call.give_up, deadline=call.deadline))
    swept = Sweep(scenario, client, call.plan, call.seed, call.runs)
    baseline = Baseline.of(call.baseline, update=call.update_baseline)
    if baseline is not None:
        baseline.check(swept)
    found = SweepFound(call, swept)
    with one_interrupt_raises() as interrupt:
        found.play()
    _warn_of_a_bad_start(found.result)
    found.unless_it_fails(lambda: reports.write(found.result, swept))
    if call.as_json:
        say_exactly(found.result.to_json(), nl=False)
    else:
        from simisp.sweep.reports.table import as_table

        say(as_table(found.result), nl=False, fold=False)
    status = _status(call, found.result, baseline, interrupt)
    if found.failures:
        raise found.failures[0]
    ctx.exit(status)


def _refuse_contradictions(call: SweepCall) -> None:
    """Refuse a call that asks for no client or several, or for what does not go together.

    Raises:
        UsageError: It does.
    """
    clients = sum(map(bool, (call.script, call.chat, call.command)))
    if clients != 1:
        problem = "say what to play" if clients == 0 else "a sweep plays one client, and simisp compare several"
        raise click.UsageError(f"{problem}: --script FILE.scp, --chat FILE, or a COMMAND after --")
    refuse_update_of_nothing(call.baseline, update=call.update_baseline)
    if call.shard is not None and call.baseline is not None:
        raise click.UsageError("--baseline is for all cases, and --shard plays a part of them: merge the parts first")
    if call.give_up is not None and call.deadline is not None and call.give_up >= call.deadline:
        raise click.UsageError(f"--give-up {call.give_up:g}s would never come: --deadline is {call.deadline:g}s")
    if call.plan == "process" and not call.command:
        raise click.UsageError("--plan process stops and kills processes: it needs a COMMAND, after --")


def _refuse_idle_options(call: SweepCall, given: Collection[str]) -> None:
    """Refuse options that change nothing about this sweep: whoever gives one expects that it does.

    Raises:
        UsageError: There is one.
    """
    is_command, is_scp = bool(call.command), bool(call.script)
    rows = (
        ("runs", call.plan == "random", "--plan random"),
        ("clock", is_command, "a COMMAND: a script is played in pure time"),
        ("timeout", is_command, "a COMMAND: a script takes no real time"),
        ("dial", not is_command, "--script and --chat"),
        ("user", is_scp, "--script"),
        ("password_file", is_scp, "--script"),
    )
    refuse_idle(given, rows)


def _client(call: SweepCall, scenario: LoadedScenario, options: RunOptions) -> SweepClient:
    """Return what is to be played."""
    if not call.command:
        from simisp.cli.pure_client import pure_client

        return pure_client(call, options)
    from simisp.sweep.command_client import CommandClient, CommandLimits

    secrets = tuple(scenario.model.isp.accounts.values())
    limits = CommandLimits(seconds=call.timeout)
    client = CommandClient(call.command, call.clock, options, limits, secrets)
    choice = client.choice()
    if choice.used != "virtual" and call.give_up is not None and call.give_up >= call.timeout:
        problem = f"--give-up {call.give_up:g}s would never come: in real time a case is over after {call.timeout:g}s"
        raise click.UsageError(f"{problem} (--timeout)")
    if choice.why and not call.quiet:
        say(f"simisp: each case takes real time: {choice.why}", err=True)
    return client


def _warn_of_a_bad_start(result: SweepResult) -> None:
    """Say so where the client does not even succeed when nothing goes wrong: little can be found beside that."""
    from simisp.runner.verdict import VerdictKind

    usual = result.undisturbed
    if usual.exit_status != 0 or usual.verdict is not VerdictKind.RELEASED:
        ended = "it has not ended" if usual.exit_status is None else f"exit status {usual.exit_status}"
        say(f"simisp: warning: with no fault at all the client does not succeed ({ended}): {usual.reason}", err=True)


def _status(call: SweepCall, result: SweepResult, baseline: Baseline | None, interrupt: OneInterrupt) -> int:
    """Say what is new beside the baseline, and return the exit status."""
    if not result.planned and call.shard is None:
        say("simisp: nothing was tried: the client sends or gets nothing that a fault could change", err=True)
        return _BAD_CALL
    new = len(result.groups) if baseline is None else baseline.new_in(result)
    if result.interrupted:
        return interrupt.exit_status
    return _FINDINGS if new else 0
