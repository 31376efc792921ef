"""Commands that keep a value for a port, and commands that only have to be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simisp.cellular.cme_error import CmeError, refuse_cme
from simisp.cellular.parameters import split_values
from simisp.modem.answers import CommandAnswer
from simisp.modem.command_row import CommandRow
from simisp.modem.handlers import parameter
from simisp.modem.result_codes import ResultCode
from simisp.modem.syntax import ATCommand, Form

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["accept", "list_commands", "set_value", "set_word", "tell_cause"]

_OK = ResultCode.OK
_MOST_VALUES = 16


def set_value(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """Set, read or test the values of a port; refuse as cellular commands do."""
    if command.form is Form.SET and not command.text:
        return refuse_cme(unit)
    return _OK if parameter(unit, row, command) is _OK else refuse_cme(unit)


def set_word(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """Set, read or test a value that is written in quotes, such as +CSCS (3GPP TS 27.007, 5.5)."""
    if row.allows(command, Form.READ):
        unit.dte.send_information(f'{row.name}: "{unit.settings.parameters[row.name][0]}"')
    elif row.allows(command, Form.TEST):
        words = str(row.values[0])[1:-1].split(",")
        unit.dte.send_information(f"{row.name}: (" + ",".join(f'"{word}"' for word in words) + ")")
    else:
        return set_value(unit, row, command)
    return _OK


def accept(unit: Unit, _row: CommandRow, command: ATCommand) -> CommandAnswer:
    """Take any values that the command's form allows, and test or read it without an answer of its own."""
    if command.form is Form.SET and len(split_values(command.text)) > _MOST_VALUES:
        return refuse_cme(unit)
    return _OK if command.form is Form.SET or not command.text else refuse_cme(unit)


def list_commands(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CLAC: list all commands (27.007, 8.37)."""
    if row.allows(command, Form.ACTION):
        names = (f"AT{name}" for name in unit.rows if len(name) > 1)
        unit.dte.send_information("\n".join(names))
    return _OK if row.allows(command, Form.ACTION, Form.TEST) else refuse_cme(unit, CmeError.NOT_SUPPORTED)


def tell_cause(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CEER: say why the last call ended (27.007, 6.10)."""
    if row.allows(command, Form.ACTION):
        unit.dte.send_information("+CEER: no cause known")
    return _OK if row.allows(command, Form.ACTION, Form.TEST) else refuse_cme(unit, CmeError.NOT_SUPPORTED)
