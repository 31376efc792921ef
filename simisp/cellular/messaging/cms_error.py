"""The errors of message commands (3GPP TS 27.005, 3.2.5)."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from simisp.cellular.cme_error import refusal

if TYPE_CHECKING:
    from simisp.modem.answers import FinalText
    from simisp.modem.result_codes import ResultCode
    from simisp.modem.unit import Unit

__all__ = ["CmsError", "refuse"]


class CmsError(Enum):
    """An error by its number, with its words for ``+CMEE=2``."""

    ME_FAILURE = 300, "ME failure"
    SERVICE_RESERVED = 301, "SMS service of ME reserved"
    NOT_ALLOWED = 302, "operation not allowed"
    NOT_SUPPORTED = 303, "operation not supported"
    INVALID_PDU = 304, "invalid PDU mode parameter"
    INVALID_TEXT = 305, "invalid text mode parameter"
    NO_SIM = 310, "(U)SIM not inserted"
    SIM_PIN = 311, "(U)SIM PIN required"
    SIM_FAILURE = 313, "(U)SIM failure"
    SIM_BUSY = 314, "(U)SIM busy"
    SIM_PUK = 316, "(U)SIM PUK required"
    MEMORY_FAILURE = 320, "memory failure"
    INVALID_INDEX = 321, "invalid memory index"
    MEMORY_FULL = 322, "memory full"
    NO_SERVICE_CENTRE = 330, "SMSC address unknown"
    NO_NETWORK = 331, "no network service"
    NETWORK_TIMEOUT = 332, "network timeout"
    NOTHING_TO_ACKNOWLEDGE = 340, "no +CNMA acknowledgement expected"
    UNKNOWN = 500, "unknown error"

    def __init__(self, number: int, words: str) -> None:
        self.number = number
        self.words = words


def refuse(unit: Unit, error: CmsError) -> ResultCode | FinalText:
    """Return the answer of a command that failed, in the form that ``+CMEE`` asks for.

    See Also:
        3GPP TS 27.007, 9.1, and 27.005, 3.2.5.
    """
    return refusal(unit, "+CMS ERROR", error.number, error.words)
