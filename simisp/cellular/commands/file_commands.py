"""Restricted access to the SIM's files (+CRSM: 3GPP TS 27.007, 8.18; the status words: 3GPP TS 51.011, 9.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simisp.cellular.cellular import cellular_of
from simisp.cellular.cme_error import CmeError, refuse_cme
from simisp.cellular.commands.forms import answered
from simisp.cellular.parameters import number_of, split_values
from simisp.cellular.sim import SimState
from simisp.cellular.sim_files import SimFiles
from simisp.cellular.sms.octets import octets_of_hex
from simisp.errors import PduError
from simisp.modem.answers import CommandAnswer
from simisp.modem.command_row import CommandRow
from simisp.modem.result_codes import ResultCode
from simisp.modem.syntax import ATCommand, Form

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["access_file"]

_READ_BINARY, _READ_RECORD, _GET_RESPONSE, _UPDATE_BINARY, _UPDATE_RECORD, _STATUS = 176, 178, 192, 214, 220, 242
_DONE = "144,0"
_NOT_FOUND, _NOT_ALLOWED, _WRONG_PLACE, _NOT_SUPPORTED = "106,130", "105,130", "107,0", "109,0"


def access_file(unit: Unit, row: CommandRow, command: ATCommand) -> CommandAnswer:
    """+CRSM: read or update a file of the SIM, or ask for its header."""
    cellular = cellular_of(unit)
    if row.allows(command, Form.TEST):
        return ResultCode.OK
    given = split_values(command.text)
    if command.form is not Form.SET or not 1 <= len(given) <= 7:
        return refuse_cme(unit)
    numbers = [number_of(text or "0", 0, 0xFFFF) for text in (*given[:5], *("",) * 4)][:5]
    kind, file, first, second, length = (-1 if number is None else number for number in numbers)
    if min(kind, file, first, second, length) < 0 or max(kind, first, second, length) > 256:
        return refuse_cme(unit)
    sim = cellular.sim
    if sim.state in (SimState.ABSENT, SimState.BUSY):
        return refuse_cme(unit, sim.state.refusal or CmeError.SIM_FAILURE)
    if kind == _STATUS:
        return answered(unit, f"{row.name}: {_DONE}")
    is_unlocked = sim.state is SimState.READY
    if sim.files.content(file) is None:
        status = _NOT_FOUND
    elif not sim.files.is_readable(file, is_unlocked=is_unlocked) and kind != _GET_RESPONSE:
        status = _NOT_ALLOWED
    elif kind in (_UPDATE_BINARY, _UPDATE_RECORD):
        data = given[5].strip('"') if len(given) > 5 else ""
        status = _update(sim.files, file, _offset(sim.files, kind, file, first, second), data, is_unlocked=is_unlocked)
    else:
        status = _read(sim.files, kind, file, (first, second, length))
    return answered(unit, f"{row.name}: {status}")


def _offset(files: SimFiles, kind: int, file: int, first: int, second: int) -> int | None:
    """Return where in a file an access begins: at an offset, or at a record; None if the file is of the other kind."""
    size = files.record_length(file)
    if kind in (_READ_BINARY, _UPDATE_BINARY):
        return None if size else first * 256 + second
    return (first - 1) * size if size and first else None


def _read(files: SimFiles, kind: int, file: int, place: tuple[int, int, int]) -> str:
    """Return a status, and what was read."""
    first, second, length = place
    if kind == _GET_RESPONSE:
        octets = files.header(file) or b""
    elif kind in (_READ_BINARY, _READ_RECORD):
        offset, content = _offset(files, kind, file, first, second), files.content(file) or b""
        if offset is None or offset >= len(content):
            return _WRONG_PLACE
        size = length or 256
        octets = content[offset : offset + (min(size, files.record_length(file) or size))]
    else:
        return _NOT_SUPPORTED
    return f'{_DONE},"{octets.hex().upper()}"'


def _update(files: SimFiles, file: int, offset: int | None, data: str, *, is_unlocked: bool) -> str:
    """Return the status of an update."""
    if not is_unlocked:
        return _NOT_ALLOWED
    try:
        octets = octets_of_hex(data)
    except PduError:
        return _WRONG_PLACE
    return _DONE if offset is not None and files.update(file, offset, octets) else _WRONG_PLACE
