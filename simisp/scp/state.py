"""The states of a running script, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from simisp.diagnostics import Place

__all__ = ["State", "Waiting"]


class State(Enum):
    """The state of a script between two calls; :mod:`simisp.scp.interpreter` has the transitions."""

    __hash__ = object.__hash__  # it is looked up for each octet, and Enum hashes the name each time

    READY = "ready"
    """Not yet started."""
    RUNNING = "running"
    """Executing instructions; never between two calls."""
    WAITING = "waiting for input"
    """In a ``waitfor`` or ``getip``."""
    DELAYED = "delayed"
    """In a ``delay``."""
    SPINNING = "spinning"
    """Pausing, since it does not stop running at one instant."""
    HALTED = "halted"
    """Stopped by ``halt``."""
    ENDED = "ended"
    """Completed by ``endproc``."""
    CARRIER_LOST = "carrier lost"
    """Ended because the call has ended."""
    FAILED = "failed"
    """Ended because it could not continue."""

    @property
    def is_final(self) -> bool:
        """Whether the script will never run again."""
        return self in _FINAL


_FINAL = {State.HALTED, State.ENDED, State.CARRIER_LOST, State.FAILED}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a script is waiting for, for a report on why a port is held.

    Attributes:
        place: Where the statement is.
        statement: Its text.
        patterns: The strings that a ``waitfor`` waits for, with secrets masked.
        until: When it ends by itself, in seconds since the run began; None for never.
        seen: The last octets that it examined, with the password masked.
    """

    place: Place
    statement: str
    patterns: tuple[str, ...] = ()
    until: float | None = None
    seen: bytes = b""

    def __str__(self) -> str:
        limit = "without limit" if self.until is None else f"ends at {self.until:g} s"
        return f"line {self.place.line}: {self.statement} ({limit})"
