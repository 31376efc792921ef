"""``simisp run``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import click

from simisp.cli.call import takes
from simisp.cli.contradictions import given_options, refuse_idle
from simisp.cli.files import STANDARD_STREAM
from simisp.cli.interruption import until_interrupted
from simisp.cli.numbers import WHOLE, Factor, NumberInRange
from simisp.cli.parameters import CLOCK, DURATION, ENDPOINT, MODE, SCENARIO, WRITTEN_FILE
from simisp.cli.pictures import PictureFiles, picture_options
from simisp.cli.scenario_first import ScenarioFirst
from simisp.cli.transcript_file import open_transcript
from simisp.errors import RunInterruptedError

if TYPE_CHECKING:
    from simisp.endpoints.spec import EndpointSpec
    from simisp.scenario.load import LoadedScenario

__all__ = ["run"]

_FOR_COMMANDS = (
    "give_up", "give_up_kills", "deadline", "grace", "compute_limit", "allow_unopened", "as_json", "verify",
)  # fmt: skip
"""The parameters that are about the end of a command."""
_FOR_STORIES = frozenset({"scenario", "scale", "transcript", "html", "svg", "asciicast", "junit", "quiet", "clock"})
"""The parameters that a story can have which is played at once."""


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


class _Run(ScenarioFirst):
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
@click.option("--chat", type=click.Path(), metavar="FILE", help="The same with a script for pppd's chat.")
@click.option("--dial", metavar="NUMBER", help="With --script: the number that is dialled first, by default T5551234.")
@click.option("--user", help="With --script: $USERID, by default the user name of the scenario's first account.")
@click.option("--password-file", type=click.Path(), help="With --script: a file whose first line is $PASSWORD.")
@click.option("--replay", metavar="TOKEN", help="Repeat the case for which a sweep printed this token.")
@click.option("--give-up", type=DURATION, help="The dialler gives up after this time and ends the command.")
@click.option(
    "--give-up-kills",
    type=click.Choice(["parent", "group"]),
    default="parent",
    show_default=True,
    help="What the dialler then ends: only COMMAND, as the mail service did, or its whole process group.",
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
    help="The clock that simulator and COMMAND share; virtual time passes at once, and can prove a hang.",
)
@click.option(
    "--circuits",
    is_flag=True,
    help="Give COMMAND, or any program that opens the port, modem circuits (DTR RTS DSR CTS DCD RI); with a shared "
    "clock COMMAND always has them.",
)
@click.option("--verify", type=NumberInRange(min=2), metavar="N", help="Run N times and compare the transcripts.")
@click.option("--calls", type=NumberInRange(min=1), metavar="N", help="Without COMMAND: end after this many calls.")
@click.option("--for", "seconds", type=DURATION, help="Without COMMAND: end after this time.")
@click.option(
    "--allow-unopened",
    is_flag=True,
    help="Do not count it as a failure if COMMAND never opens the port or never reaches the ISP.",
)
@click.option(
    "--endpoint", "endpoints", multiple=True, type=ENDPOINT, metavar="SPEC",
    help="The port, in place of a pseudo-terminal: pty[:LINK], tcp[:[HOST:]PORT], telnet[:[HOST:]PORT], "
    "rfc2217[:[HOST:]PORT], unix[:PATH], unix:@NAME, stdio or serial:DEVICE. Can be repeated: all the ports then lead "
    "to the same line, which has one client at a time.",
)  # fmt: skip
@click.option(
    "--lines", type=NumberInRange(1, 1000), metavar="N",
    help="The number of lines, in place of the scenario's. They call each other by the numbers 1, 2 and so on. {port} "
    "is the first, {port:2} the second.",
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
    "--pcap", metavar="FILE", type=WRITTEN_FILE,
    help="Write the frames of PPP, and of the multiplexer, to this file (pcapng, for Wireshark and tshark).",
)  # fmt: skip
@click.option(
    "--scale",
    type=Factor(min=0.1, max=1000),
    metavar="FACTOR",
    help="Play a story in real processes, this many times faster.",
)
@click.option("--seed", type=WHOLE, metavar="N", help="Seed of all random choices, in place of the scenario's.")
@click.option("--show-secrets", is_flag=True, help="Do not mask passwords.")
@click.option("--quiet", is_flag=True, help="Do not show the dialogue.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
@takes(RunCall)
def run(ctx: click.Context, call: RunCall) -> None:
    """Play SCENARIO on a virtual serial port.

    SCENARIO is a file, the name of a bundled scenario, or `-` for standard input.

    Without COMMAND, print the port's path and play the scenario for any program that opens the port. With COMMAND,
    start it and give a verdict: did the port come free, and if not, which process holds it? In COMMAND, {port} stands
    for the port's path; if it does not occur, the port is the command's standard input and output. {locks} stands for a
    lock folder that only this run uses.

    With --script, play a dial-up script in this process, in pure time: there is no port and no waiting.

    If the scenario has a story, which says what dials and when (kb175410.yaml), the whole story is played at once. With
    --scale it is played in real processes, and with --link, --calls or --for its ISP is served on a port.

    The exit status is 0 if the port came free; 1 if an expectation of the scenario did not hold or COMMAND never
    reached the ISP; 2 if the call or the scenario is wrong, the run was cut short, --clock virtual could not be kept,
    or --verify found different transcripts; 3 if a process still holds the port. It is 2, whatever the verdict, if a
    file that the run was to write is not complete. Without COMMAND, expectations are judged when --calls, --for or a
    signal ends the run; after a signal, those that could still have been met are not judged. If a signal ends a run
    with COMMAND, the verdict so far is printed, with --json too, and the exit status is 128 plus the signal's number
    (130 for Ctrl-C).
    """
    from simisp.cli.scenario_input import load_scenario

    timeout = None
    if call.replay is None:
        loaded = load_scenario(call.scenario)
    else:
        from simisp.cli.pure_run import replayed

        call, loaded, timeout = replayed(ctx, call)
    if call.script is not None or call.chat is not None:
        from simisp.cli.pure_run import play_script

        ctx.exit(play_script(ctx, call, loaded))
    _refuse_contradictions(ctx, call)
    if loaded.has_story and not call.command and not _is_served(ctx):
        if call.scenario == STANDARD_STREAM:
            raise click.UsageError("a story is played from a file, beside which its scripts lie, not from -")
        _refuse_what_needs_a_port(ctx, call)
        ctx.exit(_told_story(call))
    _refuse_what_needs_a_command(ctx, call)
    ctx.exit(_on_ports(call, _as_asked(call, loaded), timeout))


def _as_asked(call: RunCall, loaded: LoadedScenario) -> LoadedScenario:
    """Return the scenario with the seed and the number of lines that the call asks for."""
    if call.seed is not None:
        loaded = loaded.with_seed(call.seed)
    if call.lines is None:
        return loaded
    try:
        return loaded.with_lines(call.lines)
    except ValueError as error:
        raise click.UsageError(f"--lines {call.lines}: {error}") from None


def _on_ports(call: RunCall, loaded: LoadedScenario, timeout: float | None) -> int:
    """Play the scenario on its ports; return the exit status."""
    from simisp.cli.port_run import PortRun

    # Before the signals are taken over: a FIFO without a reader blocks us here, and Ctrl-C must end that.
    play = PortRun(call, loaded, open_transcript(call.transcript), timeout)
    try:
        return until_interrupted(play.judge() if call.command else play.serve())
    except RunInterruptedError as interruption:
        play.report_interruption(interruption)
        return interruption.exit_status


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
    given, has_command = given_options(ctx), bool(call.command)
    rows = [
        *((name, False, "--script") for name in ("dial", "user", "password_file")),
        *((name, not has_command, "a run without COMMAND; use --deadline") for name in ("calls", "seconds")),
        ("scale", not has_command, "a story, which has no COMMAND"),
        *((name, has_command, "a COMMAND, after --") for name in _FOR_COMMANDS),
        ("give_up_kills", call.give_up is not None, "--give-up, which says when"),
        ("compute_limit", call.clock in ("virtual", "auto"), "--clock virtual"),
    ]
    refuse_idle(given, rows)
    _refuse_for_endpoints(given, call)
    give_up, deadline = call.give_up, call.deadline
    if give_up is not None and deadline is not None and give_up >= deadline:
        raise click.UsageError(f"--give-up {give_up:g}s would never come: --deadline is {deadline:g}s")


def _refuse_for_endpoints(given: set[str], call: RunCall) -> None:
    """Refuse options that do not apply to the ports that are asked for."""
    kinds = [spec.kind for spec in call.endpoints] or ["pty"]
    is_named = "link" in given or any(spec.kind in ("pty", "unix") and spec.name for spec in call.endpoints)
    takes_link = not call.endpoints or any(spec.takes_link for spec in call.endpoints)
    # The folder of other links is private: no other user would have access to the port.
    access = "a port that others open: say --link too"
    rows = [
        *((name, is_named, access) for name in ("mode", "owner", "group")),
        ("link", "pty" in kinds, "a pseudo-terminal: say --endpoint pty too"),
        ("link", takes_link, "a pseudo-terminal that names no link itself: say --endpoint pty"),
        ("circuits", "pty" in kinds, "a pseudo-terminal: RFC 2217 and a serial port have them anyway, others none"),
        ("verify", not call.endpoints, "a run on a pseudo-terminal: leave out --endpoint"),
    ]
    if "stdio" in kinds and (call.command or call.transcript == STANDARD_STREAM or kinds.count("stdio") > 1):
        raise click.UsageError("--endpoint stdio is for a run without COMMAND and --transcript -, and only once")
    if "stdio" in kinds and call.scenario == STANDARD_STREAM:
        raise click.UsageError("--endpoint stdio needs the standard input from which - reads the scenario")
    refuse_idle(given, rows)


def _refuse_what_needs_a_port(ctx: click.Context, call: RunCall) -> None:
    """Refuse, for a story that is played at once, options that change nothing about it."""
    idle = sorted(given_options(ctx) - _FOR_STORIES)
    has_its_clock = call.clock in ("virtual", "auto") and call.scale is None
    rows = [(name, False, "a run on a port: a story that is played at once has none") for name in idle]
    refuse_idle({*idle, *given_options(ctx)}, [*rows, ("clock", has_its_clock, "a run on a port: a story has --scale")])


def _refuse_what_needs_a_command(ctx: click.Context, call: RunCall) -> None:
    """Refuse, for a run without COMMAND and without a story, options that need one of them."""
    if call.command:
        return
    refuse_idle(given_options(ctx), [("scale", False, "a scenario with a story")])
    if call.clock in ("virtual", "auto"):
        raise click.UsageError("a clock is shared with a COMMAND, after --; other programs can have --clock scaled:N")
