"""The table of commands: every command that the modem knows, with its clause, range and factory value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from simisp.modem import handlers as do
from simisp.modem.answers import CommandAnswer, Later, Prompt
from simisp.modem.command_row import CommandRow, CommandTable
from simisp.modem.hayes_rows import HAYES_ROWS
from simisp.modem.profile import ModemProfile
from simisp.modem.syntax import ATCommand, Form, split
from simisp.modem.v250_rows import V250_ROWS

if TYPE_CHECKING:
    from simisp.modem.script import ScriptPlay
    from simisp.modem.unit import Unit

__all__ = ["COMMANDS", "STANDARD_PROFILE", "LineRead", "read_line", "run_command", "unread_line"]


COMMANDS: tuple[CommandRow, ...] = V250_ROWS + HAYES_ROWS
"""Every command, in the order of the standard, which ``AT&V`` and the manual page keep."""

STANDARD_PROFILE = ModemProfile("v250", CommandTable(COMMANDS))
"""A dial-up modem with the commands of V.250 and those of Hayes and its successors."""


@dataclass(frozen=True, slots=True)
class LineRead:
    """A command line as a modem reads it.

    Attributes:
        text: The line, with its prefix.
        commands: Its commands.
        only_asks: Whether they change nothing: until something else is run, the modem answers them as before.
    """

    text: str
    commands: tuple[ATCommand, ...]
    only_asks: bool


@lru_cache(maxsize=16)
def read_line(body: bytes, rows: CommandTable) -> LineRead:
    """Read the body of a command line. Results are cached, since software sends the same few lines again and again.

    Args:
        body: Seven-bit octets without control characters.
        rows: The modem's commands.
    """
    commands = split(body, rows)
    only_asks = all(_only_asks(rows.get_row(command.name), command) for command in commands)
    return LineRead("AT" + body.decode("ascii"), commands, only_asks)


def unread_line(body: bytes) -> LineRead:
    """Return a command line of which no command is run, since it is too long."""
    return LineRead("AT" + body.decode("ascii"), (), only_asks=False)


def _only_asks(row: CommandRow | None, command: ATCommand) -> bool:
    return row is not None and (
        row.asks or (row.handler in (do.parameter, do.set_rate) and command.form in (Form.READ, Form.TEST))
    )


def run_command(unit: Unit, command: ATCommand) -> CommandAnswer:
    """Run one command. A command that is not in the table gives what the profile says, usually ERROR."""
    if unit.script is not None:
        return _run_by_script(unit, unit.script, command)
    row = unit.rows.get_row(command.name)
    return unit.config.profile.unknown if row is None else row.handler(unit, row, command)


def _run_by_script(unit: Unit, script: ScriptPlay, command: ATCommand) -> CommandAnswer:
    """Run one command of a modem for which a scenario has written something."""
    script.begin_command(unit, command)
    written = script.answer(unit, command)
    row = unit.rows.get_row(command.name)
    if written is not None:
        answer = written[0]
    else:
        answer = unit.config.profile.unknown if row is None else row.handler(unit, row, command)
    if not isinstance(answer, (Later, Prompt)):
        unit.dte.end_interruption()
    return answer
