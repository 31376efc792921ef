"""The errors of cellular commands (3GPP TS 27.007, 9.2)."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from simisp.modem.answers import FinalText
from simisp.modem.result_codes import ResultCode

if TYPE_CHECKING:
    from simisp.modem.unit import Unit

__all__ = ["CmeError", "refusal", "refuse_cme"]


class CmeError(Enum):
    """An error by its number, with its words for ``+CMEE=2``."""

    NOT_ALLOWED = 3, "operation not allowed"
    NOT_SUPPORTED = 4, "operation not supported"
    NO_SIM = 10, "SIM not inserted"
    SIM_PIN = 11, "SIM PIN required"
    SIM_PUK = 12, "SIM PUK required"
    SIM_FAILURE = 13, "SIM failure"
    SIM_BUSY = 14, "SIM busy"
    INCORRECT_PASSWORD = 16, "incorrect password"
    MEMORY_FULL = 20, "memory full"
    INVALID_INDEX = 21, "invalid index"
    NOT_FOUND = 22, "not found"
    TEXT_TOO_LONG = 24, "text string too long"
    NUMBER_TOO_LONG = 26, "dial string too long"
    NO_NETWORK = 30, "no network service"
    EMERGENCY_ONLY = 32, "network not allowed - emergency calls only"
    INCORRECT_PARAMETERS = 50, "incorrect parameters"

    def __init__(self, number: int, words: str) -> None:
        self.number = number
        self.words = words


def refuse_cme(unit: Unit, error: CmeError = CmeError.INCORRECT_PARAMETERS) -> ResultCode | FinalText:
    """Return the answer of a command that failed, in the form that ``+CMEE`` asks for (3GPP TS 27.007, 9.1)."""
    return refusal(unit, "+CME ERROR", error.number, error.words)


def refusal(unit: Unit, kind: str, number: int, words: str) -> ResultCode | FinalText:
    """Return an error of either kind in the form that ``+CMEE`` asks for: ERROR, its number or its words.

    Args:
        unit: The modem.
        kind: What stands before it, such as ``+CME ERROR``.
        number: The error's number.
        words: The error's text.
    """
    form = unit.settings.parameters.get("+CMEE", ("0",))[0]
    if form == "0":
        return ResultCode.ERROR
    return FinalText(f"{kind}: {words if form == '2' else number}")
