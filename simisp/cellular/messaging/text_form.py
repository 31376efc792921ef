"""Messages as lines of text mode (3GPP TS 27.005, 3.4 and 4.2).

With ``+CSDH=1`` lines have the values in square brackets of the standard's syntax, otherwise not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simisp.cellular.messaging.charset import to_dte
from simisp.cellular.sms.address import Address
from simisp.cellular.sms.coding import Alphabet, DataCoding
from simisp.cellular.sms.pdu import SmsDeliver, SmsStatusReport, SmsSubmit, Tpdu
from simisp.cellular.sms.store import MessageState
from simisp.cellular.sms.times import EnhancedValidity, RelativeValidity, Timestamp, Validity

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = [
    "address_in_quotes",
    "charset_of",
    "data_line",
    "delivered_line",
    "is_text_mode",
    "listed_line",
    "read_line",
    "report_line",
    "shows_details",
    "validity_text",
]


def charset_of(unit: Unit) -> str:
    """Return the character set between DTE and modem, without quotes."""
    return unit.settings.parameters.get("+CSCS", ("IRA",))[0].strip('"')


def is_text_mode(unit: Unit) -> bool:
    """Return whether a port has messages as text (``+CMGF=1``) and not as PDUs."""
    return unit.settings.parameters["+CMGF"][0] == "1"


def shows_details(unit: Unit) -> bool:
    """Return whether ``+CSDH=1`` is in force."""
    return unit.settings.parameters["+CSDH"][0] == "1"


def data_line(unit: Unit, tpdu: Tpdu) -> bytes:
    """Return the ``<data>`` of a message behind a LF: its text in the DTE's set, or hexadecimal if it is no text (3.1).

    A delivery report has none.
    """
    if isinstance(tpdu, SmsStatusReport):
        return b""
    if DataCoding.of(tpdu.coding).alphabet is not Alphabet.GSM or tpdu.data.header:
        return b"\n" + tpdu.data.encode(tpdu.coding)[1:].hex().upper().encode()
    return b"\n" + to_dte(tpdu.text, charset_of(unit))


def delivered_line(unit: Unit, message: SmsDeliver, centre: Address | None) -> bytes:
    """Return what ``+CMT`` says of a message, with the message in a second line."""
    line = b"+CMT: " + address_in_quotes(unit, message.originator) + f',,"{message.timestamp}"'.encode()
    if shows_details(unit):
        line += b"," + _deliver_details(unit, message, centre)
    return line + data_line(unit, message)


def report_line(unit: Unit, report: SmsStatusReport) -> bytes:
    """Return what ``+CDS`` says of a delivery report."""
    return b"+CDS: " + _report(unit, report)


def read_line(unit: Unit, state: MessageState, tpdu: Tpdu, centre: Address | None) -> bytes:
    """Return what ``+CMGR`` says of a message, without the message itself."""
    head = f'+CMGR: "{state.words}",'.encode()
    match tpdu:
        case SmsDeliver():
            head += address_in_quotes(unit, tpdu.originator) + f',,"{tpdu.timestamp}"'.encode()
            return head + (b"," + _deliver_details(unit, tpdu, centre) if shows_details(unit) else b"")
        case SmsSubmit():
            head += address_in_quotes(unit, tpdu.destination) + b","
            return head + (b"," + _submit_details(unit, tpdu, centre) if shows_details(unit) else b"")
        case SmsStatusReport():
            return head + _report(unit, tpdu)


def listed_line(unit: Unit, index: int, state: MessageState, tpdu: Tpdu) -> bytes:
    """Return what ``+CMGL`` says of a message, without the message itself."""
    head = f'+CMGL: {index},"{state.words}",'.encode()
    match tpdu:
        case SmsDeliver():
            head += address_in_quotes(unit, tpdu.originator) + f',,"{tpdu.timestamp}"'.encode()
            person = tpdu.originator
        case SmsSubmit():
            head += address_in_quotes(unit, tpdu.destination) + b",,"
            person = tpdu.destination
        case SmsStatusReport():
            return head + _report(unit, tpdu)
    return head + (f",{person.type},{len(tpdu.data.content)}".encode() if shows_details(unit) else b"")


def _report(unit: Unit, report: SmsStatusReport) -> bytes:
    head = f"{report.first_octet},{report.reference},".encode() + address_in_quotes(unit, report.recipient)
    return head + f',{report.recipient.type},"{report.timestamp}","{report.discharged}",{report.status}'.encode()


def _deliver_details(unit: Unit, message: SmsDeliver, centre: Address | None) -> bytes:
    numbers = (message.originator.type, message.first_octet, message.protocol, message.coding)
    return ",".join(map(str, numbers)).encode() + _centre_and_length(unit, message, centre)


def _submit_details(unit: Unit, message: SmsSubmit, centre: Address | None) -> bytes:
    numbers = (message.destination.type, message.first_octet, message.protocol, message.coding)
    validity = validity_text(message.validity).encode()
    return ",".join(map(str, numbers)).encode() + b"," + validity + _centre_and_length(unit, message, centre)


def _centre_and_length(unit: Unit, message: SmsDeliver | SmsSubmit, centre: Address | None) -> bytes:
    address, kind = (b'""', "") if centre is None else (address_in_quotes(unit, centre), str(centre.type))
    return b"," + address + f",{kind},{len(message.data.content)}".encode()


def validity_text(validity: Validity) -> str:
    """Return a validity period as a value of a command."""
    match validity:
        case None:
            return ""
        case RelativeValidity(octet):
            return str(octet)
        case Timestamp():
            return f'"{validity}"'
        case EnhancedValidity(octets):
            return f'"{octets.hex().upper()}"'


def address_in_quotes(unit: Unit, address: Address) -> bytes:
    """Return an address as a string in the DTE's character set."""
    return b'"' + to_dte(str(address), charset_of(unit)) + b'"'
