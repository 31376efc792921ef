"""Dial strings: the digits, and the modifiers among them."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["DialString", "parse_dial_string"]

_NOT_DIALLED = re.compile(r"[^0-9*#A-D]")


@dataclass(frozen=True, slots=True)
class DialString:
    """What a D command asks the modem to do.

    Attributes:
        number: What is dialled: digits, ``*``, ``#``, ``A`` to ``D``; perhaps nothing.
        tone: By tones (``T``) or by pulses (``P``). The last of both wins.
        pauses: How many commas: each costs S8 seconds.
        waits_for_dial_tone: ``W`` stands in it: dial tone is waited for whatever the X command says.
        quiet_answer: ``@`` stands in it: silence is waited for, and a call without it is NO ANSWER.
        stays_in_command: It ends with ``;``: the modem goes back to the command state after dialling.
    """

    number: str
    tone: bool = True
    pauses: int = 0
    waits_for_dial_tone: bool = False
    quiet_answer: bool = False
    stays_in_command: bool = False


def parse_dial_string(text: str, *, tone: bool = True) -> DialString:
    """Read a dial string. What isn't a digit or a modifier, such as a bracket, is passed over, as modems do.

    A hook flash (``!``) is passed over as well: no exchange of ours has a use for it.

    Args:
        text: What follows the D, in capitals, with its semicolon.
        tone: Whether to dial by tones when the string doesn't say.

    Example:
        >>> parse_dial_string("T9W,(555)1234")
        DialString(number='95551234', tone=True, pauses=1, waits_for_dial_tone=True, quiet_answer=False, \
stays_in_command=False)

    See Also:
        ITU-T V.250, 6.3.1.
    """
    methods = re.findall("[TP]", text)
    return DialString(
        number=_NOT_DIALLED.sub("", text),
        tone=methods[-1] == "T" if methods else tone,
        pauses=text.count(","),
        waits_for_dial_tone="W" in text,
        quiet_answer="@" in text,
        stays_in_command=text.endswith(";"),
    )
