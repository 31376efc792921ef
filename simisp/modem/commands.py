"""The table of commands: every command that the modem knows, with its clause, range and factory value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from simisp.modem import handlers as do
from simisp.modem.answers import CommandAnswer
from simisp.modem.command_row import Choice, CommandRow, CommandTable, Range
from simisp.modem.profile import ModemProfile
from simisp.modem.syntax import ATCommand, Form

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["COMMANDS", "STANDARD_PROFILE", "only_asks", "run_command"]


def _setting(name: str, clause: str, values: Range, factory: int, meaning: str) -> CommandRow:
    """A basic command that stores its value; its users read it from the settings."""
    return CommandRow(name, clause, meaning, do.remember, (values,), (str(factory),))


def _compatible(name: str, high: int, factory: int, meaning: str) -> CommandRow:
    """A command whose value is stored but has no effect, for lack of anything to act on in a simulated line."""
    return _setting(name, "compatibility", Range(0, high), factory, f"{meaning} (kept only)")


_CARRIERS = Choice(
    (
        *("V21", "V22", "V22B", "V23C", "V23S", "V32", "V32B", "V34", "V90", "V92", "B103", "B212"),
        *("0", "1", "2", "3", "9", "10", "11", "12", "56"),
    )
)
_RATES = Choice(
    tuple(map(str, (0, 300, 600, 1200, 2400, 4800, 9600, 14400, 19200, 28800, 33600, 38400, 57600, 115200, 230400)))
)
_COUNTRIES = Choice(
    ("00", "09", "0A", "0F", "20", "31", "3C", "3D", "42", "59", "7B", "82", "A0", "A5", "A6", "B4", "B5")
)
_BIT_RATE = Range(0, 115200)

COMMANDS: tuple[CommandRow, ...] = (
    # Identity and profiles
    CommandRow("Z", "V.250 6.1.1", "hang up, restore a stored profile", do.numbered(do.reset), (Range(0, 1),)),
    CommandRow("&F", "V.250 6.1.2", "factory settings", do.numbered(do.restore_factory_settings), (Range(0, 1),)),
    CommandRow("I", "V.250 6.1.3", "identify the modem", do.numbered(do.identify), (Range(0, 11),), asks=True),
    CommandRow("+GMI", "V.250 6.1.4", "manufacturer", do.tell_manufacturer, asks=True),
    CommandRow("+GMM", "V.250 6.1.5", "model", do.tell_model, asks=True),
    CommandRow("+GMR", "V.250 6.1.6", "revision", do.tell_revision, asks=True),
    CommandRow("+GCAP", "V.250 6.1.9", "capabilities", do.list_capabilities, asks=True),
    CommandRow("+GCI", "V.250 6.1.10", "country (T.35 code)", do.parameter, (_COUNTRIES,), ("B5",)),
    CommandRow("&V", "Hayes", "show the settings", do.numbered(do.show_settings), (Range(0, 1),)),
    CommandRow("&W", "Hayes", "store the settings", do.numbered(do.store_profile), (Range(0, 1),)),
    CommandRow("&Z", "Hayes", "store (&Zn=s) or show (&Zn?) a number, n 0 to 3", do.store_number),
    _compatible("&Y", 3, 0, "profile at power-up"),
    # Responses and circuits
    _setting("E", "V.250 6.2.4", Range(0, 1), 1, "echo of commands"),
    _setting("Q", "V.250 6.2.5", Range(0, 1), 0, "1: no result codes"),
    _setting("V", "V.250 6.2.6", Range(0, 1), 1, "result codes as numbers (0) or words (1)"),
    _setting("X", "V.250 6.2.7", Range(0, 4), 4, "tones detected, rate in CONNECT"),
    _setting("&C", "V.250 6.2.8", Range(0, 1), 1, "DCD always on (0) or with the carrier (1)"),
    _setting("&D", "V.250 6.2.9", Range(0, 3), 2, "DTR off: ignore, command state, hang up, reset"),
    CommandRow("S", "V.250 5.3.2", "S-register: Sn, Sn=v, Sn?, Sn=?", do.register),
    CommandRow("=", "Hayes", "the register selected by Sn: =v, ?", do.register),
    CommandRow("+IPR", "V.250 6.2.10", "rate to the DTE, bit/s (kept only)", do.parameter, (_RATES,), ("0",)),
    CommandRow(
        "+ICF", "V.250 6.2.11", "octet format (kept only)", do.parameter, (Range(0, 6), Range(0, 3)), ("3", "3")
    ),
    CommandRow(
        "+IFC", "V.250 6.2.12", "flow control (kept only)", do.parameter, (Range(0, 3), Range(0, 2)), ("2", "2")
    ),
    # Calls
    CommandRow("D", "V.250 6.3.1", "dial; DL: the last number, DS=n: a stored one", do.dial),
    CommandRow("T", "V.250 6.3.2", "dial by tones", do.numbered(do.dial_by_tones), (Range(0, 0),)),
    CommandRow("P", "V.250 6.3.3", "dial by pulses", do.numbered(do.dial_by_pulses), (Range(0, 0),)),
    CommandRow("A", "V.250 6.3.5", "answer", do.numbered(do.answer), (Range(0, 0),)),
    CommandRow("H", "V.250 6.3.6", "0: hang up", do.numbered(do.hang_up), (Range(0, 1),)),
    CommandRow("O", "V.250 6.3.7", "back to the online data state", do.numbered(do.resume), (Range(0, 1),)),
    _setting("L", "V.250 6.3.13", Range(0, 3), 2, "loudness (kept only)"),
    _setting("M", "V.250 6.3.14", Range(0, 3), 1, "loudspeaker (kept only)"),
    # Modulation, error control, compression, fax
    CommandRow(
        "+MS",
        "V.250 6.4.1",
        "modulation: carrier, automatic, rates (kept only)",
        do.parameter,
        (_CARRIERS, Range(0, 1), _BIT_RATE, _BIT_RATE, _BIT_RATE, _BIT_RATE),
        ("V34", "1", "0", "0", "0", "0"),
    ),
    CommandRow("+MR", "V.250 6.4.2", "report modulation (kept only)", do.parameter, (Range(0, 2),), ("0",)),
    CommandRow(
        "+ES",
        "V.250 6.5.1",
        "error control (kept only)",
        do.parameter,
        (Range(0, 7), Range(0, 4), Range(0, 9)),
        ("3", "0", "2"),
    ),
    CommandRow(
        "+EB",
        "V.250 6.5.2",
        "break under error control (kept only)",
        do.parameter,
        (Range(0, 11), Range(0, 1), Range(0, 255)),
        ("1", "0", "30"),
    ),
    CommandRow("+ER", "V.250 6.5.5", "report error control (kept only)", do.parameter, (Range(0, 1),), ("0",)),
    CommandRow(
        "+DS",
        "V.250 6.6.1",
        "compression (kept only)",
        do.parameter,
        (Range(0, 3), Range(0, 1), Range(512, 65535), Range(6, 250)),
        ("3", "0", "2048", "32"),
    ),
    CommandRow("+DR", "V.250 6.6.2", "report compression (kept only)", do.parameter, (Range(0, 1),), ("0",)),
    CommandRow("+FCLASS", "T.31 8.2", "service: 0, data", do.service_class, (Choice(("0",)),), ("0",)),
    # Commands in the init strings for modems of several makers
    _compatible("B", 41, 0, "modulation"),
    _compatible("C", 1, 1, "transmitter"),
    _compatible("F", 10, 1, "modulation, or echo of data"),
    _compatible("N", 8, 1, "automatic modulation"),
    _compatible("W", 3, 0, "which rate CONNECT reports"),
    _compatible("Y", 1, 0, "long-space disconnect"),
    _compatible("&A", 3, 1, "more in CONNECT"),
    _compatible("&B", 2, 1, "fixed rate to the DTE"),
    _compatible("&E", 15, 0, "error control options"),
    _compatible("&G", 2, 0, "guard tone"),
    _compatible("&H", 3, 1, "flow control of the DTE"),
    _compatible("&I", 5, 0, "software flow control"),
    _compatible("&J", 1, 0, "jack"),
    _compatible("&K", 6, 3, "flow control"),
    _compatible("&L", 1, 0, "leased line"),
    _compatible("&M", 9, 0, "error control"),
    _compatible("&N", 30, 0, "rate of the call"),
    _compatible("&P", 3, 0, "pulse ratio"),
    _compatible("&Q", 9, 5, "error control"),
    _compatible("&R", 2, 1, "RTS and CTS"),
    _compatible("&S", 2, 0, "DSR"),
    _compatible("&T", 9, 0, "tests"),
    _compatible("&U", 1, 0, "trellis coding"),
    _compatible("&X", 2, 0, "clock"),
    _compatible("\\A", 3, 1, "block size"),
    _compatible("\\B", 9, 3, "length of a break"),
    _compatible("\\C", 2, 0, "buffer at the start"),
    _compatible("\\G", 1, 0, "flow control of the line"),
    _compatible("\\J", 1, 0, "rate to the DTE follows the line"),
    _compatible("\\K", 5, 5, "break"),
    _compatible("\\L", 1, 0, "MNP blocks"),
    _compatible("\\N", 7, 3, "error control"),
    _compatible("\\Q", 7, 3, "flow control"),
    _compatible("\\T", 255, 0, "inactivity"),
    _compatible("\\V", 9, 1, "more in CONNECT"),
    _compatible("\\X", 1, 0, "XON and XOFF go through"),
    _compatible("%C", 3, 3, "compression"),
    _compatible("%E", 4, 2, "retraining"),
    _compatible("-J", 1, 1, "V.42 detection"),
)
"""Every command, in the order of the standard, which ``AT&V`` and the manual page keep."""

STANDARD_PROFILE = ModemProfile("v250", CommandTable(COMMANDS))
"""A dial-up modem with the commands of V.250 and those of Hayes and its successors."""


def only_asks(rows: CommandTable, commands: Iterable[ATCommand]) -> bool:
    """Return whether commands change nothing: until something else is run, the modem answers them as before."""
    return all(_only_asks(rows.get_row(command.name), command) for command in commands)


def _only_asks(row: CommandRow | None, command: ATCommand) -> bool:
    return row is not None and (row.asks or (row.handler is do.parameter and command.form in (Form.READ, Form.TEST)))


def run_command(unit: Unit, command: ATCommand) -> CommandAnswer:
    """Run one command. A command that is not in the table gives what the profile says, usually ERROR."""
    row = unit.rows.get_row(command.name)
    return unit.config.profile.unknown if row is None else row.handler(unit, row, command)
