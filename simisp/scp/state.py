"""Where a running script stands, for its owner and for those who ask why it holds the port."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from simisp.diagnostics import Place

__all__ = ["State", "Waiting"]


class State(Enum):
    """Where a script stands between two calls."""

    READY = "ready"
    """Not yet started."""
    RUNNING = "running"
    """Executes instructions; never between two calls."""
    WAITING = "waiting for input"
    """In a ``waitfor`` or ``getip``."""
    DELAYED = "delayed"
    """In a ``delay``."""
    SPINNING = "spinning"
    """Ran on and on at one instant, and pauses."""
    HALTED = "halted"
    """Stopped by ``halt``."""
    ENDED = "ended"
    """Through ``endproc``."""
    CARRIER_LOST = "carrier lost"
    """Over, because the call is."""
    FAILED = "failed"
    """Over, because it could not go on."""

    @property
    def is_final(self) -> bool:
        """Whether the script will never run again."""
        return self in _FINAL


_FINAL = {State.HALTED, State.ENDED, State.CARRIER_LOST, State.FAILED}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a script is waiting for, for those who ask why a port is held.

    Attributes:
        place: Where the statement stands.
        statement: Its text.
        patterns: The strings that a ``waitfor`` waits for, with secrets masked.
        until: When it ends by itself, in seconds since the run began; None is never.
        seen: The last octets that it has looked at, with the password masked.
    """

    place: Place
    statement: str
    patterns: tuple[str, ...] = ()
    until: float | None = None
    seen: bytes = b""

    def __str__(self) -> str:
        limit = "without limit" if self.until is None else f"ends at {self.until:g} s"
        return f"line {self.place.line}: {self.statement} ({limit})"
