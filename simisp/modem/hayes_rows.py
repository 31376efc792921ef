"""The basic commands of Hayes and its successors, which V.250 leaves to the maker."""

from __future__ import annotations

from simisp.modem import handlers as do
from simisp.modem.command_row import CommandRow, Disposition, Range

__all__ = ["HAYES_ROWS"]


def _setting(name: str, high: int, factory: int, meaning: str) -> CommandRow:
    """A command whose value is stored, and read by what depends on it."""
    return CommandRow(name, "compatibility", meaning, do.remember, (Range(0, high),), (str(factory),))


def _kept(name: str, high: int, factory: int, meaning: str) -> CommandRow:
    """A command whose value is stored but has no effect, for lack of anything to act on in a simulated line."""
    values = (Range(0, high),)
    return CommandRow(name, "compatibility", meaning, do.remember, values, (str(factory),), Disposition.ACCEPTED)


HAYES_ROWS: tuple[CommandRow, ...] = (
    CommandRow(
        "&V",
        "Hayes",
        "show the settings, the stored profiles and numbers",
        do.numbered(do.show_settings),
        (Range(0, 1),),
    ),
    CommandRow("&W", "Hayes", "store the settings", do.numbered(do.store_profile), (Range(0, 1),)),
    CommandRow(
        "&Y", "Hayes", "which profile is in force at power-up", do.numbered(do.choose_power_up_profile), (Range(0, 3),)
    ),
    CommandRow("&Z", "Hayes", "store (&Zn=s) or show (&Zn?) a number, n 0 to 3", do.store_number),
    CommandRow("#CID", "Rockwell", "the caller's number, as +VCID", do.parameter, (Range(0, 2),), ("0",)),
    CommandRow("=", "Hayes", "the register selected by Sn: =v, ?", do.register),
    _kept("B", 41, 0, "modulation"),
    _kept("C", 1, 1, "transmitter"),
    _kept("F", 10, 1, "modulation, or echo of data"),
    _kept("N", 8, 1, "automatic modulation"),
    _setting(
        "W",
        3,
        2,
        "rate in CONNECT: to the DTE (0; 1 with CARRIER, PROTOCOL, COMPRESSION), of the line (2, 3)",
    ),
    _kept("Y", 1, 0, "long-space disconnect"),
    _setting("&A", 3, 1, "0: no error control in CONNECT"),
    _kept("&B", 2, 1, "fixed rate to the DTE"),
    _kept("&E", 15, 0, "error control options"),
    _kept("&G", 2, 0, "guard tone"),
    _kept("&H", 3, 1, "flow control of the DTE"),
    _kept("&I", 5, 0, "software flow control"),
    _kept("&J", 1, 0, "jack"),
    _setting("&K", 6, 3, "flow control: by XON and XOFF (4), which the far end gets too (5); others are the port's"),
    _kept("&L", 1, 0, "leased line"),
    _kept("&M", 9, 0, "error control"),
    _kept("&N", 30, 0, "rate of the call"),
    _kept("&P", 3, 0, "pulse ratio"),
    _setting("&Q", 9, 5, "error control: none (0 to 4, 6), V.42 (5, 7 to 9)"),
    _kept("&R", 2, 1, "RTS and CTS"),
    _setting("&S", 2, 0, "DSR always on (0) or during a call (1, 2)"),
    _kept("&T", 9, 0, "tests"),
    _kept("&U", 1, 0, "trellis coding"),
    _kept("&X", 2, 0, "clock"),
    _kept("\\A", 3, 1, "block size"),
    _kept("\\B", 9, 3, "length of a break"),
    _kept("\\C", 2, 0, "buffer at the start"),
    _kept("\\G", 1, 0, "flow control of the line"),
    _kept("\\J", 1, 0, "rate to the DTE follows the line"),
    _kept("\\K", 5, 5, "break"),
    _kept("\\L", 1, 0, "MNP blocks"),
    _setting("\\N", 7, 3, "error control: none (0, 1, 6), MNP (2), V.42 or MNP (3, 5, 7), V.42 (4)"),
    _setting("\\Q", 7, 3, "flow control: by XON and XOFF (1); others are the port's"),
    _kept("\\T", 255, 0, "inactivity"),
    _setting("\\V", 9, 1, "0: no error control in CONNECT"),
    _kept("\\X", 1, 0, "XON and XOFF go through"),
    _setting("%C", 3, 3, "compression: none (0), MNP 5 (1), V.42bis (2), either (3)"),
    _kept("%E", 4, 2, "retraining"),
    _kept("-J", 1, 1, "V.42 detection"),
)
"""Commands in the init strings for modems of several makers. Makers differ; this is what most of them have."""
