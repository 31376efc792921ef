"""``simisp script run``."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from simisp.cli.call import takes
from simisp.cli.contradictions import given_options, refuse_idle, refuse_together
from simisp.cli.files import read_script
from simisp.cli.interruption import until_interrupted
from simisp.cli.numbers import Factor
from simisp.cli.output import say
from simisp.cli.parameters import PAD_TEXT
from simisp.cli.password import password_from
from simisp.cli.script_kind import refuse_other_kinds
from simisp.cli.standard_streams import standard_input
from simisp.errors import EndpointError, LockError, RunInterruptedError

if TYPE_CHECKING:
    from simisp.dialling.script.script_run import ScriptRun
    from simisp.scp.code import Program
    from simisp.switchinf import PadCall, Section

__all__ = ["run"]

_PORT_IN_USE = 5
_NO_CONNECTION = 6
_STOPPED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptRunCall:
    """What ``simisp script run`` was called with: its arguments and options, by their names."""

    file: str
    port: str
    user: str
    password_file: str | None
    password_stdin: bool
    section: str | None
    x25_address: str
    user_data: str
    facilities: str
    pad_stdin: bool
    dial: str | None
    lock_directories: tuple[str, ...]
    no_lock: bool
    discard_unread: bool
    matchcase_always: bool
    speed: float
    trace: bool


@click.command("run")
@click.argument("file", type=click.Path())
@click.option("--port", required=True, help="A device, socket://host:port, or rfc2217://host:port.")
@click.option("--user", default="", help="$USERID.")
@click.option("--password-file", type=click.Path(), help="A file whose first line is $PASSWORD.")
@click.option("--password-stdin", is_flag=True, help="Read $PASSWORD from the first line of standard input.")
@click.option("--section", help="FILE is a SWITCH.INF, and this is the section to play.")
@click.option(
    "--x25-address", default="", type=PAD_TEXT, help="The address that a section of pad.inf calls: <x25address>."
)
@click.option("--user-data", default="", type=PAD_TEXT, help="<userdata> in a section of pad.inf.")
@click.option("--facilities", default="", type=PAD_TEXT, help="<facilities> in a section of pad.inf.")
@click.option(
    "--pad-stdin", is_flag=True,
    help="Read <userdata> and <facilities> from two lines of standard input, where no other process sees them; after "
    "that of --password-stdin, if that is given too.",
)  # fmt: skip
@click.option("--dial", metavar="NUMBER", help="Dial first: ATZ, then ATD and this, such as T5551234.")
@click.option("--lock-dir", "lock_directories", multiple=True, type=click.Path(), help="Where lock files go.")
@click.option("--no-lock", is_flag=True, help="Do not lock the port.")
@click.option("--discard-unread", is_flag=True, help="Each waitfor forgets what came before it began.")
@click.option("--matchcase-always", is_flag=True, help="waitfor is always case-sensitive, as if it had matchcase.")
@click.option(
    "--speed",
    type=Factor(min=0, min_open=True),
    metavar="FACTOR",
    default=1.0,
    help="Let time run this many times faster.",
)
@click.option("--trace", is_flag=True, help="Show each statement as it runs, and what it saw.")
@takes(ScriptRunCall)
def run(ctx: click.Context, call: ScriptRunCall) -> None:
    """Play the script FILE on a port, as a dialler's script processor does.

    FILE is a Windows dial-up script (.scp), or with --section a SWITCH.INF or PAD.INF of Windows NT.

    The port is locked first, and released however the script ends. $PASSWORD comes from --password-file,
    --password-stdin or the variable SIMISP_PASSWORD, never from the command line.

    The exit status is 0 when the script reached endproc, 2 when it can't be run (RAS error 752), 3 after halt, 4 when
    a signal or the loss of the carrier stopped it, 5 when another process holds the port (RAS error 633), 6
    when the port can't be opened or the modem does not connect.
    """
    from simisp.dialling.script.script_run import run_script

    given = given_options(ctx)
    refuse_together(given, ["no_lock", "lock_directories"])
    refuse_together(given, ["password_file", "password_stdin"])
    refuse_together(given, ["pad_stdin", "user_data"])
    refuse_together(given, ["pad_stdin", "facilities"])
    job = _job(call, given)

    async def play() -> int:
        return (await run_script(job, on_output=_teller(call.file))).value

    ctx.exit(_status_of(play()))


def _status_of(playing: Coroutine[Any, Any, int]) -> int:
    """Play, and return the exit status; what keeps the script from running is reported."""
    try:
        return until_interrupted(playing)
    except RunInterruptedError:
        return _STOPPED
    except EndpointError as error:
        say(f"simisp: {error}", err=True)
        return _NO_CONNECTION
    except LockError as error:
        say("[633] The port is already in use or is not configured for Remote Access dial out.", err=True)
        say(f"simisp: {error}", err=True)
        return _PORT_IN_USE


def _job(call: ScriptRunCall, given: set[str]) -> ScriptRun:
    """Return what is to be played, and how."""
    from simisp.dialling.script.script_run import ScriptRun
    from simisp.scp.options import Options

    return ScriptRun(
        _program(call.file, call.section),
        call.port,
        call.user,
        password_from(call.password_file, stdin=call.password_stdin),
        call.dial,
        Options(
            discard_unread_input=call.discard_unread,
            waitfor_matches_case=call.matchcase_always,
            trace=call.trace,
        ),
        call.lock_directories,
        lock=not call.no_lock,
        speed=call.speed,
        pad=_pad_call(given, call),
    )


def _pad_call(given: set[str], call: ScriptRunCall) -> PadCall:
    """Return what is asked of an X.25 PAD.

    Raises:
        UsageError: The script is not a section, or the text cannot be sent to a PAD.
    """
    from simisp.switchinf import PadCall

    is_for = "--section, which names a section of pad.inf"
    names = ("x25_address", "user_data", "facilities", "pad_stdin")
    refuse_idle(given, [(name, call.section is not None, is_for) for name in names])
    user_data, facilities = _pad_lines() if call.pad_stdin else (call.user_data, call.facilities)
    return PadCall(call.x25_address, user_data, facilities)


def _pad_lines() -> tuple[str, str]:
    """Read user data and facilities from standard input.

    Raises:
        UsageError: One of them cannot be sent to a PAD.
    """
    from simisp.ras.phonebook import why_unfit_for_pad

    lines = standard_input()
    user_data, facilities = (lines.readline().rstrip("\r\n") for _ in range(2))
    for option, text in (("--user-data", user_data), ("--facilities", facilities)):
        if reason := why_unfit_for_pad(text):
            raise click.UsageError(f"{option} from standard input: {reason}")
    return user_data, facilities


def _program(file: str, section: str | None) -> Program | Section:
    """Return the script in a file, compiled.

    Raises:
        ScriptError: It cannot be run.
        EndpointError: It cannot be read, or is not a script.
    """
    if section is not None:
        from simisp.switchinf import find_section, parse

        return find_section(parse(read_script(file), file), section)
    from simisp.scp.compiler import compile_script

    data = read_script(file)
    refuse_other_kinds(data, file)
    return compile_script(data, file)


def _teller(file: str) -> Callable[[Any], None]:
    """Return a function that prints a script's outputs to standard error."""
    from simisp.report.live import printable
    from simisp.scp import outputs
    from simisp.switchinf import outputs as older

    def write(line: str) -> None:
        say(line, err=True, fold=False)

    def tell(output: Any) -> None:
        match output:
            case outputs.Traced(place, statement, outcome, seen) | older.Traced(place, statement, outcome, seen):
                saw = f"  saw {printable(seen)}" if seen else ""
                write(f"{file}:{place.line}: {statement}{': ' + outcome if outcome else ''}{saw}")
            case outputs.Failed(place, message):
                write(f"{file}:{place.line}:{place.column}: {message}")
            case older.Failed(place, error, message, words):
                write(f"{file}:{place.line}: [{error}] {message}{': ' + words if words else ''}")
            case outputs.Halted(place):
                write(f"{file}:{place.line}: halted")
            case outputs.CarrierLost(place) | older.CarrierLost(place):
                write(f"{file}:{place.line}: the carrier was lost")
            case outputs.SetIpAddress(address):
                write(f"{file}: IP address {address}")
            case outputs.Spinning(place):
                write(f"{file}:{place.line}: a loop without a wait keeps running")

    return tell
