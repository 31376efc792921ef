"""The command ``simisp dial``: dial an entry, report the state of a port, hang up, release."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from enum import IntEnum
from pathlib import Path

from simisp.dialling.calls.dialler import Dialler, DialOptions
from simisp.dialling.calls.state_file import StateFile
from simisp.dialling.serial.release import Released, held_by, locked_by, release
from simisp.facts.fact import Fact, details_of
from simisp.machine import Output
from simisp.ras.error_codes import Cause
from simisp.ras.outputs import AttemptEnded, LineUp, RedialPending, ScriptAbandoned
from simisp.ras.phonebook import Entry
from simisp.ras.port import PortChanged
from simisp.runtime.clock import RealClock
from simisp.transcript.redaction import mask_text

__all__ = ["DialStatus", "dial", "hang_up", "release_port", "status"]

_PATIENCE = 10.0
_LOOK_AGAIN = 0.05

Say = Callable[[str], None]


class DialStatus(IntEnum):
    """The exit statuses of ``simisp dial``."""

    DONE = 0
    """The connection was made, and ended on request or because it was idle."""
    FAILED = 1
    """The connection was not made, or was lost."""
    PORT_IN_USE = 5
    """The port is held: RAS error 633."""


async def dial(entry: Entry, options: DialOptions, *, say: Say) -> DialStatus:
    """Dial an entry, keep the call until it ends, and return the outcome. Cancelling it hangs up.

    Args:
        entry: The entry to dial.
        options: How to dial.
        say: Called with each line of the report; the password and the entry's secrets are masked in it.
    """
    state_file = StateFile(entry.port)
    secrets = [text.encode("utf-8", "surrogateescape") for text in (options.password, *entry.secrets)]

    def say_safely(line: str) -> None:
        say(mask_text(line, secrets))

    def tell(output: Output) -> None:
        if isinstance(output, PortChanged):
            state_file.write(entry.name, output.state.value, time.time())
        for line in _words(output):
            say_safely(line)

    dialler = Dialler(entry, RealClock(options.speed), options, tell)
    try:
        ended = await dialler.run()
    finally:
        state_file.remove()
    if dialler.orphan is not None:
        say_safely(f"{dialler.orphan} was left running and holds {entry.port}")
    if ended.cause is Cause.PORT_IN_USE:
        return DialStatus.PORT_IN_USE
    return DialStatus.DONE if ended.was_up and ended.cause in (Cause.HUNG_UP, Cause.IDLE) else DialStatus.FAILED


def status(entry: Entry, directories: Sequence[str | Path] = ()) -> str:
    """Return the holder of an entry's port and the state of the port, in words.

    Raises:
        EndpointError: A lock directory that was named does not exist.
    """
    found = held_by(entry.port, directories)
    at = StateFile(entry.port).read()
    if at is not None and any(holder.pid == at.pid for holder in found):
        since = max(0.0, time.time() - at.since)
        return f"{entry.port}: {at.state} ({at.entry!r}) for {since:.0f} s, pid {at.pid}"
    if not found:
        locked = locked_by(entry.port, directories)
        return f"{entry.port}: locked: {locked}" if locked else f"{entry.port}: closed"
    return f"{entry.port}: locked, held by " + ", ".join(map(str, found))


def hang_up(entry: Entry, directories: Sequence[str | Path] = (), *, patience: float = _PATIENCE) -> tuple[bool, str]:
    """Ask the dialler that holds an entry's port to hang up; return whether it did, and the outcome in words."""
    at = StateFile(entry.port).read()
    if at is None:
        found = held_by(entry.port, directories)
        if not found:
            locked = locked_by(entry.port, directories)
            return True, f"{entry.port}: there is no call" + (f", but it is locked: {locked}" if locked else "")
        who = ", ".join(map(str, found))
        return False, f"{entry.port}: held by {who}, which is not a simisp dialler; --release ends it"
    try:
        os.kill(at.pid, signal.SIGTERM)
    except (ProcessLookupError, PermissionError) as error:
        return False, f"{entry.port}: pid {at.pid} can't be asked to hang up ({error.strerror})"
    deadline = time.monotonic() + patience
    while StateFile(entry.port).read() is not None:
        if time.monotonic() > deadline:
            return False, f"{entry.port}: pid {at.pid} does not hang up; --release ends it"
        time.sleep(_LOOK_AGAIN)
    return True, f"{entry.port}: pid {at.pid} has hung up"


def release_port(entry: Entry, directories: Sequence[str | Path] = ()) -> Released:
    """Free an entry's port: end its holders, clear the locks. See :mod:`simisp.dialling.serial.release`."""
    return release(entry.port, directories)


def _words(output: Output) -> list[str]:
    """Return the words to print for an output."""
    words: list[str] = []
    match output:
        case PortChanged(_, port, state, _, _, why):
            words = [f"{port}: {state.value}" + (f" ({why})" if why else "")]
        case LineUp(rate):
            words = ["connected" + (f" at {rate} bit/s" if rate else "")]
        case RedialPending(cause):
            words = [str(cause.error), "dials again after a pause"]
        case ScriptAbandoned():
            words = ["out of patience: the script is left running"]
        case Fact():
            details = [f"{key} {value}" for key, value in details_of(output).items() if value not in ("", None)]
            words = [", ".join([output.kind, *details])]
        case AttemptEnded(cause, _, detail):
            words = [str(cause.error), *([detail] if detail else [])]
        case _:
            pass
    return words
