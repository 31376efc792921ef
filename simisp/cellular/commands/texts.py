"""Texts of commands in the character set that +CSCS has chosen (3GPP TS 27.007, 5.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simisp.cellular.messaging.charset import from_dte, to_dte
from simisp.cellular.messaging.text_form import charset_of
from simisp.cellular.parameters import string_of
from simisp.errors import PduError

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["quoted", "text_given"]


def text_given(unit: Unit, value: str) -> str | None:
    """Return the text that a value in quotes stands for, or None if it is no text in the chosen set."""
    written = string_of(value)
    if written is None:
        return None
    try:
        return from_dte(written.encode("latin-1", "replace"), charset_of(unit))
    except PduError:
        return None


def quoted(unit: Unit, text: str) -> bytes:
    """Return a text in quotes, in the chosen set. A quote within it, which would end it, is left out."""
    return b'"' + to_dte(text.replace('"', ""), charset_of(unit)) + b'"'
