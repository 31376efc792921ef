"""Parses dial strings: digits, and the modifiers among them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["DialString", "parse_dial_string"]

_NOT_DIALLED = re.compile(r"[^0-9*#A-D]")


@dataclass(frozen=True, slots=True)
class DialString:
    """The request of a D command.

    Attributes:
        number: The digits to dial: digits, ``*``, ``#``, ``A`` to ``D``; may be empty.
        tone: Whether to dial by tones (``T``) or by pulses (``P``). The last of these wins.
        pauses: The number of commas: each takes S8 seconds.
        waits_for_dial_tone: Whether ``W`` occurs: wait for dial tone whatever the X command says.
        quiet_answer: Whether ``@`` occurs: wait for silence, and report NO ANSWER for a call without it.
        stays_in_command: Whether it ends with ``;``: return to the command state after dialling.
    """

    number: str
    tone: bool = True
    pauses: int = 0
    waits_for_dial_tone: bool = False
    quiet_answer: bool = False
    stays_in_command: bool = False


@lru_cache(maxsize=16)
def parse_dial_string(text: str, tone: bool = True) -> DialString:
    """Parse a dial string. Any other character, such as a bracket, is ignored, as modems do.

    Results are cached, since software dials the same few numbers again and again.
    A hook flash (``!``) is ignored too: our exchange has no use for it.

    Args:
        text: What follows the D, in capitals, including the semicolon.
        tone: Whether to dial by tones if the string does not say.

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
