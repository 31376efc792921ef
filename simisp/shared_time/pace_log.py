"""Adds up how long time passed no faster than real time, for each wait."""

from __future__ import annotations

from simisp.shared_time.clock_page import NANOSECONDS
from simisp.shared_time.open_waits import OpenWait
from simisp.shared_time.real_pace import RealPace

__all__ = ["PaceLog"]


class PaceLog:
    """Adds up the time that passed during each wait.

    Example:
        >>> log = PaceLog()
        >>> for _ in range(3):
        ...     log.add(OpenWait(7, "another terminal"), 500_000_000)
        >>> log.paces()
        (RealPace(pid=7, waited_for='another terminal', seconds=1.5),)
    """

    def __init__(self) -> None:
        self._passed: dict[OpenWait, int] = {}

    def add(self, wait: OpenWait, passed: int) -> None:
        """Add some nanoseconds of the run that passed during a wait."""
        if passed > 0:
            self._passed[wait] = self._passed.get(wait, 0) + passed

    def paces(self) -> tuple[RealPace, ...]:
        """Return the waits, the longest first."""
        waits = sorted(self._passed.items(), key=lambda each: -each[1])
        return tuple(RealPace(wait.pid, wait.ender, passed / NANOSECONDS) for wait, passed in waits)
