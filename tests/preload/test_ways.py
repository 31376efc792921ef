"""Each way of waiting in each kind of time: as the table in docs/virtual-time.md says, and never proven to last."""

from __future__ import annotations

from pathlib import Path

import pytest

from simisp.shared_time.clock_page import ClockMode
from support.c_programs import compiled
from support.ways_of_waiting import Row, Way, in_the_documents, play, played_together, ways

ROWS = in_the_documents()
BY_AUTO = [
    "sleep",
    "timerfd, read",
    "nanosleep by an instruction",
    "timer_create by syscall()",
    "setitimer by an instruction",
    "pipe from a child",
]
NOT_HERE = 77


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled("ways.c", tmp_path_factory.mktemp("ways"))


def assert_as_documented(program: Path, row: Row, clock: str) -> None:
    played = play(program, row.name, clock=clock, seconds=(1,) if row.virtual is Way.EXACT else (1, 3, 6))
    if played.way is Way.NOT_HERE:
        pytest.skip("this machine has no such wait")
    assert played.way is row.virtual, played.why


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_a_wait_in_virtual_time_goes_as_the_documents_say(program: Path, row: Row) -> None:
    assert_as_documented(program, row, "virtual")


@pytest.mark.parametrize("name", BY_AUTO)
def test_a_wait_in_time_chosen_by_auto_goes_as_the_documents_say(program: Path, name: str) -> None:
    assert_as_documented(program, ROWS[name], "auto")


def test_a_wait_in_scaled_time_is_as_much_shorter_as_the_documents_say(program: Path) -> None:
    to_end = [name for name, row in ROWS.items() if row.is_scaled]
    statuses = played_together(program, ROWS, ClockMode.SCALED, to_end=to_end)
    found = {name: status == 0 for name, status in statuses.items() if status != NOT_HERE}
    assert found == {name: row.is_scaled for name, row in ROWS.items() if name in found}


def test_every_wait_in_real_time_takes_as_long_as_it_should(program: Path) -> None:
    statuses = played_together(program, ROWS, None, to_end=ROWS)
    assert {name: status for name, status in statuses.items() if status not in {0, NOT_HERE}} == {}


def test_the_documents_have_at_least_forty_ways_and_none_that_is_not_played(program: Path) -> None:
    assert len(ROWS) >= 40
    assert set(ROWS) <= set(ways(program))
