"""``simisp sweep``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import click

from simisp.cli.call import takes
from simisp.cli.output import say, say_exactly
from simisp.cli.parameters import DURATION, SCENARIO
from simisp.cli.sweep_merge import SweepOrMerge
from simisp.cli.sweep_reports import SweepReports, sweep_report_options

__all__ = ["sweep"]

_PLANS = ("stalls", "standard")
_FINDINGS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepCall:
    """What ``simisp sweep`` was called with: its arguments and options, by their names."""

    scenario: str
    script: str | None
    chat: str | None
    plan: str
    seed: int
    jobs: int | None
    dial: str
    user: str | None
    password_file: str | None
    give_up: float | None
    deadline: float | None
    out: str | None
    html: str | None
    junit: str | None
    sarif: str | None
    as_json: bool


@click.command(cls=SweepOrMerge)
@click.argument("scenario", type=SCENARIO)
@click.option("--script", type=click.Path(), help="The dial-up script (.scp) to play.")
@click.option("--chat", type=click.Path(), help="The script of pppd's chat to play.")
@click.option("--plan", type=click.Choice(_PLANS), default="stalls", show_default=True, help="Which cases to try.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of everything random.")
@click.option("--jobs", type=click.IntRange(min=1), show_default="all cores", help="In how many processes.")
@click.option("--dial", default="T5551234", show_default=True, metavar="NUMBER", help="What is dialled first.")
@click.option("--user", show_default="the scenario's first account", help="$USERID.")
@click.option("--password-file", type=click.Path(), help="A file whose first line is $PASSWORD.")
@click.option("--give-up", type=DURATION, help="The dialler gives up after this time and ends the client.")
@click.option("--deadline", type=DURATION, show_default="10m", help="Latest time for the verdict of a case.")
@click.option(
    "--out", type=click.Path(file_okay=False), metavar="DIR",
    help="Write the smallest scenario for each cause into this folder.",
)  # fmt: skip
@sweep_report_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@takes(SweepCall)
def sweep(ctx: click.Context, call: SweepCall) -> None:
    """Try on a client every way in which the ISP, the modem or the line of SCENARIO can fail.

    SCENARIO is the good dialogue. The client plays each case in pure time, and what goes wrong with it is reported,
    equal causes together.

    The exit status is 0 when nothing was found, 1 when something was, 2 when the call or a file is wrong.
    """
    from simisp.cli.pure_client import pure_client
    from simisp.runner.run import RunOptions
    from simisp.scenario.load import load
    from simisp.sweep.reports.table import as_table
    from simisp.sweep.smallest import with_smallest
    from simisp.sweep.sweep import Sweep, run_sweep

    if (call.script is None) == (call.chat is None):
        raise click.UsageError("say what to play: --script FILE.scp or --chat FILE")
    loaded = load(call.scenario)
    options = RunOptions(give_up=call.give_up, deadline=call.deadline)
    client = pure_client(call, options)
    reports = SweepReports.of(call)
    jobs = call.jobs or len(os.sched_getaffinity(0))
    swept = Sweep(loaded, client, call.plan, call.seed)
    result = run_sweep(swept, jobs=jobs)
    result = with_smallest(swept, result, out=None if call.out is None else Path(call.out))
    reports.write(result, swept)
    if call.as_json:
        say_exactly(result.to_json(), nl=False)
    else:
        say(as_table(result), nl=False, fold=False)
    ctx.exit(_FINDINGS if result.groups else 0)
