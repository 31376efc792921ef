"""How a section is played, where it stands, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from simisp.diagnostics import Place

__all__ = ["Options", "State", "Waiting"]


@dataclass(frozen=True, slots=True)
class Options:
    """The choice that the language's documentation leaves open, and tracing."""

    goes_on_without_response: bool = False
    """Whether a command that no line takes a response for is followed by the next one. By default it is as documented:
    the script goes no further, unless the command is the last. A later sample of the language's maker has such
    commands in a row."""

    trace: bool = False
    """Whether to tell of each line (:class:`~simisp.switchinf.outputs.Traced`)."""


class State(Enum):
    """Where a script stands between two calls."""

    READY = "ready"
    """Not yet started."""
    PAUSING = "pausing"
    """After a command that sends nothing, or no carriage return."""
    WAITING = "waiting for a response"
    """Until it comes, however long: the language has no time limit."""
    ENDED = "ended"
    """Through."""
    FAILED = "failed"
    """Over, with an error."""
    CARRIER_LOST = "carrier lost"
    """Over, because the call is."""

    @property
    def is_final(self) -> bool:
        """Whether the script is over."""
        return self in {State.ENDED, State.FAILED, State.CARRIER_LOST}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a script is waiting for, for those who ask why a port is held.

    Attributes:
        place: Where the command stands.
        command: The command as it is written.
        responses: The lines that may take the response.
        until: When it goes on by itself, in seconds since the run began; None is never.
        seen: The last octets of the response so far, with the password masked.
    """

    place: Place
    command: str
    responses: tuple[str, ...] = ()
    until: float | None = None
    seen: bytes = b""

    def __str__(self) -> str:
        limit = "without limit" if self.until is None else f"ends at {self.until:g} s"
        what = " or ".join(self.responses) or "nothing"
        return f"line {self.place.line}: {self.command}, waiting for {what} ({limit})"
