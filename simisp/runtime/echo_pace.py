"""How fast a port that echoes may be served.

A modem that echoes and a terminal that echoes answer each other forever. On a serial port such a loop is as fast as the
line; on a pseudo-terminal it would use a whole processor, and fill the transcript at the speed of memory.
"""

from __future__ import annotations

__all__ = ["EchoPace"]

_BURST = 4096.0
"""Octets that pass at once: many times more than a dialler sends before it sets up its port."""
_FASTEST = 960.0
"""Octets a second, whatever the port's speed: the loop is just as visible at 9600 bit/s."""


class EchoPace:
    """Counts the octets that an echoing port has sent.

    Example:
        >>> pace = EchoPace()
        >>> pace.pause_after(4096, rate=960.0, now=0.0), pace.pause_after(96, rate=960.0, now=0.0)
        (0.0, 0.1)
    """

    __slots__ = ("_at", "_left")

    def __init__(self) -> None:
        self._left = _BURST
        self._at = 0.0

    def pause_after(self, count: int, *, rate: float, now: float) -> float:
        """Return for how many seconds to pause the port after it has sent ``count`` octets.

        Args:
            count: How many octets arrived.
            rate: Octets a second at the port's speed.
            now: The time in seconds of the run.
        """
        rate = min(rate, _FASTEST) or _FASTEST  # a terminal echoes at B0 too
        self._left = min(_BURST, self._left + (now - self._at) * rate) - count
        self._at = now
        return max(0.0, -self._left / rate)
