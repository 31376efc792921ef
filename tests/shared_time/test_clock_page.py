"""The clock page on its own, without anybody who takes part."""

from __future__ import annotations

import stat
import threading
import time
from pathlib import Path

import pytest

from simisp.shared_time.clock_page import NEVER, SLOT_COUNT, ClockMode, ClockPage, sweep
from support.started_processes import Processes


def test_the_page_is_this_users_alone_and_goes_with_it(tmp_path: Path) -> None:
    with ClockPage.create(tmp_path) as page:
        assert stat.S_IMODE(page.path.stat().st_mode) == 0o600
        assert page.path.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_the_page_of_a_killed_run_is_swept_by_the_next_and_that_of_a_living_one_is_not(
    tmp_path: Path, processes: Processes
) -> None:
    maker = (
        "import signal, sys\n"
        "from pathlib import Path\n"
        "from simisp.shared_time.clock_page import ClockPage\n"
        "page = ClockPage.create(Path(sys.argv[1]))\n"
        "print('ready', flush=True)\n"
        "signal.pause()\n"
    )
    child = processes.python(maker, tmp_path)
    [left] = tmp_path.iterdir()
    (tmp_path / "simisp-clock-other").touch()
    with ClockPage.create(tmp_path) as page:
        assert left.exists()
        processes.end(child)
        assert sweep(tmp_path) == [left]
        assert page.path.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["simisp-clock-other"]


def test_closing_twice_does_nothing(tmp_path: Path) -> None:
    page = ClockPage.create(tmp_path)
    page.close()
    page.close()


def test_the_environment_carries_the_library_before_others(tmp_path: Path) -> None:
    with ClockPage.create(tmp_path) as page:
        environment = page.environment(
            Path("/lib/clock.so"), {"LD_PRELOAD": "/lib/a.so /lib/clock.so:/lib/b.so", "A": "1"}
        )
        assert environment == {
            "A": "1",
            "LD_PRELOAD": "/lib/clock.so:/lib/a.so:/lib/b.so",
            "ASAN_OPTIONS": "verify_asan_link_order=0",
            "SIMISP_CLOCK_PAGE": str(page.path),
        }


@pytest.mark.parametrize(
    ("given", "carried"),
    [("a=1", "a=1:verify_asan_link_order=0"), ("verify_asan_link_order=1:a=1", "verify_asan_link_order=1:a=1")],
)
def test_options_of_a_sanitizer_stay_as_they_were_given(given: str, carried: str, tmp_path: Path) -> None:
    with ClockPage.create(tmp_path) as page:
        assert page.environment(Path("/lib/clock.so"), {"ASAN_OPTIONS": given})["ASAN_OPTIONS"] == carried


def test_a_virtual_clock_stands_until_it_is_moved(tmp_path: Path) -> None:
    with ClockPage.create(tmp_path) as page:
        page.begin(ClockMode.VIRTUAL)
        assert page.now_ns == 0
        page.set_now(90 * 10**9)
        assert page.now_ns == 90 * 10**9


def test_a_clock_that_is_let_go_never_goes_back(tmp_path: Path) -> None:
    with ClockPage.create(tmp_path) as page:
        page.begin(ClockMode.VIRTUAL)
        page.set_now(90 * 10**9)
        page.let_go(factor=1000.0)
        first = page.now_ns
        assert 90 * 10**9 <= first <= page.now_ns
        assert page.mode is ClockMode.RUNNING


def test_closing_lets_a_virtual_clock_go_for_those_who_still_have_it(tmp_path: Path) -> None:
    page = ClockPage.create(tmp_path)
    page.begin(ClockMode.VIRTUAL)
    page.close()
    assert page.mode is ClockMode.RUNNING


def test_a_given_time_of_day_is_kept(tmp_path: Path) -> None:
    with ClockPage.create(tmp_path) as page:
        page.begin(ClockMode.VIRTUAL, realtime_ns=5, monotonic_ns=7)
        assert (page.layout.realtime_base, page.layout.monotonic_base) == (5, 7)


def test_a_slot_that_is_given_back_says_that_nobody_waits(tmp_path: Path) -> None:
    with ClockPage.create(tmp_path) as page:
        slot = page.slot(3)
        slot.pid, slot.tid, slot.sequence, slot.deadline, slot.alarm_at = 77, 78, 9, 5, 6
        page.layout.slots_used = 4
        assert [index for index, _ in page.slots()] == [3]
        page.free(3)
        assert list(page.slots()) == []
        assert (slot.tid, slot.sequence % 2, slot.deadline, slot.alarm_at) == (0, 0, NEVER, NEVER)
        assert slot.sequence > 9


def test_rounds_have_numbers_that_follow_each_other(tmp_path: Path) -> None:
    with ClockPage.create(tmp_path) as page:
        assert [page.ask(), page.ask()] == [1, 2]
        page.layout.round = 2**32 - 1
        assert page.ask() == 0


def test_every_slot_can_be_used(tmp_path: Path) -> None:
    with ClockPage.create(tmp_path) as page:
        page.layout.slots_used = SLOT_COUNT
        page.slot(SLOT_COUNT - 1).pid = 9
        assert [index for index, _ in page.slots()] == [SLOT_COUNT - 1]


def test_whoever_listens_hears_a_bell_that_has_rung_already(tmp_path: Path) -> None:
    with ClockPage.create(tmp_path) as page:
        heard = page.bell()
        page.layout.bell = heard + 1
        listener = threading.Thread(target=page.listen, args=(heard, 1000.0))
        listener.start()
        listener.join(30.0)
        assert not listener.is_alive()
        assert page.layout.coordinator_waits == 0


def test_a_clock_starts_at_a_whole_second_so_that_no_run_rounds_otherwise(tmp_path: Path) -> None:
    with ClockPage.create(tmp_path) as page:
        before = time.time_ns()
        page.begin(ClockMode.VIRTUAL)
        assert page.layout.realtime_base % 10**9 == page.layout.monotonic_base % 10**9 == 0
        assert 0 <= before - page.layout.realtime_base < 2 * 10**9
