"""Commands of packet data (3GPP TS 27.007, 10.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simisp.cellular.addresses import network_address
from simisp.cellular.cellular import Cellular, cellular_of
from simisp.cellular.cme_error import CmeError, refuse_cme
from simisp.cellular.dialling import CellularCall
from simisp.cellular.parameters import number_of, split_values, string_of
from simisp.cellular.state import ADDRESS_TYPES, Context
from simisp.modem.answers import CommandAnswer, DialOut
from simisp.modem.command_row import CommandRow
from simisp.modem.handlers import dial_out
from simisp.modem.result_codes import ResultCode
from simisp.modem.syntax import ATCommand, Form

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["MOST_CONTEXTS", "activate", "attach", "define_context", "enter_data", "tell_addresses"]

MOST_CONTEXTS = 16
_OK = ResultCode.OK
_LONGEST_VALUE = 100
_MOST_VALUES = 13


def define_context(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CGDCONT: define, list or forget contexts (10.1.1)."""
    cellular = cellular_of(unit)
    if row.allows(command, Form.TEST):
        for each in ADDRESS_TYPES:
            unit.dte.send_information(f'+CGDCONT: (1-{MOST_CONTEXTS}),"{each}",,,(0-2),(0-4)')
        return _OK
    if row.allows(command, Form.READ):
        for defined, context in sorted(cellular.contexts.items()):
            unit.dte.send_information(f"+CGDCONT: {defined},{_written(context)}")
        return _OK
    given = split_values(command.text) if command.form is Form.SET else []
    number = number_of(given[0], 1, MOST_CONTEXTS) if given else None
    if number is None or len(given) > _MOST_VALUES or any(len(value) > _LONGEST_VALUE for value in given):
        return refuse_cme(unit)
    if len(given) == 1:
        cellular.forget_context(number)
        return _OK
    kind = string_of(given[1].upper())
    apn = string_of(given[2]) if len(given) > 2 and given[2] else ""
    if kind not in ADDRESS_TYPES or apn is None:
        return refuse_cme(unit)
    cellular.contexts[number] = Context(kind, apn, tuple(given[3:]))
    return _OK


def _written(context: Context) -> str:
    """Return a context's values as +CGDCONT? lists them; address and compressions are always there."""
    rest = list(context.rest) + [""] * (3 - len(context.rest))
    address = rest[0] if string_of(rest[0]) else '"0.0.0.0"'
    compressions = ",".join(value or "0" for value in rest[1:3])
    more = "".join(f",{value}" for value in rest[3:])
    return f'"{context.kind}","{context.apn}",{address},{compressions}{more}'


def attach(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CGATT: attach to the packet domain, or detach (10.1.9)."""
    cellular = cellular_of(unit)
    if row.allows(command, Form.TEST):
        unit.dte.send_information("+CGATT: (0,1)")
    elif row.allows(command, Form.READ):
        unit.dte.send_information(f"+CGATT: {int(cellular.has_packet_service)}")
    elif command.form is Form.SET and command.text in {"0", "1"}:
        if command.text == "1" and not cellular.registration.has_service:
            return refuse_cme(unit, CmeError.NO_NETWORK)
        cellular.attach_packets(unit.now, is_attached=command.text == "1")
    else:
        return refuse_cme(unit)
    return _OK


def activate(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CGACT: activate contexts, or deactivate them (10.1.10)."""
    cellular = cellular_of(unit)
    if row.allows(command, Form.TEST):
        unit.dte.send_information("+CGACT: (0,1)")
        return _OK
    if row.allows(command, Form.READ):
        for number in sorted(cellular.contexts):
            unit.dte.send_information(f"+CGACT: {number},{int(cellular.is_active(number))}")
        return _OK
    given = split_values(command.text) if command.form is Form.SET else []
    if not given or given[0] not in {"0", "1"}:
        return refuse_cme(unit)
    numbers: list[int | None] = [number_of(value, 1, MOST_CONTEXTS) for value in given[1:]]
    numbers = numbers or [*cellular.contexts]
    if any(number not in cellular.contexts for number in numbers):
        return refuse_cme(unit)
    if given[0] == "1" and not cellular.has_packet_service:
        return refuse_cme(unit, CmeError.NO_NETWORK)
    chosen = {number for number in numbers if number is not None}
    if given[0] == "1":
        cellular.activate(chosen)
    else:
        cellular.deactivate(chosen)
    return _OK


def tell_addresses(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CGPADDR: the addresses of contexts, those of active ones (10.1.14)."""
    cellular = cellular_of(unit)
    defined = sorted(cellular.contexts)
    if row.allows(command, Form.TEST):
        unit.dte.send_information(f"+CGPADDR: ({','.join(map(str, defined))})")
        return _OK
    if command.form not in (Form.SET, Form.ACTION):
        return refuse_cme(unit, CmeError.NOT_SUPPORTED)
    given = split_values(command.text)
    numbers: list[int | None] = [number_of(value, 1, MOST_CONTEXTS) for value in given]
    numbers = numbers or [*defined]
    if any(number not in cellular.contexts for number in numbers):
        return refuse_cme(unit)
    for number in filter(None, numbers):
        addresses = network_address(cellular.contexts[number].kind, number).texts if cellular.is_active(number) else []
        unit.dte.send_information(f"+CGPADDR: {number}" + "".join(f',"{text}"' for text in addresses))
    return _OK


def enter_data(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CGDATA: connect with a context, as D*99***n# does (10.1.12)."""
    cellular: Cellular = cellular_of(unit)
    if row.allows(command, Form.TEST):
        unit.dte.send_information('+CGDATA: ("PPP")')
        return _OK
    given = split_values(command.text) if command.form is Form.SET else []
    number = number_of(given[1], 1, MOST_CONTEXTS) if len(given) == 2 else 1
    if not 1 <= len(given) <= 2 or string_of(given[0].upper()) != "PPP" or number is None:
        return refuse_cme(unit)
    if (refusal := cellular.refusal()) is not None:
        return refuse_cme(unit, refusal)
    answer = cellular.call(unit, CellularCall(f"*99***{number}#", number), unit.now)
    return dial_out(unit, answer.string) if isinstance(answer, DialOut) else answer
