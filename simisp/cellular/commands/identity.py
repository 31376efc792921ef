"""What a cellular modem says of itself and of its subscriber (3GPP TS 27.007, 5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simisp.cellular.cellular import Cellular, cellular_of
from simisp.cellular.cme_error import CmeError, refuse_cme
from simisp.modem.answers import CommandAnswer
from simisp.modem.command_row import CommandRow, Handler
from simisp.modem.result_codes import ResultCode
from simisp.modem.syntax import ATCommand, Form

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["tell", "tell_number", "tell_serial_number", "tell_subscriber"]

_OK = ResultCode.OK


def tell(text: Callable[[Unit], str]) -> Handler:
    """Make a handler that answers with a text, and to a test with nothing."""

    def handler(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
        if not row.allows(command, Form.ACTION, Form.TEST):
            return refuse_cme(unit, CmeError.NOT_SUPPORTED)
        if command.form is Form.ACTION:
            unit.dte.send_information(text(unit))
        return _OK

    return handler


def tell_serial_number(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CGSN: the IMEI; in the form of Release 10 with its name and in quotes (5.4)."""
    imei = cellular_of(unit).config.imei
    if row.allows(command, Form.ACTION):
        unit.dte.send_information(imei)
    elif command.form is Form.SET and command.text in {"0", "1"}:
        unit.dte.send_information(f'+CGSN: "{imei}"' if command.text == "1" else imei)
    elif row.allows(command, Form.TEST):
        unit.dte.send_information("+CGSN: (0,1)")
    else:
        return refuse_cme(unit)
    return _OK


def tell_subscriber(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CIMI: the subscriber's identity (5.6)."""
    cellular = cellular_of(unit)
    if row.allows(command, Form.TEST):
        return _OK
    if not row.allows(command, Form.ACTION):
        return refuse_cme(unit, CmeError.NOT_SUPPORTED)
    if (refusal := cellular.refusal()) is not None:
        return refuse_cme(unit, refusal)
    unit.dte.send_information(cellular.sim.config.imsi)
    return _OK


def tell_number(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CNUM: the subscriber's number, if the SIM has it (7.1)."""
    cellular: Cellular = cellular_of(unit)
    if not row.allows(command, Form.ACTION, Form.TEST):
        return refuse_cme(unit, CmeError.NOT_SUPPORTED)
    if (refusal := cellular.refusal()) is not None:
        return refuse_cme(unit, refusal)
    if command.form is Form.ACTION and (number := cellular.sim.config.number):
        unit.dte.send_information(f'+CNUM: ,"{number}",{145 if number.startswith("+") else 129}')
    return _OK
