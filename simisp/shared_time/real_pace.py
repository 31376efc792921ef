"""How long time in a run passed no faster than real time, and because of which waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["RealPace", "in_words"]

_SHOWN = 3
_SHORT = 0.05
"""Seconds below which a duration is not shown more exactly."""


@dataclass(frozen=True, slots=True)
class RealPace:
    """A wait during which virtual time passed no faster than real time.

    Attributes:
        pid: The process that waited.
        waited_for: What outside the run could have ended the wait.
        seconds: How long this lasted in all, in seconds of the run.
    """

    pid: int
    waited_for: str
    seconds: float

    def describe(self) -> str:
        """Return it as a clause.

        Example:
            >>> RealPace(7, "pid 812 (nc) at its other end", 4.21).describe()
            'for 4.2 s time passed no faster than real, while pid 7 waited for pid 812 (nc) at its other end'
        """
        why = f"while pid {self.pid} waited for {self.waited_for}"
        return f"{_length(self.seconds)} time passed no faster than real, {why}"


def in_words(paces: Sequence[RealPace]) -> list[str]:
    """Return a line for each of the longest waits, and one for all the others.

    Args:
        paces: The longest first.
    """
    lines = [pace.describe() for pace in paces[:_SHOWN]]
    others = paces[_SHOWN:]
    if others:
        waits = "another wait" if len(others) == 1 else f"{len(others)} other waits"
        lines.append(f"{_length(sum(pace.seconds for pace in others))} more because of {waits}")
    return lines


def _length(seconds: float) -> str:
    return f"for {seconds:.1f} s" if seconds >= _SHORT else "for less than 0.1 s"
