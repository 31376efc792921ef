"""The options of a section, its states, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from simisp.diagnostics import Place

__all__ = ["Options", "State", "Waiting"]


@dataclass(frozen=True, slots=True)
class Options:
    """The point that the language's documentation leaves open, and tracing."""

    goes_on_without_response: bool = False
    """Whether a command without any response line is followed by the next command. By default, as documented, the
    script goes no further, unless the command is the last. A later sample by the language's maker has such commands in
    a row."""

    trace: bool = False
    """Whether to output :class:`~simisp.switchinf.outputs.Traced` for each line."""


class State(Enum):
    """The state of a script between two calls; :mod:`simisp.switchinf.section_machine` has the transitions."""

    READY = "ready"
    """Not yet started."""
    PAUSING = "pausing"
    """Pausing after a command that sends nothing or has no carriage return."""
    WAITING = "waiting for a response"
    """Waiting for a response, without limit: the language has no time-outs."""
    ENDED = "ended"
    """Completed."""
    FAILED = "failed"
    """Ended with an error."""
    CARRIER_LOST = "carrier lost"
    """Ended because the call has ended."""

    @property
    def is_final(self) -> bool:
        """Whether the script has ended."""
        return self in {State.ENDED, State.FAILED, State.CARRIER_LOST}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a script is waiting for, for a report on why a port is held.

    Attributes:
        place: Where the command is.
        command: The command as written.
        responses: The lines that may take the response.
        until: When it continues by itself, in seconds since the run began; None if it never does.
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
