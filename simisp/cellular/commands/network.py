"""Commands of the network: registration, operators, signal, power (3GPP TS 27.007, 7.2, 7.3, 8.2, 8.5, 8.69)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simisp.cellular.cellular import FULL_FUNCTION, Cellular, cellular_of
from simisp.cellular.cme_error import CmeError, refuse_cme
from simisp.cellular.commands.settings import set_value
from simisp.cellular.commands.texts import quoted, text_given
from simisp.cellular.parameters import number_of, split_values, string_of
from simisp.cellular.state import Domain, Operator, OperatorMode
from simisp.modem.answers import CommandAnswer, Later, LineEnd
from simisp.modem.command_row import CommandRow
from simisp.modem.result_codes import ResultCode
from simisp.modem.syntax import ATCommand, Form

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = [
    "choose_operator",
    "choose_systems",
    "list_operators",
    "set_function",
    "set_registration",
    "tell_extended_signal",
    "tell_signal",
]

_OK = ResultCode.OK
_ONLY_FORM = 3
_MANUAL_THEN_AUTOMATIC = 4
_NUMERIC = 2
_ALL_SYSTEMS = "(12,22,25,28,29)"
_UNKNOWN_SIGNAL = 99


def set_registration(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CREG, +CGREG, +CEREG: choose the unsolicited results, or ask for the registration (7.2, 10.1.20, 10.1.22)."""
    if row.allows(command, Form.READ):
        form = unit.settings.parameters[row.name][0]
        values = cellular_of(unit).registration_values(unit, Domain(row.name))
        unit.dte.send_information(f"{row.name}: {form},{values}")
        return _OK
    return set_value(unit, row, command)


def choose_operator(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+COPS: ask for the operator, search for operators, or choose one (7.3)."""
    cellular = cellular_of(unit)
    if (refusal := cellular.refusal()) is not None:
        return refuse_cme(unit, refusal)
    if row.allows(command, Form.TEST):
        return Later(cellular.config.scan_takes, _tell_operators, abortable=True)
    if row.allows(command, Form.READ):
        mode = cellular.operator_mode.value
        name = _written(unit, cellular.operator, cellular.operator_form)
        known = b",%d,%b,%d" % (cellular.operator_form, name, cellular.operator.access)
        unit.dte.send_information(b"+COPS: %d%b" % (mode, known if cellular.registration.has_service else b""))
        return _OK
    given = split_values(command.text) if command.form is Form.SET else []
    mode_given = number_of(given[0], 0, _MANUAL_THEN_AUTOMATIC) if given else None
    if mode_given is None or len(given) > 4:
        return refuse_cme(unit)
    return _choose(unit, cellular, mode_given, given[1:])


def _choose(unit: Unit, cellular: Cellular, mode: int, given: list[str]) -> CommandAnswer:
    form = number_of(given[0], 0, _NUMERIC) if given and given[0] else cellular.operator_form
    if form is None:
        return refuse_cme(unit)
    if mode == _ONLY_FORM:
        cellular.operator_form = form
    elif mode in (OperatorMode.MANUAL, _MANUAL_THEN_AUTOMATIC):
        name = _name_given(unit, given[1], form) if len(given) > 1 else None
        return refuse_cme(unit) if name is None else _choose_by_name(unit, cellular, mode, form, name)
    else:
        cellular.choose(cellular.config.operators[0], OperatorMode(mode), unit.now)
    return _OK


def _name_given(unit: Unit, value: str, form: int) -> str | None:
    """Return the operator that a command names; a number is written in digits in every character set."""
    return string_of(value) if form == _NUMERIC else text_given(unit, value)


def _written(unit: Unit, operator: Operator, form: int) -> bytes:
    """Return an operator's name as the port reads it."""
    return f'"{operator.code}"'.encode() if form == _NUMERIC else quoted(unit, _shown(operator, form))


def _choose_by_name(unit: Unit, cellular: Cellular, mode: int, form: int, name: str) -> CommandAnswer:
    found = next((one for one in cellular.config.operators if _shown(one, form) == name), None)
    if found is not None and not found.is_forbidden:
        cellular.operator_form = form
        cellular.choose(found, OperatorMode.MANUAL, unit.now)
    elif mode == _MANUAL_THEN_AUTOMATIC:
        cellular.choose(cellular.config.operators[0], OperatorMode.AUTOMATIC, unit.now)
    else:
        return refuse_cme(unit, CmeError.NO_NETWORK if found is None else CmeError.EMERGENCY_ONLY)
    return _OK


def _tell_operators(unit: Unit) -> CommandAnswer:
    cellular = cellular_of(unit)
    shown = []
    for operator in cellular.config.operators:
        is_current = operator == cellular.operator and cellular.registration.has_service
        state = 3 if operator.is_forbidden else 2 if is_current else 1
        names = b",".join(_written(unit, operator, form) for form in range(3))
        shown.append(b"(%d,%b,%d)" % (state, names, operator.access))
    unit.dte.send_information(b"+COPS: " + b",".join(shown) + b",,(0-4),(0-2)")
    return _OK


def _shown(operator: Operator, form: int) -> str:
    return (operator.name, operator.short, operator.code)[form]


def list_operators(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CPOL: the preferred operators, of which the SIM has none; +CPLS selects a list of them (7.19, 7.20)."""
    if row.allows(command, Form.TEST):
        unit.dte.send_information("+CPOL: (1-8),(0-2)")
        return _OK
    return _OK if command.form in (Form.READ, Form.SET) else refuse_cme(unit, CmeError.NOT_SUPPORTED)


def tell_signal(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CSQ: the signal (8.5)."""
    if row.allows(command, Form.TEST):
        unit.dte.send_information("+CSQ: (0-31,99),(0-7,99)")
    elif row.allows(command, Form.ACTION):
        unit.dte.send_information(f"+CSQ: {cellular_of(unit).heard_signal},{_UNKNOWN_SIGNAL}")
    else:
        return refuse_cme(unit, CmeError.NOT_SUPPORTED)
    return _OK


def tell_extended_signal(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CESQ: the signal by kind of network (8.69)."""
    if row.allows(command, Form.TEST):
        unit.dte.send_information("+CESQ: (0-63,99),(0-7,99),(0-96,255),(0-49,255),(0-34,255),(0-97,255)")
        return _OK
    if not row.allows(command, Form.ACTION):
        return refuse_cme(unit, CmeError.NOT_SUPPORTED)
    cellular = cellular_of(unit)
    signal = cellular.heard_signal
    # Both scales count dB from their weakest signal: -113 in steps of 2 for +CSQ, -140 in steps of 1 for RSRP.
    power = 255 if signal == _UNKNOWN_SIGNAL else min(97, 2 * signal + 7)
    level = _UNKNOWN_SIGNAL if signal == _UNKNOWN_SIGNAL else 2 * signal
    is_evolved = cellular.operator.access == 7
    values = f"{_UNKNOWN_SIGNAL},{_UNKNOWN_SIGNAL},255,255,20,{power}" if is_evolved else f"{level},99,255,255,255,255"
    unit.dte.send_information(f"+CESQ: {values}")
    return _OK


def choose_systems(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+WS46: the kinds of networks that are used; all of them (5.9)."""
    if row.allows(command, Form.TEST):
        unit.dte.send_information(f"+WS46: {_ALL_SYSTEMS}")
    elif row.allows(command, Form.READ):
        unit.dte.send_information("+WS46: 25")
    elif command.form is not Form.SET or command.text not in _ALL_SYSTEMS[1:-1].split(","):
        return refuse_cme(unit)
    return _OK


def set_function(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CFUN: switch the radio part on or off, or restart the modem (8.2)."""
    cellular = cellular_of(unit)
    if row.allows(command, Form.TEST):
        unit.dte.send_information("+CFUN: (0,1,4),(0,1)")
        return _OK
    if row.allows(command, Form.READ):
        unit.dte.send_information(f"+CFUN: {cellular.function}")
        return _OK
    given = split_values(command.text) if command.form is Form.SET else []
    if not 1 <= len(given) <= 2 or given[0] not in {"0", "1", "4"} or given[1:] not in ([], ["0"], ["1"]):
        return refuse_cme(unit)
    function = int(given[0])
    if given[1:] == ["1"] and function == FULL_FUNCTION:
        cellular.restart(unit.now)
        return LineEnd(_OK)
    if function == cellular.function:
        return _OK

    def switch(port: Unit) -> CommandAnswer:
        cellular.set_function(function, port.now)
        return _OK

    return Later(cellular.config.power_takes, switch)
