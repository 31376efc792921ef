"""Commands of the equipment: what a phone has besides its network (3GPP TS 27.007, 6, 7 and 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simisp.cellular.cellular import cellular_of
from simisp.cellular.cme_error import CmeError, refuse_cme
from simisp.cellular.commands.forms import answered, by_form, text_of
from simisp.cellular.commands.phone import entry_line
from simisp.cellular.commands.settings import set_value, set_word
from simisp.cellular.commands.texts import text_given
from simisp.modem.answers import CommandAnswer
from simisp.modem.command_row import Choice, CommandRow, Disposition, Range, Values
from simisp.modem.result_codes import ResultCode

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["EQUIPMENT_ROWS"]

_ACCEPTED = Disposition.ACCEPTED
_TONES = frozenset("0123456789*#ABCD")
_MOST_TONES = 32
_APPLICATION = bytes.fromhex("A0000000871002FFFFFFFF8907090000")
"""The identifier of the USIM application (ETSI TS 101 220, annex E)."""


def _tell_names(unit: Unit, row: CommandRow) -> CommandAnswer:
    """+COPN: the operators that the modem knows by name (7.21)."""
    operators = cellular_of(unit).config.operators
    return answered(unit, *(f'{row.name}: "{each.code}","{each.name}"' for each in operators))


def _send_tones(unit: Unit, _row: CommandRow, given: list[str]) -> CommandAnswer:
    """+VTS: send tones during a call (C.2.11)."""
    tones = text_of(given[0]).upper() if given else ""
    if not tones or len(tones) > _MOST_TONES or not _TONES.issuperset(tones):
        return refuse_cme(unit)
    return ResultCode.OK if cellular_of(unit).has_call else refuse_cme(unit, CmeError.NOT_ALLOWED)


def _list_applications(unit: Unit, row: CommandRow) -> CommandAnswer:
    """+CUAD: the applications of the SIM card: a USIM (8.75; ETSI TS 102 221, 13.1)."""
    label = b"USIM"
    template = bytes((0x4F, len(_APPLICATION))) + _APPLICATION + bytes((0x50, len(label))) + label
    record = bytes((0x61, len(template))) + template
    return answered(unit, f"{row.name}: {record.hex().upper()}")


def _find_entries(unit: Unit, row: CommandRow, given: list[str]) -> CommandAnswer:
    """+CPBF: the entries of the phone book whose names begin so (8.13)."""
    if len(given) != 1 or not (begin := text_given(unit, given[0])):
        return refuse_cme(unit)
    phonebook = cellular_of(unit).phonebook
    found = [(place, entry) for place, entry in phonebook.entries() if entry.name.upper().startswith(begin.upper())]
    texts = [entry_line(unit, row.name, place, entry) for place, entry in found]
    return answered(unit, *texts) if texts else refuse_cme(unit, CmeError.NOT_FOUND)


def _kept(name: str, clause: str, meaning: str, *values: tuple[Values, str]) -> CommandRow:
    ranges, factory = tuple(each for each, _ in values), tuple(text for _, text in values)
    return CommandRow(name, f"27.007 {clause}", meaning, set_value, ranges, factory, _ACCEPTED)


_OFF_ON = Range(0, 1)
_BEARERS = Choice(("0", "7", "12", "14", "16", "17", "39", "43", "48", "51", "71", "75", "80", "81", "83", "84"))

EQUIPMENT_ROWS: tuple[CommandRow, ...] = (
    _kept("+CSTA", "6.1", "type of numbers that are dialled", (Choice(("129", "145")), "129")),
    _kept("+CMOD", "6.4", "modes of the next call", (Range(0, 3), "0")),
    _kept("+CBST", "6.7", "bearer of a data call", (_BEARERS, "0"), (Range(0, 1), "0"), (Range(0, 3), "1")),
    _kept(
        "+CRLP",
        "6.8",
        "radio link protocol",
        *((Range(0, 61), "61"), (Range(0, 61), "61"), (Range(39, 255), "48"), (Range(1, 255), "6")),
    ),
    _kept("+CR", "6.9", "report of the bearer before CONNECT", (_OFF_ON, "0")),
    CommandRow("+COPN", "27.007 7.21", "names of operators", by_form(action=_tell_names)),
    _kept("+CRSL", "8.21", "loudness of the ring", (Range(0, 15), "5")),
    _kept("+CLVL", "8.23", "loudness of the loudspeaker", (Range(0, 100), "50")),
    _kept("+CMUT", "8.24", "microphone off", (_OFF_ON, "0")),
    _kept("+CALM", "8.20", "silent ring", (Range(0, 2), "0")),
    CommandRow(
        "+CPBF", "27.007 8.13", "find in the phone book", by_form(given=_find_entries, test="40,14", needs_sim=True)
    ),
    CommandRow("+CLAN", "27.007 8.30", "language", set_word, (Choice(("EN",)),), ("EN",), _ACCEPTED),
    CommandRow("+CUAD", "27.007 8.75", "applications of the SIM", by_form(action=_list_applications, needs_sim=True)),
    CommandRow("+VTS", "27.007 C.2.11", "tones during a call", by_form(given=_send_tones, test="(0-9,*,#,A,B,C,D)")),
    _kept("+VTD", "C.2.12", "length of tones, tenths of a second", (Range(0, 255), "0")),
)
"""The commands, in the order of the standard."""
