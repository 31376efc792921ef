"""RAS error codes, and the failures that they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from simisp.ras.error_rows import ROWS

__all__ = ["ERRORS", "Cause", "RasError", "ras_error"]


@dataclass(frozen=True, slots=True)
class RasError:
    """One error of the Remote Access Service.

    code: Its number, 600 to 999.
    symbol: Its name in the Windows header.
    text: Its meaning, in a few words.
    """

    code: int
    symbol: str
    text: str

    def __str__(self) -> str:
        return f"[{self.code}] {self.text}"


ERRORS: Mapping[int, RasError] = {code: RasError(code, symbol, text) for code, symbol, text in ROWS}
"""All known errors, by code."""


def ras_error(code: int) -> RasError:
    """Return the error with this code; for an unknown code the text only repeats the number.

    Example:
        >>> print(ras_error(633))
        [633] The port is already in use or is not configured for Remote Access dial out.
    """
    return ERRORS.get(code) or RasError(code, "", f"Error {code}.")


class Cause(Enum):
    """What can go wrong in a dial attempt. The value is the RAS error code.

    See Also:
        ITU-T V.250, 5.7 for the modem's result codes; RFC 1661, 4.6 and RFC 1334 for failures of PPP.
    """

    PORT_SETTINGS = 605
    """The port could not be set up: it cannot be opened, or no lock file can be made for it."""
    NO_SUCH_DEVICE = 608
    """There is no such port."""
    NO_SUCH_ENTRY = 623
    """The phone book has no such entry."""
    DISCONNECTED = 628
    """The post-connect script failed, so the dialler ended the call."""
    CARRIER_LOST = 629
    """The carrier was lost while the call was up."""
    HARDWARE_FAILED = 630
    """The port failed while in use: an I/O error, or DSR went off."""
    HUNG_UP = 631
    """The user or program that had asked for the call ended it."""
    PORT_IN_USE = 633
    """Another process holds the port."""
    OUT_OF_PATIENCE = 638
    """The script took longer than the dialler waits: the far end stopped responding."""
    MODEM_ERROR = 651
    """The modem answered ERROR."""
    UNKNOWN_RESPONSE = 652
    """The modem gave an invalid answer."""
    BUSY = 676
    VOICE = 677
    NO_ANSWER = 678
    NO_CARRIER = 679
    NO_DIAL_TONE = 680
    AUTHENTICATION_FAILED = 691
    """The far end refused the user name or the password."""
    MODEM_SILENT = 692
    """The modem does not answer commands."""
    NEEDS_PRESENCE = 703
    """The script halted and waits for a person."""
    PPP_TIME_OUT = 718
    """The far end began to negotiate, and then no longer answered."""
    PPP_ENDED = 719
    """The far end ended the negotiation."""
    PPP_NO_PROTOCOL = 720
    """No network protocol was agreed on."""
    PPP_NO_RESPONSE = 721
    """The far end never answered a PPP packet."""
    PPP_NOT_CONVERGING = 732
    """The negotiation went round in circles."""
    PPP_TERMINATED = 734
    """The far end ended LCP after it was up."""
    PPP_LOOPED_BACK = 737
    """What this side sends comes back to it."""
    BAD_NUMBER = 749
    """The text to be dialled is not a phone number."""
    SCRIPT_SYNTAX = 752
    """The post-connect script has syntax errors."""
    IDLE = 828
    """No octets passed for the entry's idle time."""

    @property
    def error(self) -> RasError:
        """The RAS error."""
        return ERRORS[self.value]
