"""Commands of a phone: calls, activity, battery, clock, phone books, services of the network (3GPP TS 27.007)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simisp.cellular.cellular import cellular_of
from simisp.cellular.cme_error import CmeError, refuse_cme
from simisp.cellular.commands.texts import quoted, text_given
from simisp.cellular.parameters import number_of, split_values, string_of
from simisp.cellular.phonebook import LONGEST_NAME, LONGEST_PHONE_NUMBER, PHONEBOOK_SIZE, PhonebookEntry
from simisp.cellular.reports import INDICATORS, service_line
from simisp.cellular.sms.times import Timestamp
from simisp.facts.cellular import ServiceAnswered
from simisp.modem.answers import CommandAnswer
from simisp.modem.command_row import CommandRow
from simisp.modem.outputs import HangUpReason
from simisp.modem.result_codes import ResultCode
from simisp.modem.syntax import ATCommand, Form

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = [
    "choose_phonebook",
    "entry_line",
    "hang_up_all",
    "list_calls",
    "read_phonebook",
    "set_clock",
    "tell_activity",
    "tell_battery",
    "tell_indicators",
    "use_services",
    "write_phonebook",
]

_OK = ResultCode.OK
_FULL_BATTERY = 100
_NO_SUCH_SERVICE = 4


def tell_activity(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CPAS: 0 ready, 3 ringing, 4 in a call (8.1)."""
    if row.allows(command, Form.TEST):
        unit.dte.send_information("+CPAS: (0,3,4)")
    elif row.allows(command, Form.ACTION):
        cellular = cellular_of(unit)
        activity = 3 if cellular.is_ringing else 4 if cellular.has_call else 0
        unit.dte.send_information(f"+CPAS: {activity}")
    else:
        return refuse_cme(unit, CmeError.NOT_SUPPORTED)
    return _OK


def tell_battery(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CBC: a modem on mains power (8.4)."""
    if row.allows(command, Form.TEST):
        unit.dte.send_information("+CBC: (0-3),(0-100)")
    elif row.allows(command, Form.ACTION):
        unit.dte.send_information(f"+CBC: 1,{_FULL_BATTERY}")
    else:
        return refuse_cme(unit, CmeError.NOT_SUPPORTED)
    return _OK


def list_calls(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CLCC: the calls on circuits: those that were dialled, and the one that rings (7.18)."""
    if not row.allows(command, Form.ACTION, Form.TEST):
        return refuse_cme(unit, CmeError.NOT_SUPPORTED)
    calls = cellular_of(unit).circuit_calls() if command.form is Form.ACTION else []
    for index, (is_incoming, state, number) in enumerate(calls, start=1):
        kind = 145 if number.startswith("+") else 129
        unit.dte.send_information(f'+CLCC: {index},{int(is_incoming)},{state},1,0,"{number}",{kind}')
    return _OK


def hang_up_all(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CHUP: hang up (6.5)."""
    if row.allows(command, Form.ACTION):
        unit.call.hang_up(HangUpReason.COMMAND)
    return _OK if row.allows(command, Form.ACTION, Form.TEST) else refuse_cme(unit, CmeError.NOT_SUPPORTED)


def tell_indicators(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CIND: what a phone shows on its display (8.9)."""
    cellular = cellular_of(unit)
    if row.allows(command, Form.TEST):
        listed = (f'("{name}",(0-{most}))' for name, most in INDICATORS)
        unit.dte.send_information(f"+CIND: {','.join(listed)}")
    elif row.allows(command, Form.READ):
        unit.dte.send_information(f"+CIND: {','.join(map(str, cellular.indicators))}")
    else:
        return refuse_cme(unit, CmeError.NOT_SUPPORTED)
    return _OK


def set_clock(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CCLK: the clock (8.15)."""
    cellular = cellular_of(unit)
    if row.allows(command, Form.TEST):
        return _OK
    if row.allows(command, Form.READ):
        unit.dte.send_information(f'+CCLK: "{cellular.local_time(unit.now)}"')
        return _OK
    text = string_of(command.text) if command.form is Form.SET else None
    given = Timestamp.of(text) or Timestamp.of(f"{text}+00") if text else None
    return _OK if given is not None and cellular.clock.set(given, unit.now) else refuse_cme(unit)


def choose_phonebook(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CPBS: choose the storage (8.11)."""
    phonebook = cellular_of(unit).phonebook
    if row.allows(command, Form.TEST):
        unit.dte.send_information("+CPBS: (" + ",".join(f'"{name}"' for name in phonebook.NAMES) + ")")
        return _OK
    if (refusal := cellular_of(unit).refusal()) is not None:
        return refuse_cme(unit, refusal)
    if row.allows(command, Form.READ):
        unit.dte.send_information(f'+CPBS: "{phonebook.selected}",{phonebook.used},{PHONEBOOK_SIZE}')
        return _OK
    name = string_of(command.text) if command.form is Form.SET else None
    if name not in phonebook.NAMES:
        return refuse_cme(unit)
    phonebook.selected = name
    return _OK


def read_phonebook(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CPBR: read an entry, or those of a range (8.12)."""
    phonebook = cellular_of(unit).phonebook
    if row.allows(command, Form.TEST):
        unit.dte.send_information(f"+CPBR: (1-{PHONEBOOK_SIZE}),{LONGEST_PHONE_NUMBER},{LONGEST_NAME}")
        return _OK
    if (refusal := cellular_of(unit).refusal()) is not None:
        return refuse_cme(unit, refusal)
    given = split_values(command.text) if command.form is Form.SET else []
    places = [number_of(value, 1, PHONEBOOK_SIZE) for value in given]
    first, last = (places[0], places[-1]) if 1 <= len(places) <= 2 else (None, None)
    if first is None or last is None:
        return refuse_cme(unit, CmeError.INVALID_INDEX)
    found = [(place, entry) for place in range(first, last + 1) if (entry := phonebook.at(place)) is not None]
    for place, entry in found:
        unit.dte.send_information(entry_line(unit, row.name, place, entry))
    return _OK if found or len(places) == 2 else refuse_cme(unit, CmeError.NOT_FOUND)


def write_phonebook(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CPBW: write an entry, or delete it (8.14)."""
    phonebook = cellular_of(unit).phonebook
    if row.allows(command, Form.TEST):
        unit.dte.send_information(f"+CPBW: (1-{PHONEBOOK_SIZE}),{LONGEST_PHONE_NUMBER},(128-255),{LONGEST_NAME}")
        return _OK
    if (refusal := cellular_of(unit).refusal()) is not None:
        return refuse_cme(unit, refusal)
    given = split_values(command.text) if command.form is Form.SET else []
    if not 1 <= len(given) <= 4:
        return refuse_cme(unit)
    place = number_of(given[0], 1, PHONEBOOK_SIZE) if given[0] else phonebook.free_place()
    if place is None:
        return refuse_cme(unit, CmeError.INVALID_INDEX if given[0] else CmeError.MEMORY_FULL)
    entry = _entry_of(unit, given) if len(given) > 1 else None
    if isinstance(entry, CmeError):
        return refuse_cme(unit, entry)
    phonebook.write(place, entry)
    return _OK


def entry_line(unit: Unit, name: str, place: int, entry: PhonebookEntry) -> bytes:
    """Return an entry as +CPBR and +CPBF list it."""
    return f'{name}: {place},"{entry.number}",{entry.kind},'.encode() + quoted(unit, entry.name)


def _entry_of(unit: Unit, given: list[str]) -> PhonebookEntry | CmeError:
    """Return the entry that +CPBW gives, or why there can be none."""
    number, name = string_of(given[1]), text_given(unit, given[3]) if len(given) > 3 else ""
    usual = "145" if (number or "").startswith("+") else "129"
    kind = number_of(given[2] if len(given) > 2 and given[2] else usual, 128, 255)
    if number is None or name is None or kind is None:
        return CmeError.INCORRECT_PARAMETERS
    if len(number) > LONGEST_PHONE_NUMBER:
        return CmeError.NUMBER_TOO_LONG
    return CmeError.TEXT_TOO_LONG if len(name) > LONGEST_NAME else PhonebookEntry(number, kind, name)


def use_services(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CUSD: send a code to the network, whose answer comes unsolicited (7.15)."""
    cellular = cellular_of(unit)
    if row.allows(command, Form.TEST):
        unit.dte.send_information("+CUSD: (0-2)")
        return _OK
    if row.allows(command, Form.READ):
        unit.dte.send_information(f"+CUSD: {unit.settings.parameters[row.name][0]}")
        return _OK
    given = split_values(command.text) if command.form is Form.SET else []
    if not 1 <= len(given) <= 3 or number_of(given[0], 0, 2) is None:
        return refuse_cme(unit)
    code = text_given(unit, given[1]) if len(given) > 1 else ""
    if code is None:
        return refuse_cme(unit)
    if code and not cellular.registration.has_service:
        return refuse_cme(unit, CmeError.NO_NETWORK)
    unit.settings.parameters[row.name] = ("0" if given[0] == "2" else given[0],)
    if code:
        cellular.after(cellular.config.service_takes, unit.now, lambda _now: _answer(unit, code))
    return _OK


def _answer(unit: Unit, code: str) -> None:
    cellular = cellular_of(unit)
    text = cellular.config.services.get(code)
    cellular.note(ServiceAnswered(code, text or ""))
    if any(unit is each for each in cellular.reports.units):
        unit.send_unsolicited(f"+CUSD: {_NO_SUCH_SERVICE}" if text is None else service_line(unit, text))
