"""Attempts to make a jump wrong: something is on its way to somebody whenever everybody seems to wait."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simisp.shared_time.jump import Participant
from support.c_programs import compiled
from support.rounds import rounds
from support.virtual_line import FarEnd, VirtualLine

TIMES = rounds(10)
BUSY_TIMES = rounds(4)
"""Fewer, for each takes as much time as the programs that compute are given."""
MONOTONIC = 1000 * 10**9


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled("late.c", tmp_path_factory.mktemp("late"))


@pytest.fixture(params=["quiet", "busy"])
def times(request: pytest.FixtureRequest) -> Iterator[int]:
    """A machine with nothing else to do, or with one program more than it has processors, computing all the time.

    Gives how often something is to be tried there.
    """
    burners = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range((os.cpu_count() or 1) + 1 if request.param == "busy" else 0)
    ]
    try:
        yield BUSY_TIMES if request.param == "busy" else TIMES
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


@pytest.mark.parametrize(
    "way",
    [
        "pipe",
        "socket",
        "tcp",
        "slave",
        "master",
        "epoll slave",
        "epoll master",
        "echo",
        "interrupt",
        "stdio",
        "signal",
        "exit",
        "condition",
        "semaphore",
    ],
)
def test_what_participants_tell_each_other_comes_in_at_the_instant_at_which_it_was_sent(
    late: Path, way: str, times: int
) -> None:
    with VirtualLine() as line:
        outcome = line.run([str(late), way, str(times)], on_line=False)
    assert (outcome.status, outcome.output) == (0, b"")


def test_the_simulator_has_read_every_octet_before_the_clock_moves(late: Path, times: int) -> None:
    with VirtualLine() as line:
        outcome = line.run([str(late), "write", str(times), line.port], on_line=False)
    text = b""
    seen = []
    for now, _, octets in outcome.line:
        text += octets
        while b"\n" in text:
            stamp, _, text = text.partition(b"\n")
            seen.append((int(stamp) - MONOTONIC, round(now * 1e9)))
    assert seen == [(second * 10**9, second * 10**9) for second in range(times)]


@pytest.mark.parametrize("early", [0.0, 1e-9])
def test_a_client_sees_what_came_at_the_instant_at_which_it_gives_up(late: Path, early: float, times: int) -> None:
    far_end = FarEnd(lambda line: [(1.0 - early, b"answer")])
    with VirtualLine(far_end) as line:
        outcome = line.run([str(late), "line", str(times), line.port], on_line=False)
    assert (outcome.status, outcome.output) == (0, b"")


def test_a_client_does_not_see_what_comes_a_nanosecond_after_it_gave_up(late: Path) -> None:
    far_end = FarEnd(lambda line: [(1.0 + 1e-9, b"answer")])
    with VirtualLine(far_end) as line:
        outcome = line.run([str(late), "line", "20", line.port], on_line=False)
    assert outcome.output == b"line: late 20 of 20\n"


def test_octets_planted_at_any_look_of_the_coordinators_are_never_passed_over(late: Path, times: int) -> None:
    """Octets come onto the line in the middle of the rounds, up to the last look before a jump."""
    chance = random.Random(1)
    planted: list[int] = []
    count = 3 * max(times, 10)
    with VirtualLine() as line:
        take = line.clock.census.take

        def take_and_plant(round_number: int, *, thorough: bool) -> tuple[Participant, ...]:
            found = take(round_number, thorough=thorough)
            now = line.page.now_ns
            # Not all at one instant: a busy machine has a hundred looks there.
            if len(planted) < count and planted.count(now) < 2 and chance.random() < 0.3:
                planted.append(now)
                os.write(line.master, b"!")
            return found

        line.clock.census.take = take_and_plant  # type: ignore[method-assign]
        outcome = line.run([str(late), "stamp", str(count), line.port], on_line=False)
    assert [int(stamp) - MONOTONIC for stamp in outcome.output.split()] == planted
    assert len(set(planted)) > 10
