"""Commands of the SIM: PIN, locks, and commands of its own (3GPP TS 27.007, 7.4, 7.5, 8.3, 8.17, 8.65)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simisp.cellular.cellular import cellular_of
from simisp.cellular.cme_error import CmeError, refuse_cme
from simisp.cellular.parameters import number_of, split_values, string_of
from simisp.cellular.sim import PIN_TRIES, PUK_TRIES, Sim, SimState
from simisp.modem.answers import CommandAnswer
from simisp.modem.command_row import CommandRow
from simisp.modem.result_codes import ResultCode
from simisp.modem.syntax import ATCommand, Form

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["access_sim", "change_password", "enter_pin", "lock_facility", "tell_tries"]

_OK = ResultCode.OK
_FACILITIES = ("SC", "PN", "PU", "PP", "PC", "PF", "FD", "AO", "OI", "OX", "AI", "IR")
_VERIFY_PIN, _VERIFY_PIN2 = "0020000100", "0020008100"
_UNBLOCK_PIN, _UNBLOCK_PIN2 = "002C000100", "002C008100"
_QUERY, _UNLOCK, _LOCK = "2", "0", "1"


def enter_pin(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CPIN: say what the SIM waits for, or enter it (8.3)."""
    cellular = cellular_of(unit)
    if row.allows(command, Form.TEST):
        return _OK
    if row.allows(command, Form.READ):
        state = cellular.sim.state
        if not state.words:
            return refuse_cme(unit, state.refusal or CmeError.SIM_FAILURE)
        unit.dte.send_information(f"+CPIN: {state.words}")
        return _OK
    given = [_code_of(value) for value in split_values(command.text)]
    if command.form is not Form.SET or not 1 <= len(given) <= 2 or "" in given:
        return refuse_cme(unit)
    refusal = cellular.sim.enter(given[0], given[1] if len(given) > 1 else None)
    cellular.sim_changed(unit.now)
    return _OK if refusal is None else refuse_cme(unit, refusal)


def lock_facility(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CLCK: lock, unlock or ask about a facility; only the SIM's own lock can be set (7.4)."""
    cellular = cellular_of(unit)
    if row.allows(command, Form.TEST):
        unit.dte.send_information("+CLCK: (" + ",".join(f'"{name}"' for name in _FACILITIES) + ")")
        return _OK
    given = split_values(command.text)
    if command.form is not Form.SET or not 2 <= len(given) <= 4 or string_of(given[0]) not in _FACILITIES:
        return refuse_cme(unit)
    if (refusal := cellular.refusal()) is not None:
        return refuse_cme(unit, refusal)
    is_sim, mode = string_of(given[0]) == "SC", given[1]
    if mode == _QUERY:
        unit.dte.send_information(f"+CLCK: {int(is_sim and cellular.sim.is_locked)}")
        return _OK
    if mode not in {_LOCK, _UNLOCK} or not is_sim:
        return refuse_cme(unit, CmeError.NOT_SUPPORTED)
    refusal = _verify(cellular.sim, given[2] if len(given) > 2 else "")
    if refusal is None:
        cellular.sim.is_locked = mode == _LOCK
    cellular.sim_changed(unit.now)
    return _OK if refusal is None else refuse_cme(unit, refusal)


def change_password(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CPWD: change the SIM's PIN, which has to be in force (7.5)."""
    cellular = cellular_of(unit)
    if row.allows(command, Form.TEST):
        unit.dte.send_information('+CPWD: ("SC",8)')
        return _OK
    given = split_values(command.text)
    if command.form is not Form.SET or len(given) != 3 or string_of(given[0]) != "SC" or not _code_of(given[2]):
        return refuse_cme(unit)
    if (refusal := cellular.refusal()) is not None:
        return refuse_cme(unit, refusal)
    if not cellular.sim.is_locked:
        return refuse_cme(unit, CmeError.NOT_ALLOWED)
    refusal = _verify(cellular.sim, given[1])
    if refusal is None:
        cellular.sim.pin = _code_of(given[2])
    cellular.sim_changed(unit.now)
    return _OK if refusal is None else refuse_cme(unit, refusal)


def tell_tries(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CPINR: say how many tries there are (8.65)."""
    sim = cellular_of(unit).sim
    if row.allows(command, Form.TEST):
        return _OK
    if command.form not in (Form.ACTION, Form.SET) or sim.state is SimState.ABSENT:
        return refuse_cme(unit, CmeError.NO_SIM if sim.state is SimState.ABSENT else CmeError.NOT_SUPPORTED)
    unit.dte.send_information(f"+CPINR: SIM PIN,{sim.pin_tries},{PIN_TRIES}")
    unit.dte.send_information(f"+CPINR: SIM PUK,{sim.puk_tries},{PUK_TRIES}")
    return _OK


def access_sim(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CSIM: send a command to the SIM; of these it knows VERIFY and UNBLOCK without a value, which say the tries."""
    cellular = cellular_of(unit)
    if row.allows(command, Form.TEST):
        return _OK
    given = split_values(command.text)
    octets = string_of(given[1]) if command.form is Form.SET and len(given) == 2 else None
    if octets is None or number_of(given[0], 10, 520) != len(octets):
        return refuse_cme(unit)
    if cellular.sim.state in (SimState.ABSENT, SimState.BUSY):
        return refuse_cme(unit, cellular.sim.state.refusal or CmeError.SIM_FAILURE)
    tries = {_VERIFY_PIN: cellular.sim.pin_tries, _UNBLOCK_PIN: cellular.sim.puk_tries}
    tries |= {_VERIFY_PIN2: PIN_TRIES, _UNBLOCK_PIN2: PUK_TRIES}
    status = f"63C{tries[octets]:X}" if octets.upper() in tries else "6D00"
    unit.dte.send_information(f'+CSIM: 4,"{status}"')
    return _OK


def _verify(sim: Sim, value: str) -> CmeError | None:
    code = _code_of(value)
    return sim.verify(code) if code else CmeError.INCORRECT_PARAMETERS


def _code_of(value: str) -> str:
    """Return a PIN or PUK, which clients give with or without quotes; empty if it has not that form."""
    code = string_of(value)
    code = value if code is None else code
    return code if code.isascii() and code.isdecimal() and 4 <= len(code) <= 8 else ""
