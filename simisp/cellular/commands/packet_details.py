"""Commands that ask for details of packet contexts, or set what a simulated network leaves as it is (27.007, 10.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simisp.cellular.addresses import network_address
from simisp.cellular.cellular import cellular_of
from simisp.cellular.cme_error import refuse_cme
from simisp.cellular.commands.forms import answered
from simisp.cellular.commands.settings import accept, set_value, set_word
from simisp.cellular.parameters import number_of
from simisp.modem.answers import CommandAnswer
from simisp.modem.command_row import Choice, CommandRow, Disposition, Range
from simisp.modem.result_codes import ResultCode
from simisp.modem.syntax import ATCommand, Form

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["PACKET_DETAIL_ROWS"]

_MOST_CONTEXTS = 16
_FIRST_BEARER = 4
_ACCEPTED = Disposition.ACCEPTED


def _chosen(unit: Unit, row: CommandRow, command: ATCommand) -> list[int] | CommandAnswer:
    """Return the active contexts that a command asks about, or the answer to one that asks about none."""
    cellular = cellular_of(unit)
    active = [number for number in sorted(cellular.contexts) if cellular.is_active(number)]
    if row.allows(command, Form.TEST):
        return answered(unit, f"{row.name}: ({','.join(map(str, active))})")
    number = number_of(command.text, 1, _MOST_CONTEXTS) if command.form is Form.SET else None
    if not row.allows(command, Form.SET, Form.ACTION) or (command.form is Form.SET and number is None):
        return refuse_cme(unit)
    return active if number is None else [each for each in active if each == number]


def _tell_parameters(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CGCONTRDP: what the network has given to active contexts (10.1.23)."""
    chosen = _chosen(unit, row, command)
    if not isinstance(chosen, list):
        return chosen
    cellular, texts = cellular_of(unit), []
    for each in chosen:
        context = cellular.contexts[each]
        head = f'{row.name}: {each},{_FIRST_BEARER + each},"{context.apn}"'
        details = network_address(context.kind, each).details
        texts += [f"{head},{','.join(map(_quoted, values))}" for values in details]
    return answered(unit, *texts)


def _quoted(text: str) -> str:
    return f'"{text}"'


def _tell_dynamic_quality(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CGEQOSRDP: the quality of service class of active contexts: 9, best effort (10.1.27)."""
    chosen = _chosen(unit, row, command)
    if not isinstance(chosen, list):
        return chosen
    return answered(unit, *(f"{row.name}: {each},9,0,0,0,0" for each in chosen))


def _forget_authentication(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CGAUTH: take what a context authenticates with; it is not shown again (10.1.31)."""
    if row.allows(command, Form.TEST):
        return answered(unit, f"{row.name}: (1-{_MOST_CONTEXTS}),(0-2),64,64")
    if row.allows(command, Form.READ):
        return ResultCode.OK
    return accept(unit, row, command)


def _kept(name: str, clause: str, meaning: str, *values: tuple[Range, str]) -> CommandRow:
    ranges, factory = tuple(each for each, _ in values), tuple(text for _, text in values)
    return CommandRow(name, f"27.007 {clause}", meaning, set_value, ranges, factory, _ACCEPTED)


_OFF_ON = Range(0, 1)

PACKET_DETAIL_ROWS: tuple[CommandRow, ...] = (
    CommandRow("+CGCLASS", "27.007 10.1.11", "class of the mobile", set_word, (Choice(("A",)),), ("A",), _ACCEPTED),
    _kept("+CGAUTO", "10.1.16", "answer to a context that the network asks for", (Range(0, 3), "3")),
    _kept("+CGSMS", "10.1.21", "messages over packets or circuits", (Range(0, 3), "1")),
    CommandRow("+CGCONTRDP", "27.007 10.1.23", "what the network has given to contexts", _tell_parameters),
    CommandRow("+CGEQOS", "27.007 10.1.26", "quality of service, EPS", accept, disposition=_ACCEPTED),
    CommandRow("+CGEQOSRDP", "27.007 10.1.27", "quality of service in force, EPS", _tell_dynamic_quality),
    _kept("+CEMODE", "10.1.28", "mode of operation, EPS", (Range(0, 3), "2")),
    CommandRow("+CGAUTH", "27.007 10.1.31", "name and password of contexts", _forget_authentication, (), (), _ACCEPTED),
    _kept("+CGPIAF", "10.1.40", "how IPv6 addresses are written", *((_OFF_ON, "0"),) * 4),
)
"""The commands, in the order of the standard."""
