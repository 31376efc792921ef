"""The table of message commands (3GPP TS 27.005). A modem's subsystem with messaging has these rows among its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simisp.cellular.messaging import sending_commands, setting_commands, store_commands
from simisp.cellular.messaging.cms_error import CmsError, refuse
from simisp.modem.answers import CommandAnswer
from simisp.modem.command_row import Choice, CommandRow, Disposition, Range
from simisp.modem.syntax import ATCommand

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["MESSAGE_ROWS"]


def _decline(unit: Unit, _row: CommandRow, _command: ATCommand) -> CommandAnswer:
    """Refuse a command that the modem does not support."""
    return refuse(unit, CmsError.NOT_SUPPORTED)


def _numbers(*numbers: int) -> Choice:
    return Choice(tuple(map(str, numbers)))


_CNMI = (_numbers(0, 1, 2), Range(0, 3), _numbers(0, 2), Range(0, 2), _numbers(0, 1))

MESSAGE_ROWS: tuple[CommandRow, ...] = (
    CommandRow("+CSMS", "27.005 3.2.1", "message service", setting_commands.select_service),
    CommandRow("+CPMS", "27.005 3.2.2", "memories for reading, writing, arriving", setting_commands.select_memories),
    CommandRow(
        "+CMGF",
        "27.005 3.2.3",
        "messages as PDUs (0) or text (1)",
        setting_commands.set_form,
        (_numbers(0, 1),),
        ("0",),
    ),
    CommandRow("+CSCA", "27.005 3.3.1", "service centre", setting_commands.set_service_centre),
    CommandRow("+CSMP", "27.005 3.3.2", "values of text mode", setting_commands.set_defaults),
    CommandRow(
        "+CSDH", "27.005 3.3.3", "all values in text mode", setting_commands.set_form, (_numbers(0, 1),), ("0",)
    ),
    CommandRow("+CSAS", "27.005 3.3.5", "store the message settings", setting_commands.store_settings),
    CommandRow("+CRES", "27.005 3.3.6", "restore the message settings", setting_commands.store_settings),
    CommandRow(
        "+CNMI",
        "27.005 3.4.1",
        "how messages that arrive are shown",
        setting_commands.set_indications,
        _CNMI,
        ("2", "1", "0", "0", "0"),
    ),
    CommandRow("+CMGL", "27.005 3.4.2, 4.1", "list messages", store_commands.list_messages),
    CommandRow("+CMGR", "27.005 3.4.3, 4.2", "read a message", store_commands.read_message),
    CommandRow("+CNMA", "27.005 3.4.4, 4.6", "acknowledge a message", store_commands.acknowledge),
    CommandRow("+CMGS", "27.005 3.5.1, 4.3", "send a message", sending_commands.send_message),
    CommandRow("+CMSS", "27.005 3.5.2, 4.7", "send a stored message", sending_commands.send_stored_message),
    CommandRow("+CMGW", "27.005 3.5.3, 4.4", "write a message to the store", sending_commands.write_message),
    CommandRow("+CMGD", "27.005 3.5.4", "delete messages", store_commands.delete_message),
    CommandRow("+CMGC", "27.005 3.5.5, 4.5", "send an SMS-COMMAND", _decline, disposition=Disposition.DECLINED),
)
"""A row for each command, in the order of the standard."""
