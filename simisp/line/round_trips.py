"""Octets that go round and round at one instant: on a line that turns them back, an echo answers an echo forever."""

from __future__ import annotations

__all__ = ["RoundTrips"]

_DEEPEST = 24
"""How deep echoes of echoes may go at one instant. On a real line each round would take time."""
_MOST = 500
"""At most this many pieces may come back at one instant."""


class RoundTrips:
    """Counts octets that come back to their sender, and says when it is enough of them at one instant."""

    def __init__(self) -> None:
        self._depth = self._rounds = 0
        self._at = -1.0

    def begin(self, now: float) -> bool:
        """Return whether octets may still come back; if so, :meth:`end` is to be called when they have."""
        if now != self._at:
            self._at, self._rounds = now, 0
        self._rounds += 1
        if self._depth >= _DEEPEST or self._rounds > _MOST:
            return False
        self._depth += 1
        return True

    def end(self) -> None:
        """Note that the octets that came back have been handled."""
        self._depth -= 1
