"""When the mail service dials: a timetable in wall time.

Nothing here reads a clock. Times of day are naive :class:`~datetime.datetime` values in the local time of the service;
the caller says what the wall clock shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol

__all__ = ["EVERY_DAY", "WEEKDAYS", "WEEKEND", "AtTimes", "Every", "Never", "ScheduleRule", "Timetable", "Weekly"]

WEEKDAYS = frozenset(range(5))
"""Monday to Friday, as :meth:`datetime.date.weekday` counts."""
WEEKEND = frozenset({5, 6})
"""Saturday and Sunday."""
EVERY_DAY = WEEKDAYS | WEEKEND

_DAYS_AHEAD = 8  # a week, plus the rest of the day on which the search begins
_SET_BACK = timedelta(days=1)
_GRAIN = timedelta(microseconds=1)


class ScheduleRule(Protocol):
    """A rule for when to dial."""

    @property
    def makes_up(self) -> bool:
        """Whether a missed time is made up for, and the service dials when it starts."""

    def next_after(self, wall: datetime, *, began: datetime, days: Iterable[int]) -> datetime | None:
        """Return the first time after ``wall`` on one of ``days``, or None if there is no such time.

        Args:
            wall: What the wall clock shows.
            began: What it showed when the service started.
            days: Days of the week; Monday is 0.
        """


@dataclass(frozen=True, slots=True)
class Never:
    """Never dial: a weekend without a schedule, or a service that dials only when mail is waiting."""

    @property
    def makes_up(self) -> bool:
        """No."""
        return False

    def next_after(self, wall: datetime, *, began: datetime, days: Iterable[int]) -> datetime | None:
        """Return None."""
        return None


@dataclass(frozen=True, slots=True)
class AtTimes:
    """Daily, at fixed times of the day. A missed time is not made up for.

    Example:
        >>> rule = AtTimes((time(6, 0), time(18, 30)))
        >>> noon = datetime(1997, 10, 10, 12, 0)
        >>> rule.next_after(noon, began=noon, days=EVERY_DAY)
        datetime.datetime(1997, 10, 10, 18, 30)
    """

    times: tuple[time, ...]

    @property
    def makes_up(self) -> bool:
        """No."""
        return False

    def next_after(self, wall: datetime, *, began: datetime, days: Iterable[int]) -> datetime | None:
        """Return the first time after ``wall``."""
        wanted = frozenset(days)
        return _first_after(wall, ((day, moment) for day in wanted for moment in self.times))


@dataclass(frozen=True, slots=True)
class Weekly:
    """Weekly, at fixed times on some days of the week. A missed time is not made up for.

    Attributes:
        times: Days of the week, Monday being 0, each with a time. A day may occur several times.
    """

    times: tuple[tuple[int, time], ...]

    @property
    def makes_up(self) -> bool:
        """No."""
        return False

    def next_after(self, wall: datetime, *, began: datetime, days: Iterable[int]) -> datetime | None:
        """Return the first time after ``wall``."""
        wanted = frozenset(days)
        return _first_after(wall, ((day, moment) for day, moment in self.times if day in wanted))


@dataclass(frozen=True, slots=True)
class Every:
    """At intervals, counted from the start of the service, and at the start itself.

    Attributes:
        interval: Seconds, 1 or more.

    Example:
        >>> began = datetime(1997, 10, 10, 8, 0)
        >>> Every(900).next_after(datetime(1997, 10, 10, 8, 20), began=began, days=EVERY_DAY)
        datetime.datetime(1997, 10, 10, 8, 30)
    """

    interval: float

    def __post_init__(self) -> None:
        if not self.interval >= 1:
            raise ValueError(f"an interval must be at least 1 second, not {self.interval}")

    @property
    def makes_up(self) -> bool:
        """Yes."""
        return True

    def next_after(self, wall: datetime, *, began: datetime, days: Iterable[int]) -> datetime | None:
        """Return the first time after ``wall``; never earlier than ``began``."""
        wanted = frozenset(days)
        if not wanted:
            return None
        step = timedelta(seconds=self.interval)
        candidate = began + step * max(0, (wall - began) // step + 1)
        while candidate.weekday() not in wanted:
            tomorrow = datetime.combine(candidate.date() + timedelta(days=1), time())
            # The first multiple at or after midnight; subtracting the grain makes midnight itself count.
            candidate = began + step * ((tomorrow - _GRAIN - began) // step + 1)
        return candidate


@dataclass(frozen=True, slots=True)
class Timetable:
    """When to dial on weekdays and at the weekend.

    Attributes:
        rule: The rule for every day, or for Monday to Friday if there is a rule for the weekend.
        weekend: The rule for Saturday and Sunday; None if these are days like all others.

    Example:
        >>> table = Timetable(Every(900), weekend=AtTimes((time(12),)))
        >>> friday = datetime(1997, 10, 10, 23, 50)
        >>> table.next_after(friday, began=friday - timedelta(hours=5, minutes=50))
        datetime.datetime(1997, 10, 11, 12, 0)
    """

    rule: ScheduleRule
    weekend: ScheduleRule | None = None

    def next_after(self, wall: datetime, *, began: datetime, done: datetime | None = None) -> datetime | None:
        """Return the first time to dial after ``wall``, or None if there is no such time.

        Args:
            wall: What the wall clock shows.
            began: What it showed when the service started, corrected for later changes of the clock.
            done: The last time that was dealt with. If the clock has been set back since, by less than a day, times up
                to this one do not recur.
        """
        again = wall if done is None or done - wall > _SET_BACK else max(wall, done)
        times = (
            rule.next_after(wall if rule.makes_up else again, began=began, days=days) for rule, days in self._parts()
        )
        return min((moment for moment in times if moment is not None), default=None)

    def makes_up(self, wall: datetime) -> bool:
        """Return whether a time missed on the day of ``wall`` is made up for."""
        return any(rule.makes_up and wall.weekday() in days for rule, days in self._parts())

    def _parts(self) -> tuple[tuple[ScheduleRule, frozenset[int]], ...]:
        if self.weekend is None:
            return ((self.rule, EVERY_DAY),)
        return (self.rule, WEEKDAYS), (self.weekend, WEEKEND)


def _first_after(wall: datetime, times: Iterable[tuple[int, time]]) -> datetime | None:
    by_day: dict[int, list[time]] = {}
    for day, moment in times:
        by_day.setdefault(day, []).append(moment)
    for ahead in range(_DAYS_AHEAD):
        date = wall.date() + timedelta(days=ahead)
        after = [moment for moment in by_day.get(date.weekday(), ()) if datetime.combine(date, moment) > wall]
        if after:
            return datetime.combine(date, min(after))
    return None
