"""Unsolicited results that are written down: at times, on events, and around the answers of commands.

==========================  ===========================================================================================
a row says                  it is sent
==========================  ===========================================================================================
nothing, or ``first``       once, this long after the modem was switched on
``every``                   again and again; ``times`` limits it
``event``                   this long after each such event, and ``every`` this long again
``before``                  between the echo of such a command and its answer
``inside``                  behind the first line of such a command's answer, or before its result code
``after``                   this long after such a command has come, whether its answer has been given or not
==========================  ===========================================================================================

A result that is due while the DTE types, enters text, dials or is online waits for the end of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from simisp.modem.syntax import ATCommand
from simisp.modem.written_command import CommandPattern

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["ModemEvent", "UnsolicitedPlay", "UnsolicitedRow"]


class ModemEvent(Enum):
    """What may happen to a modem."""

    __hash__ = object.__hash__

    PORT_OPENED = "port opened"
    """DTR has come on."""
    RESET = "reset"
    """Z has been run."""
    RING = "ring"
    """A call that comes in rings."""
    CONNECT = "connect"
    """A call has been set up."""
    CALL_ENDED = "call ended"
    """A call, or an attempt to make one, is over."""


@dataclass(frozen=True, slots=True)
class UnsolicitedRow:
    """One unsolicited result.

    Attributes:
        text: Its text, with LF between lines.
        first: How long after its beginning it is sent, in seconds.
        every: The time to the next one, in seconds, above 0; None for once.
        times: How often it is sent after each beginning; None without a limit.
        event: What it begins with; None for the modem's start.
        before: The command before whose answer it is sent.
        inside: The command in whose answer it is sent.
        after: The command after which it is sent.
    """

    text: str
    first: float = 0.0
    every: float | None = None
    times: int | None = None
    event: ModemEvent | None = None
    before: CommandPattern | None = None
    inside: CommandPattern | None = None
    after: CommandPattern | None = None

    @property
    def begins_at_start(self) -> bool:
        """Whether it is sent by the clock alone."""
        return self.event is None and self.before is None and self.inside is None and self.after is None


@dataclass(slots=True)
class _Running:
    """A row that has begun: when it is sent next, and how often it is still sent."""

    row: UnsolicitedRow
    due: float
    left: int | None


class UnsolicitedPlay:
    """Sends the unsolicited results of one modem.

    Args:
        rows: What there is. At most one of each row runs: an event that comes again begins it anew.
    """

    def __init__(self, rows: Sequence[UnsolicitedRow]) -> None:
        self._rows = rows
        self._running = {id(row): _begun(row, 0.0) for row in rows if row.begins_at_start}

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` should be called, or None if nothing is due by the clock."""
        return min((running.due for running in self._running.values()), default=None)

    def handle_timer(self, unit: Unit, now: float) -> None:
        """Send what is due. A row that is late by more than one period is sent once."""
        for running in sorted(self._running.values(), key=lambda running: running.due):
            if now < running.due:
                break
            unit.send_soon(running.row.text)
            running.left = None if running.left is None else running.left - 1
            if running.left == 0 or running.row.every is None:
                del self._running[id(running.row)]
                continue
            running.due += running.row.every
            if running.due <= now:
                running.due = now + running.row.every

    def note(self, event: ModemEvent, now: float) -> None:
        """Take an event."""
        self._running.update((id(row), _begun(row, now)) for row in self._rows if row.event is event)

    def begin_command(self, unit: Unit, command: ATCommand) -> None:
        """Take a command that is about to run."""
        for row in self._rows:
            if row.before is not None and row.before.matches(command):
                unit.dte.send_words(row.text)
            elif row.inside is not None and row.inside.matches(command):
                unit.dte.interrupt(row.text)
            elif row.after is not None and row.after.matches(command):
                unit.send_at(unit.now + row.first, row.text)


def _begun(row: UnsolicitedRow, now: float) -> _Running:
    times = row.times if row.every is not None else 1
    return _Running(row, now + row.first, times)
