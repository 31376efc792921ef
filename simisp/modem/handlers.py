"""What each command does. :mod:`simisp.modem.commands` assigns the handlers to the commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from simisp.modem.answers import CommandAnswer, LineEnd
from simisp.modem.command_row import CommandRow, Handler
from simisp.modem.dial_string import parse_dial_string
from simisp.modem.outputs import HangUpReason, ModemState
from simisp.modem.result_codes import ResultCode
from simisp.modem.subsystem import ResetKind
from simisp.modem.syntax import ATCommand, Form
from simisp.modem.unsolicited import ModemEvent

if TYPE_CHECKING:
    from simisp.modem.settings import ModemSettings
    from simisp.modem.unit import Unit

__all__ = [
    "answer",
    "choose_power_up_profile",
    "decline",
    "dial",
    "dial_by_pulses",
    "dial_by_tones",
    "dial_out",
    "hang_up",
    "identify",
    "list_capabilities",
    "numbered",
    "parameter",
    "register",
    "remember",
    "reset",
    "restore_factory_settings",
    "resume",
    "service_class",
    "set_rate",
    "show_settings",
    "store_number",
    "store_profile",
    "tell_caller_again",
    "tell_manufacturer",
    "tell_model",
    "tell_object_id",
    "tell_revision",
    "tell_serial_number",
]

_RECALL = re.compile(r"([TP]*)(?:(?P<last>L)|S=?(?P<stored>\d*));?")
_STORE = re.compile(r"(?P<place>\d*)(?P<form>[=?])(?P<string>.*)")
_ONLINE_COMMAND = ModemState.ONLINE_COMMAND
_BY_COMMAND = HangUpReason.COMMAND
_OK, _STORED = ResultCode.OK, ResetKind.STORED
_PLACES = range(4)
_ABILITIES = ("+FCLASS", "+MS", "+ES", "+DS")
"""The commands that +GCAP names: each stands for all those of its kind (ITU-T V.250, 6.1.9)."""
_CIRCUITS = frozenset({"&C", "&S"})
"""The commands on which circuits depend."""


def numbered(action: Callable[[Unit, int], CommandAnswer]) -> Handler:
    """Make a handler from a function that takes the value of a basic command, already checked to be in range."""

    def handler(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
        number = row.number(command)
        return ResultCode.ERROR if number is None else action(unit, number)

    return handler


def remember(unit: Unit, row: CommandRow, command: ATCommand) -> ResultCode:
    """Store the value of a basic command. Its users read it from the settings."""
    number = row.number(command)
    if number is None:
        return ResultCode.ERROR
    unit.settings.numbers[row.name] = number
    if row.name in _CIRCUITS:
        unit.call.show_carrier()
    return _OK


def parameter(unit: Unit, row: CommandRow, command: ATCommand) -> ResultCode:
    """Set, read or test the values of an extended command (ITU-T V.250, 5.4.4)."""
    current = unit.settings.parameters[row.name]
    prefix = f"{row.name}: "
    if row.allows(command, Form.SET):
        merged = row.merged(command, current)
        if merged is None:
            return ResultCode.ERROR
        unit.settings.parameters[row.name] = merged
    elif row.allows(command, Form.READ):
        unit.dte.send_information(prefix + ",".join(current))
    elif row.allows(command, Form.TEST):
        unit.dte.send_information(prefix + ",".join(map(str, row.values)))
    else:
        return ResultCode.ERROR
    return ResultCode.OK


def decline(_unit: Unit, _row: CommandRow, _command: ATCommand) -> ResultCode:
    """Give ERROR to a command that is known, and has nothing to act on."""
    return ResultCode.ERROR


def set_rate(unit: Unit, row: CommandRow, command: ATCommand) -> ResultCode:
    """Set, read or test the rate to the DTE. It is in force once the line has been answered (ITU-T V.250, 6.2.10)."""
    result = parameter(unit, row, command)
    unit.has_new_rate |= command.form is Form.SET
    return result


def service_class(unit: Unit, row: CommandRow, command: ATCommand) -> ResultCode:
    """Set, read or test the service class. Fax commands answer with bare values (ITU-T T.31, 8.2)."""
    if row.allows(command, Form.READ, Form.TEST):
        unit.dte.send_information("0")
        return ResultCode.OK
    return parameter(unit, row, command)


def register(unit: Unit, _row: CommandRow, command: ATCommand) -> ResultCode:
    """Select, set, read or test an S-register (ITU-T V.250, 5.3.2); bare ``=`` and ``?`` refer to the selected one."""
    number = unit.selected if command.name == "=" else command.register
    known = unit.settings.registers.table.get(number)
    if known is None:
        return ResultCode.ERROR
    unit.selected = number
    if command.bit is not None:
        return _register_bit(unit, number, command.bit, command)
    if command.form is Form.READ:
        unit.dte.send_information(f"{unit.settings.registers[number]:03}")
    elif command.form is Form.TEST:
        unit.dte.send_information(f"({known.low}-{known.high})")
    elif command.form is Form.SET and not unit.settings.registers.set(number, int(command.text or 0)):
        return ResultCode.ERROR
    return ResultCode.OK


def _register_bit(unit: Unit, number: int, bit: int, command: ATCommand) -> ResultCode:
    """Set or read one bit of a register, as modems of USRobotics have it (``S13.2=1``)."""
    value, mask = unit.settings.registers[number], 1 << bit
    if command.form is Form.READ:
        unit.dte.send_information("1" if value & mask else "0")
        return ResultCode.OK
    if command.form is not Form.SET or command.text not in {"0", "1"}:
        return ResultCode.ERROR
    changed = value | mask if command.text == "1" else value & ~mask
    return ResultCode.OK if unit.settings.registers.set(number, changed) else ResultCode.ERROR


def dial(unit: Unit, _row: CommandRow, command: ATCommand) -> CommandAnswer:
    """Dial, or redial the last or a stored number. A modem that has a call does not dial another."""
    text = _recalled(unit, command.text)
    if text is None or unit.call.state is _ONLINE_COMMAND:
        return ResultCode.ERROR
    unit.last_number = text
    if unit.subsystem is not None:
        return unit.subsystem.dial(unit, text, unit.now)
    return dial_out(unit, text)


def dial_out(unit: Unit, string: str) -> ResultCode | None:
    """Dial on the line: OK if dialling is complete and the command state goes on (``;``), else None."""
    back_in_command_state = unit.call.dial(parse_dial_string(string, unit.settings.tone), now=unit.now)
    return _OK if back_in_command_state else None


def _recalled(unit: Unit, text: str) -> str | None:
    """Return the dial string that a D command refers to, or None if there is no such string."""
    match = _RECALL.fullmatch(text) if "L" in text or "S" in text else None
    if match is None:
        return text
    string = unit.last_number if match["last"] else unit.numbers.get(int(match["stored"] or 0), "")
    return match[1] + string.removesuffix(";") + (";" if text.endswith(";") else "") if string else None


def store_number(unit: Unit, _row: CommandRow, command: ATCommand) -> ResultCode:
    """Store a dial string for ``DS=n``, or show it."""
    match = _STORE.fullmatch(command.text)
    place = int(match["place"] or 0) if match else -1
    if match is None or place not in _PLACES or (match["form"] == "?" and match["string"]):
        return ResultCode.ERROR
    if match["form"] == "=":
        unit.numbers[place] = match["string"]
    else:
        unit.dte.send_information(unit.numbers.get(place, ""))
    return ResultCode.OK


def dial_by_tones(unit: Unit, _number: int) -> ResultCode:
    """Dial by tones from now on."""
    unit.settings.tone = True
    return ResultCode.OK


def dial_by_pulses(unit: Unit, _number: int) -> ResultCode:
    """Dial by pulses from now on."""
    unit.settings.tone = False
    return ResultCode.OK


def answer(unit: Unit, _number: int) -> ResultCode | None:
    """CommandAnswer a ringing call, or wait for a carrier without one."""
    if unit.call.state is _ONLINE_COMMAND:
        return ResultCode.ERROR
    unit.call.answer(now=unit.now)
    return None


def hang_up(unit: Unit, number: int) -> ResultCode:
    """Go on hook. H1, off hook, gives OK without effect: there is nothing to say on the line."""
    if number == 0:
        unit.call.hang_up(_BY_COMMAND)
    return ResultCode.OK


def resume(unit: Unit, _number: int) -> ResultCode | None:
    """Return to the online data state."""
    return None if unit.call.resume_data() else ResultCode.NO_CARRIER


def reset(unit: Unit, number: int) -> CommandAnswer:
    """Hang up and restore a stored profile. Profile and conduct say what else a reset does."""
    unit.call.hang_up(_BY_COMMAND)
    _load(unit, unit.stored[number], _STORED)
    if unit.script is not None:
        unit.script.note(unit, ModemEvent.RESET, unit.now)
    profile = unit.config.profile
    if profile.timing.deaf_after_reset:
        unit.deaf_until = unit.now + profile.timing.deaf_after_reset
    return LineEnd(_OK) if profile.conduct.reset_ends_line else _OK


def _load(unit: Unit, settings: ModemSettings, kind: ResetKind) -> None:
    unit.settings.load(settings)
    unit.has_new_rate = True
    unit.call.show_carrier()
    if unit.subsystem is not None:
        unit.subsystem.reset(unit, kind)


def restore_factory_settings(unit: Unit, _number: int) -> ResultCode:
    """Restore the factory settings. A call continues."""
    _load(unit, unit.factory, ResetKind.FACTORY)
    return ResultCode.OK


def store_profile(unit: Unit, number: int) -> ResultCode:
    """Store the settings in force."""
    unit.stored[number] = unit.settings.copy()
    return ResultCode.OK


def show_settings(unit: Unit, _number: int) -> ResultCode:
    """Show the settings in force, the stored profiles and the stored numbers, in the usual layout of modems."""
    numbers = (f"{place}={unit.numbers.get(place, '')}" for place in _PLACES)
    profiles = (f"STORED PROFILE {number}:\n{stored.listing()}" for number, stored in enumerate(unit.stored))
    parts = (f"ACTIVE PROFILE:\n{unit.settings.listing()}", *profiles, "TELEPHONE NUMBERS:\n" + " ".join(numbers))
    unit.dte.send_information("\n\n".join(parts))
    return ResultCode.OK


def choose_power_up_profile(unit: Unit, number: int) -> ResultCode:
    """Choose the profile that is in force at power-up; a number without a stored profile means the factory's."""
    unit.power_up_profile = number
    return ResultCode.OK


def tell_caller_again(unit: Unit, _row: CommandRow, command: ATCommand) -> ResultCode:
    """Report the number of the last caller again: 0, or none, in lines of words, 1 as it came."""
    if command.form not in (Form.SET, Form.ACTION) or command.text not in ("", "0", "1"):
        return ResultCode.ERROR
    if unit.call.caller is not None:
        unit.dte.send_information(unit.call.caller.told("2" if command.text == "1" else "1"))
    return ResultCode.OK


def identify(unit: Unit, number: int) -> ResultCode:
    """Report the identity of the modem."""
    text = unit.config.identity_in_force.about(number)
    if text is not None:
        unit.dte.send_information(text)
    return ResultCode.OK


def _telling(text: Callable[[Unit], str]) -> Handler:
    """Make a handler that answers with a text (``+X``), and to a test (``+X=?``) with OK."""

    def handler(unit: Unit, row: CommandRow, command: ATCommand) -> ResultCode:
        if not row.allows(command, Form.ACTION, Form.TEST):
            return ResultCode.ERROR
        if command.form is Form.ACTION:
            unit.dte.send_information(text(unit))
        return ResultCode.OK

    return handler


tell_manufacturer = _telling(lambda unit: unit.config.identity_in_force.manufacturer)
tell_model = _telling(lambda unit: unit.config.identity_in_force.model)
tell_revision = _telling(lambda unit: unit.config.identity_in_force.revision)
tell_serial_number = _telling(lambda unit: unit.config.identity_in_force.serial_number)
tell_object_id = _telling(lambda unit: unit.config.identity_in_force.object_id)
list_capabilities = _telling(lambda unit: "+GCAP: " + ",".join(_capabilities(unit)))


def _capabilities(unit: Unit) -> Iterable[str]:
    """Return what the profile says it can do, or else the commands that stand for the abilities that it has."""
    named = unit.profile.identity.capabilities
    if named is not None:
        return named
    return (name for name in _ABILITIES if name in unit.factory.parameters)
