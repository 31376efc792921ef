"""When a client is given up under a clock that stands."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simisp.procfs.threads import processor_seconds
from simisp.shared_time.clock_page import ClockPage
from simisp.virtual_loop import clock as virtual_clock
from simisp.virtual_loop.clock import _Standstill


class Machine:
    """Real time, and what the clients have computed in it."""

    def __init__(self) -> None:
        self.time = self.computed = 0.0

    def pass_by(self, seconds: float, *, load: float) -> None:
        self.time += seconds
        self.computed += seconds * load


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(time, "monotonic", lambda: machine.time)
    monkeypatch.setattr(virtual_clock, "processor_seconds", lambda pids: machine.computed)
    return machine


@pytest.fixture
def standstill(machine: Machine, tmp_path: Path) -> Iterator[_Standstill]:
    with ClockPage.create(tmp_path) as page:
        yield _Standstill(page, 5.0)


@pytest.fixture
def patient(machine: Machine, tmp_path: Path) -> Iterator[_Standstill]:
    with ClockPage.create(tmp_path) as page:
        yield _Standstill(page, 100.0)


def given_up_after(machine: Machine, standstill: _Standstill, *, load: float) -> int:
    """Return the first second in which a client is given up that has so much of a processor."""
    for second in itertools.count(1):
        machine.pass_by(1.0, load=load)
        if standstill.is_for_good():
            return second
    raise AssertionError


@pytest.mark.parametrize(("load", "seconds"), [(1.0, 6), (0.25, 6), (0.125, 9), (0.0, 61)])
def test_who_computes_is_given_up_when_it_has_computed_enough(
    machine: Machine, standstill: _Standstill, load: float, seconds: int
) -> None:
    assert given_up_after(machine, standstill, load=load) == seconds


def test_a_client_may_compute_for_as_long_as_it_was_given(machine: Machine, patient: _Standstill) -> None:
    assert given_up_after(machine, patient, load=1.0) == 101
    assert not patient.octets


def test_octets_that_flow_without_end_are_given_up_sooner(machine: Machine, patient: _Standstill) -> None:
    machine.pass_by(2.0, load=1.0)
    assert not patient.is_for_good(octets=True)
    machine.pass_by(4.0, load=1.0)
    assert patient.is_for_good(octets=True)
    assert patient.octets


def test_a_client_that_computes_for_long_and_writes_now_and_then_is_no_live_lock(
    machine: Machine, patient: _Standstill
) -> None:
    for _ in range(9):
        for _ in range(10):
            machine.pass_by(1.0, load=1.0)
            assert not patient.is_for_good()
        assert not patient.is_for_good(octets=True)


def test_octets_that_begin_to_flow_after_a_long_computation_have_the_whole_limit(
    machine: Machine, patient: _Standstill
) -> None:
    for _ in range(20):
        machine.pass_by(1.0, load=1.0)
        assert not patient.is_for_good()
    flowing = 0
    while not patient.is_for_good(octets=True):
        machine.pass_by(0.5, load=1.0)
        flowing += 1
    assert flowing == 11


def test_time_that_passed_makes_a_new_start(machine: Machine, standstill: _Standstill) -> None:
    for _ in range(20):
        machine.pass_by(4.0, load=1.0)
        assert not standstill.is_for_good()
        standstill.end()
    assert given_up_after(machine, standstill, load=1.0) == 6


def test_what_children_computed_that_have_ended_counts() -> None:
    before = processor_seconds([os.getpid()])
    subprocess.run([sys.executable, "-c", "sum(range(20_000_000))"], check=True)
    assert processor_seconds([os.getpid()]) - before > 0.05


def test_a_process_that_is_gone_has_computed_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        pass
    assert processor_seconds([child.pid]) == 0.0
