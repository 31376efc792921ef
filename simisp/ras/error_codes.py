"""RAS error codes, and which of them stands for what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from simisp.ras.error_rows import ROWS

__all__ = ["ERRORS", "Cause", "RasError", "ras_error"]


@dataclass(frozen=True, slots=True)
class RasError:
    """One error of the Remote Access Service.

    Attributes:
        code: Its number, 600 to 999.
        symbol: Its name in the Windows header.
        text: What it means, in a few words.
    """

    code: int
    symbol: str
    text: str

    def __str__(self) -> str:
        return f"[{self.code}] {self.text}"


ERRORS: Mapping[int, RasError] = {code: RasError(code, symbol, text) for code, symbol, text in ROWS}
"""All known errors, by code."""


def ras_error(code: int) -> RasError:
    """Return the error of a code; an unknown code has no more than its number.

    Example:
        >>> print(ras_error(633))
        [633] The port is already in use or is not configured for Remote Access dial out.
    """
    return ERRORS.get(code) or RasError(code, "", f"Error {code}.")


class Cause(Enum):
    """What can go wrong with a dial attempt. The value is the RAS error code that tells of it.

    See Also:
        ITU-T V.250, 5.7 for the modem's words; RFC 1661, 4.6 and RFC 1334 for PPP's failures.
    """

    PORT_SETTINGS = 605
    """The port could not be set up: it can't be opened, or no lock can be made for it."""
    NO_SUCH_DEVICE = 608
    """There is no such port."""
    NO_SUCH_ENTRY = 623
    """The phone book has no such entry."""
    DISCONNECTED = 628
    """The post-connect script failed, so that the dialler ended the call."""
    CARRIER_LOST = 629
    """The carrier went away while the call was up."""
    HARDWARE_FAILED = 630
    """The port failed under the dialler's hands: an I/O error, or DSR gone."""
    HUNG_UP = 631
    """Whoever had asked for the call asked to end it."""
    PORT_IN_USE = 633
    """Somebody else holds the port."""
    OUT_OF_PATIENCE = 638
    """The far end stopped responding to the script, and the dialler gave up."""
    MODEM_ERROR = 651
    """The modem answered ERROR."""
    UNKNOWN_RESPONSE = 652
    """The modem answered what no modem should."""
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
    BAD_NUMBER = 749
    """What should be dialled is no phone number."""
    SCRIPT_SYNTAX = 752
    """The post-connect script has mistakes."""
    IDLE = 828
    """Nothing passed for the entry's idle time."""

    @property
    def error(self) -> RasError:
        """The error that tells of it."""
        return ERRORS[self.value]
