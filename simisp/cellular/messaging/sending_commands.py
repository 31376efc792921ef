"""Commands that send messages and write them to the store: +CMGS, +CMGW, +CMSS (3GPP TS 27.005, 3.5 and 4.3 to 4.5)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from simisp.cellular.messaging.charset import from_dte
from simisp.cellular.messaging.cms_error import CmsError, refuse
from simisp.cellular.messaging.service import messaging_of
from simisp.cellular.messaging.setting_commands import address_of
from simisp.cellular.messaging.store_commands import parse_stored
from simisp.cellular.messaging.text_form import charset_of, is_text_mode
from simisp.cellular.parameters import number_of, split_values, string_of
from simisp.cellular.sms.address import Address
from simisp.cellular.sms.coding import Alphabet, DataCoding
from simisp.cellular.sms.octets import octets_of_hex
from simisp.cellular.sms.pdu import SmsDeliver, SmsSubmit, Tpdu, decode_pdu, encode_pdu
from simisp.cellular.sms.store import MessageState, StoredMessage
from simisp.cellular.sms.user_data import UserData
from simisp.errors import PduError
from simisp.modem.answers import CommandAnswer, Later, Prompt
from simisp.modem.command_row import CommandRow
from simisp.modem.result_codes import ResultCode
from simisp.modem.syntax import ATCommand, Form

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["send_message", "send_stored_message", "write_message"]

_OK = ResultCode.OK
_LONGEST_UNIT = 164
"""Octets of the longest SMS-SUBMIT: its head and 140 octets of user data."""
_REJECTS_DUPLICATES, _STATUS_REPORT, _HEADER, _REPLY_PATH = 0x04, 0x20, 0x40, 0x80
_WHITE = re.compile(rb"[\r\n\t ]+")
_STORED_STATES = {state.words: state for state in MessageState}


def send_message(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CMGS: ask for a message, and send it (3.5.1 and 4.3)."""
    messaging = messaging_of(unit)
    if row.allows(command, Form.TEST):
        return _OK
    if (refusal := messaging.host.messaging_refusal()) is not None:
        return refuse(unit, refusal)
    given = split_values(command.text) if command.form is Form.SET else []
    if not is_text_mode(unit):
        length = number_of(given[0], 1, _LONGEST_UNIT) if len(given) == 1 else None
        if length is None:
            return refuse(unit, CmsError.INVALID_PDU)
        return Prompt(lambda port, text: _OK if text is None else _send_pdu(port, text, length))
    recipient = address_of(unit, given[0], given[1] if len(given) == 2 else "") if 1 <= len(given) <= 2 else None
    if recipient is None:
        return refuse(unit, CmsError.INVALID_TEXT)
    return Prompt(lambda port, text: _OK if text is None else _send_text(port, text, recipient), each_line=True)


def send_stored_message(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CMSS: send a message from the store, to the recipient given here if there is one (3.5.2 and 4.7)."""
    messaging = messaging_of(unit)
    if row.allows(command, Form.TEST):
        return _OK
    if (refusal := messaging.host.messaging_refusal()) is not None:
        return refuse(unit, refusal)
    given = split_values(command.text) if command.form is Form.SET else []
    index = number_of(given[0], 0, 99_999) if 1 <= len(given) <= 3 else None
    message = messaging.memory(1).get(index) if index is not None else None
    if message is None:
        return refuse(unit, CmsError.INVALID_INDEX)
    centre, tpdu = parse_stored(message)
    if not isinstance(tpdu, SmsSubmit):
        return refuse(unit, CmsError.NOT_ALLOWED)
    if len(given) > 1:
        recipient = address_of(unit, given[1], given[2] if len(given) == 3 else "")
        if recipient is None:
            return refuse(unit, CmsError.INVALID_TEXT)
        tpdu = replace(tpdu, destination=recipient)
    return _send(unit, "+CMSS", tpdu, centre, stored=message)


def write_message(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CMGW: ask for a message, and put it into the store (3.5.3 and 4.4)."""
    messaging = messaging_of(unit)
    if row.allows(command, Form.TEST):
        return _OK
    if (refusal := messaging.host.messaging_refusal()) is not None:
        return refuse(unit, refusal)
    given = split_values(command.text) if command.form is Form.SET else []
    if not is_text_mode(unit):
        length = number_of(given[0], 1, _LONGEST_UNIT) if 1 <= len(given) <= 2 else None
        state = number_of(given[1], 0, 3) if len(given) == 2 else MessageState.STO_UNSENT.value
        if length is None or state is None:
            return refuse(unit, CmsError.INVALID_PDU)
        return Prompt(lambda port, text: _OK if text is None else _write_pdu(port, text, length, MessageState(state)))
    recipient = address_of(unit, given[0], given[1] if len(given) > 1 else "") if given and given[0] else Address("")
    words = string_of(given[2]) if len(given) == 3 else MessageState.STO_UNSENT.words
    if recipient is None or len(given) > 3 or words not in _STORED_STATES:
        return refuse(unit, CmsError.INVALID_TEXT)
    stored = _STORED_STATES[words]
    return Prompt(
        lambda port, text: _OK if text is None else _write_text(port, text, recipient, stored), each_line=True
    )


def _send_pdu(unit: Unit, text: bytes, length: int) -> CommandAnswer:
    parsed = _parse_pdu(text, length)
    if parsed is None or not isinstance(parsed[1], SmsSubmit):
        return refuse(unit, CmsError.INVALID_PDU)
    return _send(unit, "+CMGS", parsed[1], parsed[0])


def _send_text(unit: Unit, text: bytes, recipient: Address) -> CommandAnswer:
    submit = _submit_of(unit, text, recipient)
    return refuse(unit, CmsError.INVALID_TEXT) if submit is None else _send(unit, "+CMGS", submit, None)


def _send(
    unit: Unit, name: str, submit: SmsSubmit, centre: Address | None, stored: StoredMessage | None = None
) -> CommandAnswer:
    """Return the wait for the service centre, or the refusal."""
    messaging = messaging_of(unit)
    if centre is None and messaging.service_centre is None:
        return refuse(unit, CmsError.NO_SERVICE_CENTRE)

    def sent(port: Unit) -> CommandAnswer:
        if not messaging.host.has_message_service():
            return refuse(port, CmsError.NO_NETWORK)
        port.dte.send_information(f"{name}: {messaging.submit(port, submit, centre)}")
        if stored is not None:
            stored.state = MessageState.STO_SENT
        return _OK

    return Later(messaging.config.send_takes, sent)


def _write_pdu(unit: Unit, text: bytes, length: int, state: MessageState) -> CommandAnswer:
    parsed = _parse_pdu(text, length)
    if parsed is None:
        return refuse(unit, CmsError.INVALID_PDU)
    centre, tpdu = parsed
    return _write(unit, StoredMessage(encode_pdu(tpdu, centre), length, state))


def _write_text(unit: Unit, text: bytes, address: Address, state: MessageState) -> CommandAnswer:
    messaging = messaging_of(unit)
    submit = _submit_of(unit, text, address)
    if submit is None:
        return refuse(unit, CmsError.INVALID_TEXT)
    tpdu: Tpdu = submit
    if state in {MessageState.REC_READ, MessageState.REC_UNREAD}:
        time = messaging.host.local_time(unit.now)
        tpdu = SmsDeliver(address, time, submit.data, submit.coding, submit.protocol)
    pdu = encode_pdu(tpdu, messaging.service_centre)
    return _write(unit, StoredMessage(pdu, len(tpdu.encode()), state))


def _write(unit: Unit, message: StoredMessage) -> CommandAnswer:
    index = messaging_of(unit).memory(1).add(message)
    if index is None:
        return refuse(unit, CmsError.MEMORY_FULL)
    unit.dte.send_information(f"+CMGW: {index}")
    return _OK


def _parse_pdu(text: bytes, length: int) -> tuple[Address | None, Tpdu] | None:
    """Return the unit in a PDU; None if it is not a PDU, or its unit has another length. Line ends do not count."""
    try:
        centre, tpdu, found = decode_pdu(_WHITE.sub(b"", text).decode("latin-1"))
    except PduError:
        return None
    return (centre, tpdu) if found == length else None


def _submit_of(unit: Unit, text: bytes, recipient: Address) -> SmsSubmit | None:
    """Return the message for a text, with the values of +CSMP; None if it can't be said in one message."""
    defaults = messaging_of(unit).defaults
    first, coding = defaults.first_octet, defaults.coding
    try:
        if DataCoding.of(coding).alphabet is not Alphabet.GSM or first & _HEADER:
            data = _user_data_of(_WHITE.sub(b"", text), coding, has_header=bool(first & _HEADER))
        else:
            data = UserData.of_text(_lines(from_dte(text, charset_of(unit))), coding)
        submit = SmsSubmit(
            recipient,
            data,
            coding,
            defaults.protocol,
            validity=defaults.validity if first & 0x18 else None,
            rejects_duplicates=bool(first & _REJECTS_DUPLICATES),
            reply_path=bool(first & _REPLY_PATH),
            status_report=bool(first & _STATUS_REPORT),
        )
        submit.encode()
    except PduError:
        return None
    return submit


def _user_data_of(text: bytes, coding: int, *, has_header: bool) -> UserData:
    """Return user data that was written in hexadecimal.

    Raises:
        PduError: It is no hexadecimal, or its header makes no sense.
    """
    octets = octets_of_hex(text.decode("latin-1"))
    return UserData.of_octets(octets, coding, has_header=has_header)


def _lines(text: str) -> str:
    """Return a text whose lines end with LF: the DTE ends them with CR, or CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
