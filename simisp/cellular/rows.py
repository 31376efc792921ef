"""The table of cellular commands: 3GPP TS 27.007, with the message commands of 27.005."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from simisp.cellular.commands import file_commands, identity, network, packet, phone, settings, sim_commands
from simisp.cellular.commands.equipment import EQUIPMENT_ROWS
from simisp.cellular.commands.packet_details import PACKET_DETAIL_ROWS
from simisp.cellular.commands.supplementary import SUPPLEMENTARY_ROWS
from simisp.cellular.messaging.rows import MESSAGE_ROWS
from simisp.modem.command_row import Choice, CommandRow, Disposition, Range
from simisp.modem.handlers import decline

__all__ = ["CELLULAR_ROWS", "CELLULAR_TABLE"]

_ACCEPTED, _DECLINED = Disposition.ACCEPTED, Disposition.DECLINED


def _set(name: str, clause: str, meaning: str, *values: Range, factory: str) -> CommandRow:
    return CommandRow(
        name, f"27.007 {clause}", meaning, settings.set_value, values, tuple(factory.split(",")), keeps=True
    )


def _kept(name: str, clause: str, meaning: str, *values: Range, factory: str) -> CommandRow:
    return CommandRow(
        name, f"27.007 {clause}", meaning, settings.set_value, values, tuple(factory.split(",")), _ACCEPTED, keeps=True
    )


def _taken(name: str, clause: str, meaning: str) -> CommandRow:
    return CommandRow(name, f"27.007 {clause}", meaning, settings.accept, disposition=_ACCEPTED)


def _declined(name: str, clause: str, meaning: str) -> CommandRow:
    return CommandRow(name, f"27.007 {clause}", meaning, decline, disposition=_DECLINED)


_REGISTRATION = (Range(0, 2),)

CELLULAR_ROWS: tuple[CommandRow, ...] = (
    CommandRow("+CGMI", "27.007 5.1", "maker", identity.tell(lambda unit: unit.config.identity_in_force.manufacturer)),
    CommandRow("+CGMM", "27.007 5.2", "model", identity.tell(lambda unit: unit.config.identity_in_force.model)),
    CommandRow("+CGMR", "27.007 5.3", "revision", identity.tell(lambda unit: unit.config.identity_in_force.revision)),
    CommandRow("+CGSN", "27.007 5.4", "IMEI", identity.tell_serial_number),
    CommandRow(
        "+CSCS",
        "27.007 5.5",
        "character set of texts",
        settings.set_word,
        (Choice(("GSM", "IRA", "UCS2", "HEX", "8859-1")),),
        ("IRA",),
    ),
    CommandRow("+CIMI", "27.007 5.6", "identity of the subscriber", identity.tell_subscriber),
    CommandRow("+WS46", "27.007 5.9", "kinds of networks", network.choose_systems),
    CommandRow("+CHUP", "27.007 6.5", "hang up", phone.hang_up_all),
    CommandRow("+CEER", "27.007 6.10", "cause of the last call's end", settings.tell_cause),
    _set("+CRC", "6.11", "+CRING instead of RING", Range(0, 1), factory="0"),
    _kept("+CVHU", "6.20", "what hangs up a voice call", Range(0, 2), factory="0"),
    CommandRow("+CNUM", "27.007 7.1", "number of the subscriber", identity.tell_number),
    CommandRow("+CREG", "27.007 7.2", "registration", network.set_registration, _REGISTRATION, ("0",)),
    CommandRow("+COPS", "27.007 7.3", "operator", network.choose_operator),
    CommandRow("+CLCK", "27.007 7.4", "locks", sim_commands.lock_facility),
    CommandRow("+CPWD", "27.007 7.5", "change the PIN", sim_commands.change_password),
    CommandRow("+CUSD", "27.007 7.15", "codes to the network (USSD)", phone.use_services, (Range(0, 2),), ("0",)),
    _kept("+CSSN", "7.17", "supplementary service notices", Range(0, 1), Range(0, 1), factory="0,0"),
    CommandRow("+CLCC", "27.007 7.18", "list the calls", phone.list_calls),
    CommandRow("+CPOL", "27.007 7.19", "preferred operators", network.list_operators),
    _kept("+CPLS", "7.20", "list of preferred operators", Range(0, 2), factory="0"),
    CommandRow("+CPAS", "27.007 8.1", "activity", phone.tell_activity),
    CommandRow("+CFUN", "27.007 8.2", "radio part on, off; restart", network.set_function),
    CommandRow("+CPIN", "27.007 8.3", "PIN", sim_commands.enter_pin),
    CommandRow("+CBC", "27.007 8.4", "battery", phone.tell_battery),
    CommandRow("+CSQ", "27.007 8.5", "signal", network.tell_signal),
    CommandRow("+CIND", "27.007 8.9", "indicators", phone.tell_indicators),
    _kept(
        "+CMER", "8.10", "event reports", Range(0, 3), Range(0, 2), Range(0, 2), Range(0, 2), Range(0, 1),
        factory="0,0,0,0,0",
    ),
    CommandRow("+CPBS", "27.007 8.11", "phone book", phone.choose_phonebook),
    CommandRow("+CPBR", "27.007 8.12", "read the phone book", phone.read_phonebook),
    CommandRow("+CPBW", "27.007 8.14", "write the phone book", phone.write_phonebook),
    CommandRow("+CCLK", "27.007 8.15", "clock", phone.set_clock),
    CommandRow("+CSIM", "27.007 8.17", "command to the SIM", sim_commands.access_sim),
    CommandRow("+CRSM", "27.007 8.18", "file of the SIM", file_commands.access_file),
    CommandRow("+CLAC", "27.007 8.37", "list the commands", settings.list_commands),
    _kept("+CTZU", "8.40", "clock set by the network", Range(0, 1), factory="0"),
    _kept("+CTZR", "8.41", "reports of the time zone", Range(0, 1), factory="0"),
    CommandRow("+CPINR", "27.007 8.65", "tries for the PIN", sim_commands.tell_tries),
    CommandRow("+CESQ", "27.007 8.69", "signal by kind of network", network.tell_extended_signal),
    _set("+CMEE", "9.1", "errors in numbers or words", Range(0, 2), factory="0"),
    CommandRow("+CGDCONT", "27.007 10.1.1", "contexts", packet.define_context, keeps=True),
    _taken("+CGQREQ", "10.1.4", "requested quality of service"),
    _taken("+CGQMIN", "10.1.5", "least quality of service"),
    _taken("+CGEQREQ", "10.1.6", "requested quality of service, UMTS"),
    _taken("+CGEQMIN", "10.1.7", "least quality of service, UMTS"),
    CommandRow("+CGATT", "27.007 10.1.9", "attach to the packet domain", packet.attach),
    CommandRow("+CGACT", "27.007 10.1.10", "activate contexts", packet.activate),
    CommandRow("+CGDATA", "27.007 10.1.12", "connect with a context", packet.enter_data),
    CommandRow("+CGPADDR", "27.007 10.1.14", "addresses of contexts", packet.tell_addresses),
    _kept("+CGEREP", "10.1.19", "reports of packet events", Range(0, 2), Range(0, 1), factory="0,0"),
    CommandRow("+CGREG", "27.007 10.1.20", "registration, packets", network.set_registration, _REGISTRATION, ("0",)),
    CommandRow("+CEREG", "27.007 10.1.22", "registration, EPS", network.set_registration, _REGISTRATION, ("0",)),
    *SUPPLEMENTARY_ROWS,
    *EQUIPMENT_ROWS,
    *PACKET_DETAIL_ROWS,
    *MESSAGE_ROWS,
)  # fmt: skip

CELLULAR_TABLE: Mapping[str, CommandRow] = MappingProxyType({row.name: row for row in CELLULAR_ROWS})
"""The same by name, which all cellular modems share."""
