"""Idle times, which a picture draws narrow, and the axis that results."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

__all__ = ["TimeAxis", "idle_times"]

_SHORTEST = 5.0
"""Seconds below which no time is drawn narrow."""
_SHARE = 0.1
"""A time is idle if it is longer than this share of all shorter ones together."""
_BREAKS = 0.45
"""The share of the axis that all idle times have at most, together."""
_ONE_BREAK = 0.14
"""The share of the axis that one idle time has at most."""
_NOTHING = 1e-9
"""Seconds that are too few to be drawn."""


def idle_times(times: Iterable[float]) -> tuple[tuple[float, float], ...]:
    """Return the stretches of time in which nothing happened, which are long beside all that happened.

    Args:
        times: When something happened, in seconds, in any order.

    Example:
        >>> idle_times([0.0, 0.5, 1.0, 600.0, 600.1])
        ((1.0, 600.0),)
    """
    gaps = sorted((later - sooner, sooner, later) for sooner, later in pairwise(sorted(set(times))))
    shorter, idle = 0.0, []
    for length, sooner, later in gaps:
        if length >= _SHORTEST and length > _SHARE * shorter:
            idle.append((sooner, later))
        else:
            shorter += length
    return tuple(sorted(idle))


class TimeAxis:
    """Where a time is on an axis from 0.0 to 1.0 on which idle times are narrow.

    Args:
        end: The last time, in seconds, 0.0 or more.
        idle: The idle times, in order, as :func:`idle_times` returns them.

    Example:
        >>> axis = TimeAxis(1001.0, [(1.0, 1001.0)])
        >>> round(axis.at(1.0), 2), axis.at(1001.0)
        (0.86, 1.0)
    """

    def __init__(self, end: float, idle: Sequence[tuple[float, float]]) -> None:
        busy = max(end - sum(later - sooner for sooner, later in idle), 0.0)
        each = min(_ONE_BREAK, _BREAKS / len(idle)) if idle else 0.0
        rest = 1.0 - each * len(idle)
        per_second = rest / busy if busy > _NOTHING else 0.0
        self._times, self._places, self._slopes = [0.0], [0.0], [per_second]
        place, now = 0.0, 0.0
        for sooner, later in idle:
            place += (sooner - now) * per_second
            self._note(sooner, place, each / (later - sooner))
            place, now = place + each, later
            self._note(later, place, per_second)

    def _note(self, time: float, place: float, slope: float) -> None:
        self._times.append(time)
        self._places.append(place)
        self._slopes.append(slope)

    def at(self, time: float) -> float:
        """Return the place of a time, from 0.0 to 1.0."""
        index = max(bisect_right(self._times, time) - 1, 0)
        return min(max(self._places[index] + (time - self._times[index]) * self._slopes[index], 0.0), 1.0)
