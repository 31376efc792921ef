"""``simisp run --script``: a dial-up script in pure time, and ``--replay`` of what a sweep has found."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Container
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from simisp.cli.contradictions import given_options, refuse_idle
from simisp.cli.output import say
from simisp.cli.pure_client import pure_client
from simisp.cli.scenario_input import load_scenario
from simisp.cli.transcript_file import open_transcript, report_complaint, status_with_files
from simisp.diagnostics import STANDARD_INPUT
from simisp.report.colour import painted_verdict
from simisp.runner.run_options import RunOptions
from simisp.scenario.load import LoadedScenario
from simisp.sweep.overlay import digest_of, overlaid
from simisp.sweep.token import Replay, read_token, with_passwords

if TYPE_CHECKING:
    from simisp.cli.run import RunCall
    from simisp.report.json_lines import JsonLines
    from simisp.runner.pure import PureRunner
    from simisp.runner.verdict import Verdict
    from simisp.sweep.chat_client import ChatClient
    from simisp.sweep.scp_client import ScpClient
    from simisp.transcript import Record

__all__ = ["play_script", "replayed"]

_FOR_SCRIPTS = frozenset(
    {
        "scenario", "command", "script", "chat", "dial", "user", "password_file", "replay", "give_up", "deadline",
        "allow_unopened", "transcript", "seed", "show_secrets", "quiet", "as_json",
    }
)  # fmt: skip
"""The parameters of ``simisp run`` that a script in pure time can have."""


def replayed(ctx: click.Context, call: RunCall) -> tuple[RunCall, LoadedScenario, float | None]:
    """Return a call with ``--replay`` as it would be without: with its scenario and its client.

    Returns:
        The call, the scenario, and for how many real seconds a command may go on; None for no limit.

    Raises:
        UsageError: The token is not whole, or the scenario has changed since it was made.
        ScenarioError: The scenario can't be found or read.
    """
    assert call.replay is not None
    try:
        replay = read_token(call.replay)
    except ValueError as error:
        raise click.UsageError(f"--replay: {error}") from None
    if not call.scenario and replay.scenario == STANDARD_INPUT:
        raise click.UsageError("--replay: the scenario came from standard input; give it again, and say run - --replay")
    scenario = load_scenario(call.scenario or replay.scenario)
    if replay.digest and digest_of(scenario) != replay.digest:
        raise click.UsageError(f"--replay: {scenario.path} is not the scenario of the token, or has changed since")
    call = _with_replay(call, replay, given_options(ctx), scenario)
    return call, overlaid(scenario, replay.overlay), replay.timeout if call.command else None


def _with_replay(call: RunCall, replay: Replay, given: Container[str], scenario: LoadedScenario) -> RunCall:
    """Return a call with what a token says, where the call itself says nothing else."""
    has_client = bool(call.command or call.script or call.chat)
    if not (has_client or replay.script or replay.chat or replay.command):
        raise click.UsageError("--replay: the token is of a run with a COMMAND that is not in it: give it after --")
    call = replace(
        call,
        command=with_passwords(call.command if has_client else replay.command, scenario.model.isp.accounts),
        script=call.script if has_client else replay.script or None,
        chat=call.chat if has_client else replay.chat or None,
        give_up=replay.give_up if call.give_up is None else call.give_up,
        deadline=replay.deadline if call.deadline is None else call.deadline,
        allow_unopened=call.allow_unopened or replay.allow_unopened,
    )
    if call.command:
        clock = call.clock if "clock" in given or not replay.clock else replay.clock
        most = call.compute_limit if "compute_limit" in given or replay.timeout is None else replay.timeout / 2
        return replace(call, clock=clock, compute_limit=min(call.compute_limit, most))
    return replace(
        call,
        dial=replay.dial if call.dial is None else call.dial,
        user=replay.user if call.user is None else call.user,
        password_file=call.password_file or replay.password_file or None,
    )


def play_script(ctx: click.Context, call: RunCall, scenario: LoadedScenario) -> int:
    """Play a script against a scenario in pure time and print the verdict; return the exit status.

    Raises:
        UsageError: The call has options for a port or a process.
        ScriptError: The script can't be run.
        FileError: A file can't be read or written.
    """
    from simisp.runner.pure import PureRunner

    if sum(map(bool, (call.script, call.chat, call.command))) > 1:
        raise click.UsageError("--script and --chat are in place of a COMMAND: give one of them")
    idle = sorted(given_options(ctx) - _FOR_SCRIPTS)
    refuse_idle(idle, [(name, False, "a port or a process: a script in pure time has none") for name in idle])
    scenario = scenario if call.seed is None else scenario.with_seed(call.seed)
    options = RunOptions(give_up=call.give_up, deadline=call.deadline, allow_unopened=call.allow_unopened)
    client, runner = pure_client(call, options), PureRunner(scenario, options)
    lines = open_transcript(call.transcript)
    verdict = _played(call, scenario, runner, client, lines)
    if call.as_json:
        say(verdict.to_json(), fold=False)
    else:
        say(verdict.describe(), paint=painted_verdict)
    return status_with_files(verdict.exit_status, lines)


def _played(
    call: RunCall, scenario: LoadedScenario, runner: PureRunner, client: ScpClient | ChatClient, lines: JsonLines | None
) -> Verdict:
    from simisp.report.live import LiveView
    from simisp.report.screen import show_line
    from simisp.scenario.heading import heading
    from simisp.transcript import Redactor, Transcript

    with contextlib.ExitStack() as stack:
        listeners: list[Callable[[Record], None]] = []
        if lines is not None:
            lines.begin(heading(scenario, clock="virtual"))
            stack.callback(report_complaint, lines)
            listeners.append(stack.enter_context(contextlib.closing(lines)))
        if not call.quiet:
            view = LiveView(show_line(sys.stderr))
            stack.callback(view.flush)
            listeners.append(view)
        redactor, transcript = Redactor(() if call.show_secrets else runner.secrets), Transcript()

        def pass_on(records: list[Record]) -> None:
            for record in records:
                for listener in listeners:
                    listener(record)

        if listeners:
            transcript.listen(lambda record: pass_on(list(redactor.feed(record))))
        verdict = runner.play(client.machine(scenario), transcript=transcript)
        pass_on(list(redactor.flush()))
        return verdict
