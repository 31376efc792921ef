"""The table of commands: every command that the modem knows, with its clause, range and factory value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from simisp.modem import handlers as do
from simisp.modem.answers import CommandAnswer, Later, Prompt
from simisp.modem.command_row import CommandRow, CommandTable
from simisp.modem.hayes_rows import HAYES_ROWS
from simisp.modem.profile import ModemProfile
from simisp.modem.syntax import ATCommand, Form
from simisp.modem.v250_rows import V250_ROWS

if TYPE_CHECKING:
    from simisp.modem.script import ScriptPlay
    from simisp.modem.unit import Unit

__all__ = ["COMMANDS", "STANDARD_PROFILE", "only_asks", "run_command"]


COMMANDS: tuple[CommandRow, ...] = V250_ROWS + HAYES_ROWS
"""Every command, in the order of the standard, which ``AT&V`` and the manual page keep."""

STANDARD_PROFILE = ModemProfile("v250", CommandTable(COMMANDS))
"""A dial-up modem with the commands of V.250 and those of Hayes and its successors."""


def only_asks(rows: CommandTable, commands: Iterable[ATCommand]) -> bool:
    """Return whether commands change nothing: until something else is run, the modem answers them as before."""
    return all(_only_asks(rows.get_row(command.name), command) for command in commands)


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
