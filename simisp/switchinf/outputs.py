"""What a running section tells its owner, besides :class:`~simisp.machine.SendData`."""

from __future__ import annotations

from dataclasses import dataclass

from simisp.diagnostics import Place
from simisp.machine import Output

__all__ = ["CarrierLost", "Ended", "Failed", "Traced"]


@dataclass(frozen=True, slots=True)
class Ended(Output):
    """The script is through: PPP or SLIP starts.

    Attributes:
        connected: Whether a ``CONNECT`` line ended it, and not the end of the section.
    """

    connected: bool = False


@dataclass(frozen=True, slots=True)
class Failed(Output):
    """An error line took the response, or no line did; the script is over.

    Attributes:
        place: The line that took the response, or the command whose response nothing took.
        ras_error: The RAS error that the dialler would show: 651, 652 or 679.
        message: Why.
        diagnostics: The words that ``<diagnostics>`` took from the response.
    """

    place: Place
    ras_error: int
    message: str
    diagnostics: str = ""


@dataclass(frozen=True, slots=True)
class CarrierLost(Output):
    """The carrier was lost while the script ran, and the script is over.

    Attributes:
        place: Where it was.
    """

    place: Place


@dataclass(frozen=True, slots=True)
class Traced(Output):
    """A command is played, or a response is taken; only when tracing is on.

    Attributes:
        place: Where the line stands.
        line: The line as it is written.
        outcome: What became of a response, in words; empty for a command.
        seen: The last octets of the response, with the password masked; empty for a command.
    """

    place: Place
    line: str
    outcome: str = ""
    seen: bytes = b""
