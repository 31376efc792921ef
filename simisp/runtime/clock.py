"""Time as a run sees it: seconds since the run began."""

from __future__ import annotations

import time
from typing import Protocol

__all__ = ["Clock", "RealClock"]


class Clock(Protocol):
    """Tells the time of a run, in seconds since it began; never goes back."""

    def now(self) -> float:
        """Return the time."""

    def real_delay(self, until: float) -> float:
        """Return for how many real seconds to wait for the time ``until``; 0.0 when it has come."""


class RealClock:
    """Real time.

    Args:
        speed: How many seconds of the run pass in one real second; above 0.
    """

    def __init__(self, speed: float = 1.0) -> None:
        if not speed > 0:
            raise ValueError(f"a clock's speed is above 0, not {speed}")
        self._speed = speed
        self._began = time.monotonic()

    def now(self) -> float:
        """Return the time."""
        return (time.monotonic() - self._began) * self._speed

    def real_delay(self, until: float) -> float:
        """Return for how many real seconds to wait for the time ``until``."""
        return max(0.0, (until - self.now()) / self._speed)
