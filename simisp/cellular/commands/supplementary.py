"""Commands of supplementary services: numbers shown and withheld, call waiting, forwarding (3GPP TS 27.007, 7).

The network keeps call waiting and forwarding, so that these commands need it and take their time; what a port is to be
shown is kept for that port.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simisp.cellular.cellular import Cellular, cellular_of
from simisp.cellular.cme_error import CmeError, refuse_cme
from simisp.cellular.commands.forms import WithoutValues, WithValues, answered, by_form
from simisp.cellular.parameters import number_of, string_of
from simisp.cellular.supplementary import FORWARD_CONDITIONAL, Forward, classes_of
from simisp.modem.answers import CommandAnswer, Later
from simisp.modem.command_row import CommandRow, Range
from simisp.modem.result_codes import ResultCode

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["SUPPLEMENTARY_ROWS"]

_DISABLE, _ENABLE, _QUERY, _REGISTER, _ERASE = range(5)
_ALL_CLASSES, _USUAL_CLASSES = 255, 7
_UNKNOWN = 2
_PROVISIONED, _ALLOWED_BY_DEFAULT = 1, 4
_LONGEST_NUMBER = 40


def _kept(unit: Unit, row: CommandRow) -> int:
    """Return the value that a port has set."""
    return int(unit.settings.parameters[row.name][0])


def _keep(unit: Unit, row: CommandRow, given: list[str]) -> CommandAnswer:
    """Set a port's value, the only one of the command."""
    if len(given) != 1 or not row.values[0].accepts(given[0]):
        return refuse_cme(unit)
    unit.settings.parameters[row.name] = (given[0],)
    return ResultCode.OK


def _asked_of_network(provisioned: int) -> WithoutValues:
    """Make what reads a port's value, and then what the network says of the service, which takes time."""

    def read(unit: Unit, row: CommandRow) -> CommandAnswer:
        cellular = cellular_of(unit)

        def tell(port: Unit) -> CommandAnswer:
            known = provisioned if cellular.registration.has_service else _UNKNOWN
            return answered(port, f"{row.name}: {_kept(port, row)},{known}")

        return Later(cellular.config.service_takes, tell) if cellular.registration.has_service else tell(unit)

    return read


def _network_runs(run: WithValues) -> WithValues:
    """Make what lets the network do something, if there is one; it takes time."""

    def later(unit: Unit, row: CommandRow, given: list[str]) -> CommandAnswer:
        cellular = cellular_of(unit)
        if not cellular.registration.has_service:
            return refuse_cme(unit, CmeError.NO_NETWORK)

        def act(port: Unit) -> CommandAnswer:
            return run(port, row, given) if cellular.registration.has_service else refuse_cme(port, CmeError.NO_NETWORK)

        return Later(cellular.config.service_takes, act)

    return later


def _numbers(given: list[str], *ranges: tuple[int, int, int]) -> list[int] | None:
    """Return values as numbers, each within its range or its default if omitted; None if one is not allowed.

    Args:
        given: The values.
        ranges: For each its lowest and highest number, and the default.
    """
    values = []
    for index, (low, high, default) in enumerate(ranges):
        text = given[index] if index < len(given) else ""
        number = number_of(text, low, high) if text else default
        if number is None:
            return None
        values.append(number)
    return values


# Call waiting ---------------------------------------------------------------------------------------------------------


def _set_waiting(unit: Unit, row: CommandRow, given: list[str]) -> CommandAnswer:
    """+CCWA: show calls that wait; switch the service on or off, or ask for it (7.12)."""
    values = _numbers(given, (0, 1, _kept(unit, row)), (0, 2, -1), (1, _ALL_CLASSES, _USUAL_CLASSES))
    if values is None or not 1 <= len(given) <= 3:
        return refuse_cme(unit)
    unit.settings.parameters[row.name] = (str(values[0]),)
    return ResultCode.OK if values[1] < 0 else _ask_for_waiting(unit, row, given[1:])


def _run_waiting(unit: Unit, row: CommandRow, given: list[str]) -> CommandAnswer:
    services = cellular_of(unit).supplementary
    mode, classes = int(given[0]), int(given[1]) if len(given) > 1 and given[1] else _USUAL_CLASSES
    if mode != _QUERY:
        services.set_waiting(classes, is_active=mode == _ENABLE)
        return ResultCode.OK
    active = classes_of(services.waiting & classes)
    texts = [f"{row.name}: 1,{each}" for each in active] or [f"{row.name}: 0,{classes}"]
    return answered(unit, *texts)


_ask_for_waiting = _network_runs(_run_waiting)


def _read_kept(unit: Unit, row: CommandRow) -> CommandAnswer:
    return answered(unit, f"{row.name}: {_kept(unit, row)}")


# Forwarding -----------------------------------------------------------------------------------------------------------


def _set_forwarding(unit: Unit, row: CommandRow, given: list[str]) -> CommandAnswer:
    """+CCFC: forward calls (7.11)."""
    values = _numbers(given, (0, FORWARD_CONDITIONAL, -1), (_DISABLE, _ERASE, -1))
    is_whole = values is not None and -1 not in values and len(given) <= 8
    if not is_whole or _forward_of(given) is None or _numbers(given[4:], (1, _ALL_CLASSES, 1)) is None:
        return refuse_cme(unit)
    return _ask_for_forwarding(unit, row, given)


def _forward_of(given: list[str]) -> Forward | None:
    """Return where calls are to go; None if a value is not allowed."""
    text = given[2] if len(given) > 2 else ""
    number = string_of(text) if text else ""
    if number is None or len(number) > _LONGEST_NUMBER or (given[1:2] == [str(_REGISTER)] and not number):
        return None
    usual = 145 if number.startswith("+") else 129
    numbers = _numbers(given[3:], (128, 255, usual), (1, _ALL_CLASSES, 1), (0, 0, 0), (0, 0, 0), (1, 30, 20))
    return None if numbers is None else Forward(number, numbers[0], numbers[4])


def _run_forwarding(unit: Unit, row: CommandRow, given: list[str]) -> CommandAnswer:
    services = cellular_of(unit).supplementary
    reason, mode = int(given[0]), int(given[1])
    classes = int(given[4]) if len(given) > 4 and given[4] else _USUAL_CLASSES
    if mode == _QUERY:
        return _tell_forwarding(unit, row, reason, classes)
    if mode in (_REGISTER, _ERASE):
        services.register(reason, classes, _forward_of(given) if mode == _REGISTER else None)
        return ResultCode.OK
    found = services.activate(reason, classes, is_active=mode == _ENABLE)
    return ResultCode.OK if found or mode == _DISABLE else refuse_cme(unit, CmeError.NOT_FOUND)


_ask_for_forwarding = _network_runs(_run_forwarding)


def _tell_forwarding(unit: Unit, row: CommandRow, reason: int, classes: int) -> CommandAnswer:
    forwards = cellular_of(unit).supplementary.forwards
    found = [(bit, forwards[reason, bit]) for bit in classes_of(classes) if (reason, bit) in forwards]
    texts = []
    for bit, forward in found:
        after = f",,,{forward.after}" if reason == 2 else ""
        texts.append(f'{row.name}: {int(forward.is_active)},{bit},"{forward.number}",{forward.kind}{after}')
    return answered(unit, *(texts or [f"{row.name}: 0,{classes}"]))


# Calls that are held --------------------------------------------------------------------------------------------------


def _hold(unit: Unit, _row: CommandRow, given: list[str]) -> CommandAnswer:
    """+CHLD: what becomes of several calls; this modem never has more than one (7.13)."""
    if len(given) != 1 or given[0] not in {"0", "1", "2"}:
        return refuse_cme(unit)
    cellular: Cellular = cellular_of(unit)
    return ResultCode.OK if cellular.has_call else refuse_cme(unit, CmeError.NOT_ALLOWED)


def _shown(name: str, clause: str, meaning: str, *, most: int = 1, provisioned: int = _PROVISIONED) -> CommandRow:
    handler = by_form(read=_asked_of_network(provisioned), given=_keep, test=f"(0-{most})")
    return CommandRow(name, f"27.007 {clause}", meaning, handler, (Range(0, most),), ("0",))


SUPPLEMENTARY_ROWS: tuple[CommandRow, ...] = (
    _shown("+CLIP", "7.6", "number of the calling party"),
    _shown("+CLIR", "7.7", "own number withheld", most=2, provisioned=_ALLOWED_BY_DEFAULT),
    _shown("+COLP", "7.8", "number of the called party"),
    _shown("+CDIP", "7.9", "number that the calling party has dialled"),
    CommandRow(
        "+CCFC",
        "27.007 7.11",
        "forwarding of calls",
        by_form(given=_set_forwarding, test=f"(0-{FORWARD_CONDITIONAL})", needs_sim=True),
    ),
    CommandRow(
        "+CCWA",
        "27.007 7.12",
        "call waiting",
        by_form(read=_read_kept, given=_set_waiting, test="(0,1)", needs_sim=True),
        (Range(0, 1),),
        ("0",),
    ),
    CommandRow("+CHLD", "27.007 7.13", "calls held and dropped", by_form(given=_hold, test="(0,1,2)")),
    _shown("+CNAP", "7.30", "name of the calling party"),
    _shown("+COLR", "7.31", "number of the called party withheld"),
)
"""The commands, in the order of the standard."""
