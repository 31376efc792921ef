"""``simisp run``."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import click

from simisp.cli.call import takes
from simisp.cli.contradictions import given_options
from simisp.cli.interruption import until_interrupted
from simisp.cli.output import discard_output, say, say_exactly
from simisp.cli.parameters import CLOCK, DURATION, ENDPOINT, MODE, SCENARIO
from simisp.cli.pictures import PictureFiles, picture_options
from simisp.cli.plugins import restore_environment
from simisp.cli.standard_streams import streams_for_the_line
from simisp.cli.suggestions import what_to_try
from simisp.cli.transcript_file import open_transcript, report_complaint
from simisp.errors import RunInterruptedError
from simisp.report.colour import painted_verdict

if TYPE_CHECKING:
    from simisp.endpoints.spec import EndpointSpec
    from simisp.report.json_lines import JsonLines
    from simisp.runner.run_options import RunOptions
    from simisp.runner.station import Station
    from simisp.runner.verdict import ExpectationResult, Verdict
    from simisp.scenario.load import LoadedScenario
    from simisp.transcript import Record

__all__ = ["run"]

_FAILED = 1
_NOT_VERIFIED = 2
"""Runs of one command differ: no verdict covers all of them, and only verdicts give 1 and 3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCall:
    """What ``simisp run`` was called with: its arguments and options, by their names."""

    scenario: str
    command: tuple[str, ...]
    script: str | None
    chat: str | None
    dial: str | None
    user: str | None
    password_file: str | None
    replay: str | None
    give_up: float | None
    give_up_kills: Literal["parent", "group"]
    deadline: float | None
    grace: float
    compute_limit: float
    clock: str
    circuits: bool
    verify: int | None
    calls: int | None
    seconds: float | None
    allow_unopened: bool
    endpoints: tuple[EndpointSpec, ...]
    lines: int | None
    link: str | None
    mode: int | None
    owner: str | None
    group: str | None
    lock_directories: tuple[str, ...]
    transcript: str | None
    html: str | None
    svg: str | None
    asciicast: str | None
    junit: str | None
    pcap: str | None
    scale: float | None
    seed: int | None
    show_secrets: bool
    quiet: bool
    as_json: bool


class _Run(click.Command):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the call. ``-- $DIALLER`` with an empty variable means no run that serves whatever comes, forever."""
        nothing_follows = args[-1:] == ["--"]
        rest = super().parse_args(ctx, self._with_scenario(ctx, args))
        if nothing_follows and not ctx.params["command"]:
            raise click.UsageError(
                "there is no COMMAND after --; leave -- out to play the scenario for any program that opens the port",
                ctx,
            )
        return rest

    def _with_scenario(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Return the words of a call, with an empty SCENARIO where --replay says which it is and none is given."""
        end = args.index("--") if "--" in args else len(args)
        if not any(word.partition("=")[0] == "--replay" for word in args[:end]):
            return args
        named, _, _ = self.make_parser(ctx).parse_args(args[:end])
        return args if isinstance(named.get("scenario"), str) else [*args[:end], "", *args[end:]]


@click.command(cls=_Run)
@click.argument("scenario", type=SCENARIO)
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND ...]")
@click.option(
    "--script", type=click.Path(), metavar="FILE",
    help="In place of COMMAND: play this dial-up script (.scp) in pure time, without a port or a process.",
)  # fmt: skip
@click.option("--chat", type=click.Path(), metavar="FILE", help="The same with a script of pppd's chat.")
@click.option("--dial", metavar="NUMBER", help="With --script: what is dialled first; T5551234 otherwise.")
@click.option("--user", help="With --script: $USERID; that of the scenario's first account otherwise.")
@click.option("--password-file", type=click.Path(), help="With --script: a file whose first line is $PASSWORD.")
@click.option("--replay", metavar="TOKEN", help="Play once more what a sweep has found, and has given this token.")
@click.option("--give-up", type=DURATION, help="The dialler gives up after this time and ends the command.")
@click.option(
    "--give-up-kills",
    type=click.Choice(["parent", "group"]),
    default="parent",
    show_default=True,
    help="What the dialler ends then: COMMAND alone, as the mail service did, or its whole process group.",
)
@click.option(
    "--deadline",
    type=DURATION,
    show_default="10m, or 10m after --give-up where that is later",
    help="Latest time for the verdict.",
)
@click.option(
    "--grace",
    type=DURATION,
    default="2s",
    show_default=True,
    help="How long after COMMAND ends the port may stay open before that counts as a hang.",
)
@click.option(
    "--compute-limit",
    type=DURATION,
    default="60s",
    show_default=True,
    help="In virtual time: how long, in real time, COMMAND may compute without ever waiting.",
)
@click.option(
    "--clock",
    type=CLOCK,
    default="real",
    show_default=True,
    metavar="real|virtual|scaled:N|auto",
    help="The time that simulator and COMMAND share: virtual passes at once, and proves a hang.",
)
@click.option(
    "--circuits",
    is_flag=True,
    help="Give COMMAND, or any program that opens the port, modem circuits (DTR RTS DSR CTS DCD RI); with a shared "
    "clock COMMAND always has them.",
)
@click.option("--verify", type=click.IntRange(min=2), metavar="N", help="Run N times, and compare the transcripts.")
@click.option("--calls", type=click.IntRange(min=1), metavar="N", help="Without COMMAND: end after this many calls.")
@click.option("--for", "seconds", type=DURATION, help="Without COMMAND: end after this time.")
@click.option(
    "--allow-unopened",
    is_flag=True,
    help="A COMMAND that never opens the port, or never reaches the ISP, has not failed for that.",
)
@click.option(
    "--endpoint", "endpoints", multiple=True, type=ENDPOINT, metavar="SPEC",
    help="The way to the line, in place of a pseudo-terminal: pty, tcp:[HOST:]PORT, telnet:[HOST:]PORT, "
    "rfc2217:[HOST:]PORT, unix:PATH, unix:@NAME, stdio or serial:DEVICE. Given several times, all of them lead to the "
    "line, which has one client at a time.",
)  # fmt: skip
@click.option(
    "--lines", type=click.IntRange(1, 1000), metavar="N",
    help="So many lines, in place of the scenario's: they call each other by the numbers from 1 on. {port} is the "
    "first, {port:2} the second.",
)  # fmt: skip
@click.option("--link", type=click.Path(), help="Path of the symbolic link to the port.")
@click.option(
    "--mode", type=MODE, metavar="OCTAL", help="With --link: the port's mode, such as 660; it is 600 otherwise."
)
@click.option("--owner", metavar="USER", help="With --link: the user who owns the port.")
@click.option("--group", metavar="GROUP", help="With --link: the group that owns the port.")
@click.option(
    "--lock-dir", "lock_directories", multiple=True, type=click.Path(exists=True, file_okay=False),
    help="Folder in which lock files are looked for.",
)  # fmt: skip
@click.option(
    "--transcript", metavar="FILE", type=click.Path(dir_okay=False, allow_dash=True),
    help="Write every record to this file, as JSON lines. `-` is standard output: all else, the port's path, the "
    "verdict and what COMMAND prints, goes to standard error then.",
)  # fmt: skip
@picture_options
@click.option(
    "--pcap", metavar="FILE", type=click.Path(dir_okay=False),
    help="Write the frames of PPP, and of the multiplexer, to this file (pcapng, for Wireshark and tshark).",
)  # fmt: skip
@click.option(
    "--scale",
    type=click.FloatRange(min=0.1, max=1000),
    metavar="FACTOR",
    help="Play a story in real processes, this many times faster.",
)
@click.option("--seed", type=int, metavar="N", help="Seed of all random choices, in place of the scenario's.")
@click.option("--show-secrets", is_flag=True, help="Do not mask passwords.")
@click.option("--quiet", is_flag=True, help="Do not show the dialogue.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
@takes(RunCall)
def run(ctx: click.Context, call: RunCall) -> None:
    """Play SCENARIO on a virtual serial port.

    Without COMMAND the port's path is printed and the scenario is played for any program that opens it. With COMMAND it
    is started and the verdict given: did the port come free, and if not, which process holds it. {port} in COMMAND
    stands for the port's path; where it does not occur, the command's standard input and output are the port. {locks}
    stands for a lock folder that the run has to itself.

    With --script a dial-up script is played in the same process, in pure time: no port, and no waiting.

    A scenario that also says what dials and what happens (kb175410.yaml) is played whole, in no time, unless --scale
    asks for real processes or --link, --calls or --for for a port.

    The exit status is 0 when the port came free, 1 when an expectation of the scenario did not hold or COMMAND never
    reached the ISP, 2 when the call or the scenario is wrong, the run was cut short, or --clock virtual could not last,
    or --verify found different transcripts, 3 when a process still holds the port. Without COMMAND the expectations are
    judged when --calls, --for or a signal ends the run; after a signal, what could still have come is not judged.
    A run with COMMAND that a signal ends says how things were until then, in JSON too, and ends with 128 and the
    signal's number (Ctrl-C: 130).
    """
    from simisp.scenario.load import load

    timeout = None
    if call.replay is None:
        loaded = load(call.scenario)
    else:
        from simisp.cli.pure_run import replayed

        call, loaded, timeout = replayed(ctx, call)
    if call.script is not None or call.chat is not None:
        from simisp.cli.pure_run import play_script

        ctx.exit(play_script(ctx, call, loaded))
    _refuse_contradictions(ctx, call)
    restore_environment()
    if loaded.has_story and not call.command and not _is_served(ctx):
        if call.pcap is not None:
            raise click.UsageError("--pcap is for a run on a port: a story that is told whole has no frames")
        ctx.exit(_told_story(call))
    _refuse_what_needs_a_command(call)
    if call.seed is not None:
        loaded = loaded.with_seed(call.seed)
    if call.lines is not None:
        try:
            loaded = loaded.with_lines(call.lines)
        except ValueError as error:
            raise click.UsageError(f"--lines {call.lines}: {error}") from None
    # Before the signals are taken over: a FIFO without a reader blocks us here, and Ctrl-C must end that.
    play = _Play(call, loaded, open_transcript(call.transcript), timeout)
    try:
        status = until_interrupted(play.judge() if call.command else play.serve())
    except RunInterruptedError as interruption:
        status = interruption.exit_status
        play.report_interruption(interruption)
    ctx.exit(status)


def _is_served(ctx: click.Context) -> bool:
    return bool(given_options(ctx) & {"calls", "seconds", "link", "circuits", "endpoints", "lines"})


def _told_story(call: RunCall) -> int:
    """Play the story in a scenario's file; return the exit status."""
    from simisp.cli.story import play_story

    try:
        return play_story(
            call.scenario,
            scale=call.scale,
            transcript_file=call.transcript,
            quiet=call.quiet,
            pictures=PictureFiles.of(call),
        )
    except RunInterruptedError as interruption:
        return interruption.exit_status


def _refuse_contradictions(ctx: click.Context, call: RunCall) -> None:
    """Refuse options that do not apply to the call."""
    given = given_options(ctx)
    if wrong := given & {"dial", "user", "password_file"}:
        raise click.UsageError(f"--{min(wrong).replace('_', '-')} needs --script")
    only_without, only_with = {"calls": "--calls", "seconds": "--for", "scale": "--scale"}, {
        "give_up": "--give-up", "give_up_kills": "--give-up-kills", "deadline": "--deadline", "grace": "--grace",
        "compute_limit": "--compute-limit",
        "allow_unopened": "--allow-unopened", "as_json": "--json", "verify": "--verify",
    }  # fmt: skip
    _refuse_for_endpoints(given, call)
    if call.command and (wrong := given & only_without.keys()):
        raise click.UsageError(f"{only_without[min(wrong)]} is for a run without COMMAND; use --deadline")
    if not call.command and (wrong := given & only_with.keys()):
        raise click.UsageError(f"{only_with[min(wrong)]} needs a COMMAND, after --")
    give_up, deadline = call.give_up, call.deadline
    if give_up is not None and deadline is not None and give_up >= deadline:
        raise click.UsageError(f"--give-up {give_up:g}s would never come: --deadline is {deadline:g}s")


def _refuse_for_endpoints(given: set[str], call: RunCall) -> None:
    """Refuse options that do not apply to the ports that are asked for."""
    is_named = "link" in given or any(spec.kind in ("pty", "unix") and spec.name for spec in call.endpoints)
    if not is_named and (wrong := given & {"mode", "owner", "group"}):
        # The folder of other links is private: no other user would have access to the port.
        raise click.UsageError(f"--{min(wrong)} is for a port that others open: say --link too")
    if not call.endpoints:
        return
    kinds = [spec.kind for spec in call.endpoints]
    if "stdio" in kinds and (call.command or call.transcript == "-" or kinds.count("stdio") > 1):
        raise click.UsageError("--endpoint stdio is for a run without COMMAND and --transcript -, and only once")
    if "link" in given and all(spec.kind != "pty" for spec in call.endpoints):
        raise click.UsageError("--link is for a pseudo-terminal: say --endpoint pty too")
    if call.verify is not None:
        raise click.UsageError("--verify compares runs on a pseudo-terminal of their own; leave out --endpoint")


def _refuse_what_needs_a_command(call: RunCall) -> None:
    """Refuse, for a run without COMMAND and without a story, options that need one of them."""
    if call.command:
        return
    if call.scale is not None:
        raise click.UsageError("--scale needs a scenario with a story")
    if call.clock in ("virtual", "auto"):
        raise click.UsageError("a clock is shared with a COMMAND, after --; other programs can have --clock scaled:N")


class _Play:
    """One run from the command line: the call, the scenario, and what was printed.

    Args:
        call: The parameters of ``simisp run``.
        scenario: The scenario.
        lines: The transcript's file, if any.
        timeout: For how many real seconds a command may go on that a sweep has played; None for one of the user's own,
            which has no limits.
    """

    def __init__(
        self, call: RunCall, scenario: LoadedScenario, lines: JsonLines | None, timeout: float | None = None
    ) -> None:
        self._call = call
        self._scenario = scenario
        self._lines = lines
        self._timeout = timeout
        self._products = PictureFiles.of(call).open(show_secrets=call.show_secrets)
        self._verdict_said = False
        has_streams = any(spec.kind == "stdio" for spec in call.endpoints)
        self._streams = streams_for_the_line() if has_streams else None

    async def serve(self) -> int:
        """Play for the processes that open the port; return the exit status."""
        from simisp.runner.ports import paths_of
        from simisp.runner.serve import serve

        call = self._call
        with contextlib.ExitStack() as stack:
            station = stack.enter_context(self._station(stack))
            for path in (*paths_of(station.endpoint), *list(station.lines.values())[1:]):
                say_exactly(path)
            if not call.quiet:
                say(what_to_try(paths_of(station.endpoint), call.endpoints), err=True, fold=False)
            if station.clock_choice.circuits:
                say(_how_to_take_part(station), err=True, fold=False)
            results: Sequence[ExpectationResult]
            try:
                once = [spec.kind for spec in call.endpoints] == ["stdio"]
                await serve(
                    station, calls=call.calls, seconds=call.seconds, lock_directories=call.lock_directories, once=once
                )
                results = await station.judge()
                station.note_expectations(results)
            except asyncio.CancelledError:
                # Without a command an interruption is how a run ends.
                results = station.judge_so_far()
                station.note_expectations(results)
        return _told_expectations(results)

    async def judge(self) -> int:
        """Run the command and print the verdict; return the exit status."""
        call, how = self._call, self._options()
        with contextlib.ExitStack() as stack:
            station = stack.enter_context(self._station(stack))
            verdict = await self._run_command(station, how)
            digest = station.digest()
        self._say_verdict(verdict)
        if call.verify is None:
            return verdict.exit_status
        from simisp.runner.verify import verify

        # An interruption of the other runs does not affect the first, whose verdict is known.
        how = replace(how, on_interrupted=None)
        verification = await verify(
            self._scenario, call.command, how, clock=station.clock_choice, runs=call.verify, first=digest
        )
        say(verification.describe(), err=call.as_json)
        if verification.alike or not verdict.clock.was_kept:
            return verdict.exit_status
        return _NOT_VERIFIED

    async def _run_command(self, station: Station, how: RunOptions) -> Verdict:
        """Run the command; one that a sweep has found is held to the sweep's limits, for it may start ever more."""
        if self._timeout is None:
            from simisp.runner.run import run_client

            return await run_client(station, self._call.command, how)
        from simisp.runner.limited import limited_files, run_limited
        from simisp.sweep.command_client import CommandLimits

        limits = CommandLimits(seconds=self._timeout)
        with limited_files(limits.file_octets):
            verdict, cut_short = await run_limited(
                station, self._call.command, how, seconds=limits.seconds, processes=limits.processes
            )
        return verdict if cut_short is None else replace(verdict, reason=cut_short.reason, interrupted=False)

    def report_interruption(self, interruption: RunInterruptedError) -> None:
        """Report that a signal ended the run; in JSON there is a verdict in any case."""
        try:
            if self._call.as_json and not self._verdict_said:
                self._say_verdict(_not_begun(self._scenario))
            say(f"interrupted by {interruption}; nothing of the run is left", err=True)
        except OSError:  # for instance, the terminal is gone
            discard_output()

    def _options(self) -> RunOptions:
        from simisp.runner.run_options import RunOptions

        call = self._call
        return RunOptions(
            on_interrupted=self._say_verdict,
            give_up=call.give_up,
            give_up_kills=call.give_up_kills,
            deadline=call.deadline,
            grace=call.grace,
            compute_limit=call.compute_limit,
            allow_unopened=call.allow_unopened,
            lock_directories=call.lock_directories,
        )

    def _say_verdict(self, verdict: Verdict) -> None:
        self._verdict_said = True
        if self._call.as_json:
            say(verdict.to_json(), fold=False)
        else:
            say(verdict.describe(), paint=painted_verdict)

    def _station(self, stack: contextlib.ExitStack) -> Station:
        from simisp.endpoints.access import PortAccess
        from simisp.runner.clocks import choose_clock
        from simisp.runner.ports import further_ports, ports_of
        from simisp.runner.station import Station
        from simisp.scenario.heading import heading

        call = self._call
        choice = choose_clock(call.clock, call.command, circuits=call.circuits)
        if choice.why:
            say(f"simisp: the clock is real, not {choice.asked}: {choice.why}", err=True)
        if choice.without_circuits:
            say(f"simisp: no modem circuits: {choice.without_circuits}", err=True)
        header = heading(self._scenario, clock=choice.used, began=datetime.now().astimezone())
        if self._lines is not None:
            self._lines.begin(header)
        for products in self._products:
            products.begin(header)
        mode = 0o600 if call.mode is None else call.mode
        access = PortAccess(mode, call.owner, call.group)
        for spec in call.endpoints:
            if spec.warning:
                say(f"simisp: warning: {spec.warning}", err=True)
        return Station(
            self._scenario,
            ports_of(self._scenario, call.endpoints, link=call.link, access=access, streams=self._streams),
            clock=choice,
            listeners=self._listeners(stack),
            fell_back=_say_fall_back,
            show_secrets=call.show_secrets,
            make_port=further_ports(self._scenario, call.endpoints, access=access),
        )

    def _listeners(self, stack: contextlib.ExitStack) -> list[Callable[[Record], None]]:
        listeners: list[Callable[[Record], None]] = []
        if self._lines is not None:
            stack.callback(report_complaint, self._lines)
            listeners.append(stack.enter_context(contextlib.closing(self._lines)))
        if self._call.pcap is not None:
            from simisp.capture.pcap_file import PcapFile

            frames = PcapFile(self._call.pcap, time.time())
            stack.callback(report_complaint, frames)
            listeners.append(stack.enter_context(contextlib.closing(frames)))
        listeners += map(stack.enter_context, self._products)
        if not self._call.quiet:
            from simisp.report.live import LiveView
            from simisp.report.screen import show_line

            view = LiveView(show_line(sys.stderr))
            stack.callback(view.flush)
            listeners.append(view)
        return listeners


def _told_expectations(results: Sequence[ExpectationResult]) -> int:
    """Print the outcome of the expectations of a run without a command; return the exit status."""
    from simisp.runner.expectations import broken, summary

    if results:
        say(summary(results), paint=painted_verdict)
    return _FAILED if broken(results) else 0


def _not_begun(scenario: LoadedScenario) -> Verdict:
    from simisp.runner.verdict import Verdict, VerdictKind

    reason = "the run was interrupted before the command was started"
    return Verdict(VerdictKind.CUT_SHORT, scenario.name, reason, at=0.0, calls=0, interrupted=True)


def _say_fall_back(reason: str) -> None:
    """Report at once, even in a quiet run, that a run in shared time continues in real time."""
    say(f"simisp: the clock is real from here on: {reason}", err=True)


def _how_to_take_part(station: Station) -> str:
    environment = station.clock.environment({})
    settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
    return f"A program started like this has the modem's circuits, and the run's time:\n  env {settings} PROGRAM"
