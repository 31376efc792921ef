"""Commands that work on stored messages: +CMGL, +CMGR, +CMGD, +CNMA (3GPP TS 27.005, 3.4, 3.5.4 and 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simisp.cellular.messaging.cms_error import CmsError, refuse
from simisp.cellular.messaging.service import messaging_of
from simisp.cellular.messaging.text_form import data_line, is_text_mode, listed_line, read_line
from simisp.cellular.parameters import number_of, split_values, string_of
from simisp.cellular.sms.address import Address, read_service_centre
from simisp.cellular.sms.octets import PduReader
from simisp.cellular.sms.pdu import Tpdu, decode_tpdu
from simisp.cellular.sms.store import MessageState, StoredMessage
from simisp.modem.answers import CommandAnswer, Prompt
from simisp.modem.command_row import CommandRow
from simisp.modem.result_codes import ResultCode
from simisp.modem.syntax import ATCommand, Form

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["acknowledge", "delete_message", "list_messages", "parse_stored", "read_message"]

_OK = ResultCode.OK
_READ, _UNREAD = MessageState.REC_READ, MessageState.REC_UNREAD
_UNSENT, _SENT = MessageState.STO_UNSENT, MessageState.STO_SENT
_ALL = 4
_DELETED: tuple[tuple[MessageState, ...], ...] = (
    (),
    (_READ,),
    (_READ, _SENT),
    (_READ, _SENT, _UNSENT),
    (_READ, _UNREAD, _SENT, _UNSENT),
)
"""What +CMGD deletes for each ``<delflag>`` (3.5.4)."""


def list_messages(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CMGL: list the messages in a state; what was unread is read then (3.4.2 and 4.1)."""
    messaging, is_text = messaging_of(unit), is_text_mode(unit)
    words = [state.words for state in MessageState] + ["ALL"]
    if row.allows(command, Form.TEST):
        listed = ",".join(f'"{word}"' for word in words)
        unit.dte.send_information(f"+CMGL: ({listed})" if is_text else "+CMGL: (0-4)")
        return _OK
    if (refusal := messaging.host.messaging_refusal()) is not None:
        return refuse(unit, refusal)
    given = command.text if command.form is Form.SET else ('"REC UNREAD"' if is_text else "0")
    word = string_of(given)
    number = words.index(word) if is_text and word in words else None if is_text else number_of(given, 0, _ALL)
    if number is None or command.form not in {Form.SET, Form.ACTION}:
        return refuse(unit, CmsError.INVALID_TEXT if is_text else CmsError.INVALID_PDU)
    for index, message in messaging.memory(0).messages():
        if number in {_ALL, message.state.value}:
            unit.dte.send_information(_listed(unit, index, message))
            _note_read(message)
    return _OK


def read_message(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CMGR: read a message (3.4.3 and 4.2)."""
    messaging = messaging_of(unit)
    if row.allows(command, Form.TEST):
        return _OK
    if (refusal := messaging.host.messaging_refusal()) is not None:
        return refuse(unit, refusal)
    index = number_of(command.text, 0, 99_999) if command.form is Form.SET else None
    message = messaging.memory(0).get(index) if index is not None else None
    if message is None:
        return refuse(unit, CmsError.INVALID_INDEX)
    if is_text_mode(unit):
        centre, tpdu = parse_stored(message)
        unit.dte.send_information(read_line(unit, message.state, tpdu, centre) + data_line(unit, tpdu))
    else:
        unit.dte.send_information(f"+CMGR: {message.state.value},,{message.length}\n{message.pdu.hex().upper()}")
    _note_read(message)
    return _OK


def delete_message(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CMGD: delete a message, or all in some states (3.5.4). A place that is free already gives OK."""
    messaging = messaging_of(unit)
    if (refusal := messaging.host.messaging_refusal()) is not None:
        return refuse(unit, refusal)
    memory = messaging.memory(0)
    if row.allows(command, Form.TEST):
        places = ",".join(str(index) for index, _ in memory.messages())
        unit.dte.send_information(f"+CMGD: ({places}),(0-4)")
        return _OK
    given = split_values(command.text) if command.form is Form.SET else []
    flag = number_of(given[1], 0, 4) if len(given) == 2 else 0 if len(given) == 1 else None
    if flag is None:
        return refuse(unit, CmsError.NOT_SUPPORTED)
    if flag:
        memory.delete_all(*_DELETED[flag])
    else:
        index = number_of(given[0], 0, 99_999)
        if index is None or not memory.has_place(index):
            return refuse(unit, CmsError.INVALID_INDEX)
        memory.delete(index)
    messaging.deliver_waiting(unit.now)
    return _OK


def acknowledge(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CNMA: acknowledge a message that was sent to the DTE (3.4.4 and 4.6)."""
    if row.allows(command, Form.TEST):
        if not is_text_mode(unit):
            unit.dte.send_information("+CNMA: (0-2)")
        return _OK
    given = split_values(command.text)
    number = number_of(given[0], 0, 2) if command.form is Form.SET and given else None
    if command.form is Form.SET and (number is None or len(given) > 2 or is_text_mode(unit)):
        return refuse(unit, CmsError.NOT_SUPPORTED)
    if len(given) == 2 and given[1] != "0":
        if number_of(given[1], 1, 255) is None:
            return refuse(unit, CmsError.INVALID_PDU)
        return Prompt(lambda port, text: _OK if text is None else _acknowledged(port))
    return _acknowledged(unit)


def parse_stored(message: StoredMessage) -> tuple[Address | None, Tpdu]:
    """Return the service centre and the unit of a stored message, which was checked before it was stored."""
    return read_service_centre(PduReader(message.pdu)), decode_tpdu(message.tpdu)


def _acknowledged(unit: Unit) -> CommandAnswer:
    done = messaging_of(unit).acknowledge(unit.now)
    return _OK if done else refuse(unit, CmsError.NOTHING_TO_ACKNOWLEDGE)


def _listed(unit: Unit, index: int, message: StoredMessage) -> bytes:
    if not is_text_mode(unit):
        return f"+CMGL: {index},{message.state.value},,{message.length}\n{message.pdu.hex().upper()}".encode()
    _, tpdu = parse_stored(message)
    return listed_line(unit, index, message.state, tpdu) + data_line(unit, tpdu)


def _note_read(message: StoredMessage) -> None:
    if message.state is _UNREAD:
        message.state = _READ
