"""When the service dials next: the timetable's wall time converted to the run's time."""

from __future__ import annotations

from datetime import datetime, timedelta

from simisp.mail.schedule import Timetable

__all__ = ["PUNCTUAL", "DialTimer"]

PUNCTUAL = timedelta(seconds=60)
"""A time to dial still counts if it is late by at most this much: a timetable is kept to the minute."""


class DialTimer:
    """Computes when, in the run's time, the timetable's next time comes, including after changes of the wall clock.

    A timetable of times of day follows the wall clock: if it is set forward past a time, that time is missed; if it is
    set back, the time does not recur. A timetable of intervals is not affected by the wall clock.

    Args:
        timetable: When to dial.
        wall: What the wall clock shows when the run's time is 0.

    Example:
        >>> from datetime import time
        >>> from simisp.mail.schedule import AtTimes
        >>> timer = DialTimer(Timetable(AtTimes((time(6),))), datetime(1997, 10, 10, 5, 0))
        >>> timer.start(now=0.0)
        >>> timer.due
        3600.0
    """

    def __init__(self, timetable: Timetable, wall: datetime) -> None:
        self.timetable = timetable
        self.due: float | None = None
        """The run's time at which to dial next; None for never."""
        self.due_wall: datetime | None = None
        """The same in wall time."""
        self._epoch = wall
        self._began = wall
        self._done: datetime | None = None

    def start(self, *, now: float) -> None:
        """Start with the service."""
        self._began = self.wall(now)
        self._find(self._began)

    def wall(self, now: float) -> datetime:
        """Return what the wall clock shows."""
        return self._epoch + timedelta(seconds=now)

    @property
    def makes_up(self) -> bool:
        """Whether the time that has come is made up for if it cannot be kept."""
        return self.due_wall is not None and self.timetable.makes_up(self.due_wall)

    def dials_at_start(self, *, now: float) -> bool:
        """Return whether the service dials when it starts, to make up for missed times."""
        return self.timetable.makes_up(self.wall(now))

    def is_punctual(self, *, now: float) -> bool:
        """Return whether the time that has come is not too late."""
        return self.due_wall is not None and self.wall(now) - self.due_wall <= PUNCTUAL

    def done(self, *, now: float) -> None:
        """Finish with the time that has come, and compute the next."""
        self._done = self.due_wall
        wall = self.wall(now)
        self._find(max(wall, self._done) if self._done is not None else wall)

    def set_wall(self, wall: datetime, *, now: float) -> timedelta:
        """Apply a change of the wall clock; return by how much it changed.

        A time that was passed over by less than :data:`PUNCTUAL` is due at once; earlier ones are not made up for.
        """
        before = self.wall(now)
        change = wall - before
        self._epoch += change
        self._began += change  # intervals are unaffected
        passed_over = self.due_wall is not None and before < self.due_wall <= wall and not self.makes_up
        if passed_over and self.is_punctual(now=now):
            self.due = now
        else:
            self._find(wall)
        return change

    def _find(self, wall: datetime) -> None:
        self.due_wall = self.timetable.next_after(wall, began=self._began, done=self._done)
        self.due = None if self.due_wall is None else (self.due_wall - self._epoch).total_seconds()
