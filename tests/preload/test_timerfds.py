"""A timer behind descriptors is the kernel's in all but its time: copied, closed, counted, inherited."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.c_programs import compiled
from support.virtual_line import Outcome, VirtualLine


@pytest.fixture(scope="module")
def timerfds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled("timerfds.c", tmp_path_factory.mktemp("timerfds"))


def run(program: Path, way: str) -> Outcome:
    with VirtualLine() as line:
        return line.run([str(program), way], on_line=False)


def assert_right(outcome: Outcome) -> None:
    assert (outcome.output, outcome.left_behind, outcome.status) == (b"", None, 0)


@pytest.mark.parametrize("way", ["dup", "dup2", "dup3", "F_DUPFD", "F_DUPFD_CLOEXEC", "dup by syscall()"])
def test_a_timer_goes_by_each_of_its_descriptors(timerfds: Path, way: str) -> None:
    assert_right(run(timerfds, way))


@pytest.mark.parametrize("way", ["close", "close_range", "fclose", "closefrom", "replaced"])
def test_whoever_gets_the_number_of_a_closed_timer_has_nothing_of_it(timerfds: Path, way: str) -> None:
    assert_right(run(timerfds, way))


def test_a_timer_that_was_closed_keeps_nothing_waiting(timerfds: Path) -> None:
    outcome = run(timerfds, "closed")
    assert outcome.proof is not None
    assert outcome.seconds == 0.0


def test_a_read_gives_how_many_periods_have_passed(timerfds: Path) -> None:
    assert_right(run(timerfds, "counted"))


def test_a_timer_until_an_hour_of_the_day_expires_then_and_at_once_where_that_is_past(timerfds: Path) -> None:
    assert_right(run(timerfds, "of day"))


@pytest.mark.parametrize("way", ["set by child", "set before fork", "closed by vfork"])
def test_a_timer_is_the_same_for_parent_and_child(timerfds: Path, way: str) -> None:
    assert_right(run(timerfds, way))


def test_what_has_expired_before_an_exec_is_read_after_it(timerfds: Path) -> None:
    assert_right(run(timerfds, "exec"))


def test_a_timer_that_only_a_child_still_has_is_rung_by_the_kernel(timerfds: Path) -> None:
    outcome = run(timerfds, "closed by parent")
    assert outcome.left_behind is not None
    assert "is a timer that the kernel rings in real time" in outcome.left_behind.reason
