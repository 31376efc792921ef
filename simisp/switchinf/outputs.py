"""The outputs of a running section, besides :class:`~simisp.machine.SendData`."""

from __future__ import annotations

from dataclasses import dataclass

from simisp.diagnostics import Place
from simisp.machine import Output

__all__ = ["CarrierLost", "Ended", "Failed", "Traced"]


@dataclass(frozen=True, slots=True)
class Ended(Output):
    """The script has completed: PPP or SLIP starts.

    Attributes:
        connected: Whether a ``CONNECT`` line ended it, rather than the end of the section.
    """

    connected: bool = False


@dataclass(frozen=True, slots=True)
class Failed(Output):
    """The script failed: an error line took the response, or no line took it.

    Attributes:
        place: The line that took the response, or the command whose response no line took.
        ras_error: The RAS error that the dialler shows: 651, 652 or 679.
        message: The reason.
        diagnostics: The text that ``<diagnostics>`` took from the response.
    """

    place: Place
    ras_error: int
    message: str
    diagnostics: str = ""


@dataclass(frozen=True, slots=True)
class CarrierLost(Output):
    """The carrier was lost while the script ran, and the script has ended.

    Attributes:
        place: The command that was being played.
    """

    place: Place


@dataclass(frozen=True, slots=True)
class Traced(Output):
    """A command is played, or a response is taken; only if tracing is on.

    Attributes:
        place: Where the line is.
        line: The line as written.
        outcome: The outcome of a response, in words; empty for a command.
        seen: The last octets of the response, with the password masked; empty for a command.
    """

    place: Place
    line: str
    outcome: str = ""
    seen: bytes = b""
