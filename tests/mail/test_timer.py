"""The schedule in a run's time, and a wall clock that somebody changes."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import pairwise

from simisp.mail.schedule import AtTimes, Every, Timetable
from simisp.mail.timer import DialTimer
from support.narrowed import known

EIGHT = datetime.fromisoformat("1997-10-10 08:00")
TWICE_DAILY = Timetable(AtTimes((time(9), time(18))))


def started(timetable: Timetable, *, at: float = 0.0) -> DialTimer:
    timer = DialTimer(timetable, EIGHT)
    timer.start(now=at)
    return timer


def wall(hours: int, minutes: int = 0, seconds: float = 0.0) -> datetime:
    return EIGHT.replace(hour=hours, minute=minutes) + timedelta(seconds=seconds)


def test_wall_time_goes_on_with_the_run() -> None:
    timer = started(TWICE_DAILY)
    assert timer.wall(90.5) == wall(8, 1, 30.5)


def test_the_next_time_is_told_in_the_run_s_time() -> None:
    timer = started(TWICE_DAILY)
    assert timer.due == 3600.0
    timer.done(now=3600.0)
    assert timer.due == 36000.0


def test_a_service_that_starts_later_counts_its_intervals_from_there() -> None:
    timer = started(Timetable(Every(900)), at=100.0)
    assert timer.due == 1000.0


def test_intervals_meet_the_run_s_time_exactly_for_weeks() -> None:
    timer = started(Timetable(Every(900)))
    for number in range(1, 3000):
        assert timer.due == number * 900.0
        timer.done(now=timer.due)


def test_fractions_of_a_second_at_the_start_do_not_make_a_time_come_twice() -> None:
    timer = started(Timetable(Every(1)), at=0.1234567)
    seen = []
    for _ in range(50):
        due = known(timer.due)
        seen.append(due)
        timer.done(now=due)
    assert all(later > earlier for earlier, later in pairwise(seen))
    assert 0.99 < seen[-1] - seen[-2] < 1.01


def test_set_back_the_clock_delays_a_time_that_is_to_come() -> None:
    timer = started(TWICE_DAILY)
    assert timer.set_wall(wall(7, 30), now=1800.0) == timedelta(hours=-1)
    assert timer.due == 1800.0 + 5400.0


def test_set_back_the_clock_does_not_repeat_a_time() -> None:
    timer = started(TWICE_DAILY)
    timer.done(now=3600.0)
    timer.set_wall(wall(8, 30), now=3700.0)
    assert timer.due_wall == wall(18)
    assert timer.due == 3700.0 + 9.5 * 3600


def test_set_forward_past_a_time_the_time_is_missed() -> None:
    timer = started(TWICE_DAILY)
    timer.set_wall(wall(10), now=60.0)
    assert timer.due_wall == wall(18)


def test_set_forward_by_seconds_past_a_time_the_time_is_due_at_once() -> None:
    timer = started(TWICE_DAILY)
    timer.set_wall(wall(9, 0, 2.0), now=3599.0)
    assert timer.due == 3599.0
    assert timer.is_punctual(now=3599.0)
    timer.done(now=3599.0)
    assert timer.due_wall == wall(18)


def test_intervals_do_not_mind_the_wall_clock() -> None:
    timer = started(Timetable(Every(900)))
    for change in (wall(3), wall(23), wall(8)):
        timer.set_wall(change, now=100.0)
        assert timer.due == 900.0


def test_what_is_overslept_by_more_than_a_minute_is_not_punctual() -> None:
    timer = started(TWICE_DAILY)
    assert timer.is_punctual(now=3660.0)
    assert not timer.is_punctual(now=3660.1)
