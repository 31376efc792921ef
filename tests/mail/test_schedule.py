"""When the mail service dials."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.mail.schedule import EVERY_DAY, AtTimes, Every, Never, Timetable, Weekly
from support.narrowed import known


def at(text: str) -> datetime:
    """A moment of the week from Monday, 6 October 1997, to Sunday, 12 October."""
    return datetime.fromisoformat(f"1997-10-{text}")


def following(table: Timetable, wall: datetime, count: int, *, began: datetime | None = None) -> list[str]:
    times = []
    for _ in range(count):
        wall = known(table.next_after(wall, began=began or wall))
        times.append(f"{wall:%d %H:%M}")
    return times


def test_daily_times_come_every_day_in_their_order() -> None:
    table = Timetable(AtTimes((time(18, 30), time(6, 0))))
    assert following(table, at("10 07:00"), 4) == ["10 18:30", "11 06:00", "11 18:30", "12 06:00"]


def test_a_time_that_is_just_now_is_not_after_now() -> None:
    table = Timetable(AtTimes((time(6, 0),)))
    assert following(table, at("10 06:00"), 1) == ["11 06:00"]


def test_weekly_times_come_on_their_days() -> None:
    table = Timetable(Weekly(((0, time(8, 0)), (4, time(8, 0)), (4, time(17, 0)))))
    assert following(table, at("08 12:00"), 4) == ["10 08:00", "10 17:00", "13 08:00", "17 08:00"]


def test_a_weekly_time_of_today_that_has_passed_comes_in_a_week() -> None:
    table = Timetable(Weekly(((4, time(8, 0)),)))
    assert following(table, at("10 08:00"), 1) == ["17 08:00"]


def test_every_is_counted_from_the_start_of_the_service() -> None:
    table = Timetable(Every(900))
    assert following(table, at("10 08:05"), 3, began=at("10 08:05")) == ["10 08:20", "10 08:35", "10 08:50"]


def test_every_does_not_drift_when_it_is_asked_late() -> None:
    table = Timetable(Every(900))
    assert table.next_after(at("10 08:29:59"), began=at("10 08:00")) == at("10 08:30")


def test_every_asked_before_its_beginning_comes_at_its_beginning() -> None:
    assert Timetable(Every(900)).next_after(at("10 07:00"), began=at("10 08:00")) == at("10 08:00")


@pytest.mark.parametrize("interval", [0, -5, 0.5, float("nan")])
def test_an_interval_has_a_second_at_least(interval: float) -> None:
    with pytest.raises(ValueError, match="1 second"):
        Every(interval)


def test_a_weekend_has_its_own_schedule() -> None:
    table = Timetable(AtTimes((time(6), time(18))), weekend=AtTimes((time(12),)))
    assert following(table, at("10 07:00"), 5) == ["10 18:00", "11 12:00", "12 12:00", "13 06:00", "13 18:00"]


def test_a_weekend_without_a_schedule_is_quiet() -> None:
    table = Timetable(AtTimes((time(6),)), weekend=Never())
    assert following(table, at("10 07:00"), 1) == ["13 06:00"]


def test_every_pauses_at_the_weekend_and_keeps_its_count() -> None:
    table = Timetable(Every(49 * 60), weekend=Never())
    began = at("10 23:00")
    friday, monday = following(table, began, 2, began=began)
    assert friday == "10 23:49"
    assert monday == "13 00:00"  # sixty times 49 minutes after Friday at 23:00


def test_every_may_be_for_the_weekend_alone() -> None:
    table = Timetable(AtTimes((time(6),)), weekend=Every(6 * 3600))
    began = at("10 05:00")
    assert following(table, began, 5, began=began) == ["10 06:00", "11 05:00", "11 11:00", "11 17:00", "11 23:00"]


def test_only_intervals_are_made_up() -> None:
    friday, saturday = at("10 08:00"), at("11 08:00")
    assert Timetable(Every(900)).makes_up(friday)
    assert not Timetable(AtTimes((time(6),))).makes_up(friday)
    assert not Timetable(Weekly(((4, time(6)),))).makes_up(friday)
    mixed = Timetable(Every(900), weekend=Never())
    assert (mixed.makes_up(friday), mixed.makes_up(saturday)) == (True, False)


def test_never_is_never() -> None:
    assert Timetable(Never()).next_after(at("10 08:00"), began=at("10 08:00")) is None
    assert Timetable(AtTimes(())).next_after(at("10 08:00"), began=at("10 08:00")) is None


def test_a_time_that_was_dealt_with_does_not_come_again_when_the_clock_is_set_back() -> None:
    table = Timetable(AtTimes((time(6), time(18))))
    six = at("10 06:00")
    assert table.next_after(at("10 05:30"), began=six, done=six) == at("10 18:00")


def test_a_clock_that_was_wrong_by_days_does_not_silence_the_schedule() -> None:
    table = Timetable(AtTimes((time(6),)))
    assert table.next_after(at("10 05:30"), began=at("10 05:00"), done=at("10 06:00") + timedelta(days=36500)) == at(
        "10 06:00"
    )


moments = st.datetimes(datetime.fromisoformat("1997-01-01"), datetime.fromisoformat("1999-12-31"))
rules = st.one_of(
    st.builds(Every, st.integers(1, 10 * 86400)),
    st.builds(AtTimes, st.lists(st.times(), max_size=3).map(tuple)),
    st.builds(Weekly, st.lists(st.tuples(st.integers(0, 6), st.times()), max_size=4).map(tuple)),
    st.builds(Never),
)


@given(rules, st.none() | rules, moments, moments)
@settings(max_examples=100)
def test_the_next_time_lies_ahead_on_a_day_of_its_rule(
    rule: AtTimes | Every | Never | Weekly,
    weekend: AtTimes | Every | Never | Weekly | None,
    wall: datetime,
    began: datetime,
) -> None:
    found = Timetable(rule, weekend).next_after(wall, began=began)
    if found is not None:
        assert found > wall
        if weekend is not None and isinstance(weekend, Never):
            assert found.weekday() < 5


@given(st.integers(1, 10 * 86400), moments, st.integers(0, 10**6))
@settings(max_examples=100)
def test_every_is_always_a_whole_number_of_intervals_away(interval: int, began: datetime, seconds: int) -> None:
    wall = began + timedelta(seconds=seconds)
    found = known(Every(interval).next_after(wall, began=began, days=EVERY_DAY))
    assert (found - began) % timedelta(seconds=interval) == timedelta(0)
    assert wall < found <= wall + timedelta(seconds=interval)
