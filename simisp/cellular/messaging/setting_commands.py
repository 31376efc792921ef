"""Commands that set how messages are shown, kept and routed: +CMGF, +CSMS, +CPMS, +CSCA, +CSMP, +CSDH, +CNMI, +CSAS."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simisp.cellular.messaging.charset import from_dte
from simisp.cellular.messaging.cms_error import CmsError, refuse
from simisp.cellular.messaging.service import SubmitDefaults, messaging_of
from simisp.cellular.messaging.text_form import address_in_quotes, charset_of, validity_text
from simisp.cellular.parameters import number_of, split_values, string_of
from simisp.cellular.sms.address import Address
from simisp.cellular.sms.octets import octets_of_hex
from simisp.cellular.sms.times import EnhancedValidity, RelativeValidity, Timestamp, Validity
from simisp.errors import PduError
from simisp.modem.answers import CommandAnswer
from simisp.modem.command_row import CommandRow
from simisp.modem.handlers import parameter
from simisp.modem.result_codes import ResultCode
from simisp.modem.syntax import ATCommand, Form

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = [
    "address_of",
    "select_memories",
    "select_service",
    "set_defaults",
    "set_form",
    "set_indications",
    "set_service_centre",
    "store_settings",
]

_OK = ResultCode.OK
_VALIDITY_FORMAT = 0x18


def set_form(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """Set, read or test a value of a port that its own part of the modem keeps; refuse as message commands do."""
    given = split_values(command.text)
    if command.form is Form.SET and not (given and len(given) <= len(row.values)):
        return refuse(unit, CmsError.INVALID_TEXT)
    return _OK if parameter(unit, row, command) is _OK else refuse(unit, CmsError.NOT_SUPPORTED)


def set_indications(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CNMI: say when and how messages that arrive are shown (3GPP TS 27.005, 3.4.1)."""
    answer = set_form(unit, row, command)
    if answer is _OK and command.form is Form.SET:
        messaging = messaging_of(unit)
        messaging.notices.release(unit)
        messaging.deliver_waiting(unit.now)
    return answer


def select_service(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CSMS: select the message service; 1 lets the DTE acknowledge what it is sent (3GPP TS 27.005, 3.2.1)."""
    messaging = messaging_of(unit)
    if row.allows(command, Form.TEST):
        unit.dte.send_information("+CSMS: (0,1)")
    elif row.allows(command, Form.READ):
        unit.dte.send_information(f"+CSMS: {messaging.service},1,1,1")
    elif command.form is Form.SET and (service := number_of(command.text, 0, 1)) is not None:
        messaging.service = service
        unit.dte.send_information("+CSMS: 1,1,1")
    else:
        return refuse(unit, CmsError.NOT_SUPPORTED)
    return _OK


def select_memories(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CPMS: select the memories for reading, writing and arriving (3GPP TS 27.005, 3.2.2)."""
    messaging = messaging_of(unit)
    if row.allows(command, Form.TEST):
        listed = "(" + ",".join(f'"{name}"' for name in messaging.store.names) + ")"
        unit.dte.send_information(f"+CPMS: {listed},{listed},{listed}")
        return _OK
    if (refusal := messaging.host.messaging_refusal()) is not None:
        return refuse(unit, refusal)
    memories = [messaging.memory(purpose) for purpose in range(3)]
    if row.allows(command, Form.READ):
        counts = (f'"{memory.name}",{memory.used},{memory.size}' for memory in memories)
        unit.dte.send_information("+CPMS: " + ",".join(counts))
        return _OK
    given = [string_of(value) for value in split_values(command.text)]
    if command.form is not Form.SET or not 1 <= len(given) <= 3:
        return refuse(unit, CmsError.NOT_SUPPORTED)
    if any(name not in messaging.store.names for name in given):
        return refuse(unit, CmsError.NOT_ALLOWED)
    names = tuple(name for name in given if name is not None)
    first, second, third = names + messaging.used[len(names) :]
    messaging.used = (first, second, third)
    memories = [messaging.memory(purpose) for purpose in range(3)]
    unit.dte.send_information("+CPMS: " + ",".join(f"{memory.used},{memory.size}" for memory in memories))
    messaging.deliver_waiting(unit.now)
    return _OK


def set_service_centre(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CSCA: set the service centre's number (3GPP TS 27.005, 3.3.1)."""
    messaging = messaging_of(unit)
    if row.allows(command, Form.TEST):
        return _OK
    if (refusal := messaging.host.messaging_refusal()) is not None:
        return refuse(unit, refusal)
    if row.allows(command, Form.READ):
        centre = messaging.service_centre
        text = b'"",129' if centre is None else address_in_quotes(unit, centre) + f",{centre.type}".encode()
        unit.dte.send_information(b"+CSCA: " + text)
        return _OK
    given = split_values(command.text)
    if command.form is not Form.SET or not 1 <= len(given) <= 2:
        return refuse(unit, CmsError.INVALID_TEXT)
    address = address_of(unit, given[0], given[1] if len(given) > 1 else "")
    if address is None or address.is_name:
        return refuse(unit, CmsError.INVALID_TEXT)
    messaging.service_centre = address
    return _OK


def set_defaults(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CSMP: set the values of messages that are sent in text mode (3GPP TS 27.005, 3.3.2)."""
    messaging = messaging_of(unit)
    now = messaging.defaults
    if row.allows(command, Form.TEST):
        return _OK
    if row.allows(command, Form.READ):
        validity = validity_text(now.validity)
        unit.dte.send_information(f"+CSMP: {now.first_octet},{validity},{now.protocol},{now.coding}")
        return _OK
    new = _defaults_of(now, split_values(command.text)) if command.form is Form.SET else None
    if new is None:
        return refuse(unit, CmsError.INVALID_TEXT)
    messaging.defaults = new
    return _OK


def store_settings(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CSAS and +CRES: store the service centre and the values of +CSMP, and bring them back (3.3.5, 3.3.6)."""
    messaging = messaging_of(unit)
    if row.allows(command, Form.TEST):
        unit.dte.send_information(f"{row.name}: (0)")
        return _OK
    is_plain = command.form is Form.ACTION and not command.text
    if not is_plain and not (command.form is Form.SET and command.text == "0"):
        return refuse(unit, CmsError.NOT_SUPPORTED)
    if row.name == "+CSAS":
        messaging.stored_defaults = (messaging.service_centre, messaging.defaults)
    else:
        messaging.service_centre, messaging.defaults = messaging.stored_defaults
    return _OK


def address_of(unit: Unit, text: str, kind: str) -> Address | None:
    """Return the address that a command gives, or None if it is not an address.

    Args:
        unit: The port, whose character set it is written in.
        text: The address, in quotes.
        kind: The type of address; empty if it was not given.
    """
    written = string_of(text)
    try:
        address = Address.of(from_dte((written or "").encode("latin-1"), charset_of(unit)))
        if kind:
            if (given := number_of(kind, 128, 255)) is None:
                return None
            address = replace(address, type=given)
        address.encode()
    except PduError:
        return None
    return address if written is not None else None


def _defaults_of(now: SubmitDefaults, given: list[str]) -> SubmitDefaults | None:
    """Return the values of +CSMP updated by those given, or None if one is not allowed."""
    if not 1 <= len(given) <= 4:
        return None
    first, validity, protocol, coding = given + [""] * (4 - len(given))
    numbers = []
    for text, current in ((first, now.first_octet), (protocol, now.protocol), (coding, now.coding)):
        number = number_of(text, 0, 255) if text else current
        if number is None:
            return None
        numbers.append(number)
    period = _validity_of(numbers[0], validity) if validity else now.validity
    if validity and period is None:
        return None
    return SubmitDefaults(numbers[0], period, numbers[1], numbers[2])


def _validity_of(first_octet: int, text: str) -> Validity:
    """Return the validity period in the format that the first octet says, or None if the text is not one."""
    written = string_of(text)
    match (first_octet & _VALIDITY_FORMAT) >> 3:
        case 1 if written is not None:
            try:
                octets = octets_of_hex(written)
            except PduError:
                return None
            return EnhancedValidity(octets) if len(octets) == 7 else None
        case 3 if written is not None:
            return Timestamp.of(written)
        case 0 | 2 if (octet := number_of(text, 0, 255)) is not None:
            return RelativeValidity(octet)
    return None
