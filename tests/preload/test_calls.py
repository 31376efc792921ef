"""The wrapped calls against the kernel's: the same random calls, with and without the library, in each kind of time."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from simisp.shared_time.clock_page import ClockMode
from support.virtual_line import VirtualLine

SEEDS = range(1, 9)
COUNT = "60"


def said(command: list[str], env: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=env)
    return done.stdout


@pytest.mark.parametrize("seed", SEEDS)
def test_without_a_page_every_call_behaves_as_without_the_library(calls: Path, clock_library: Path, seed: int) -> None:
    with VirtualLine() as line:
        command = [str(calls), str(seed), COUNT, line.port]
        assert said(command, {**os.environ, "LD_PRELOAD": str(clock_library)}) == said(command)


@pytest.mark.parametrize("seed", SEEDS)
def test_in_virtual_time_every_call_gives_what_the_kernel_gives(calls: Path, seed: int) -> None:
    with VirtualLine() as line:
        command = [str(calls), str(seed), COUNT, line.port]
        outcome = line.run(command, on_line=False)
        assert outcome.status == 0
        assert outcome.output.decode() == said(command)


@pytest.mark.parametrize("mode", [ClockMode.REAL, ClockMode.RUNNING, ClockMode.SCALED])
def test_a_page_without_a_coordinator_changes_no_answer(calls: Path, mode: ClockMode) -> None:
    with VirtualLine(mode=mode) as line:
        command = [str(calls), "5", COUNT, line.port]
        child = line.start(command, on_line=False)
        output, _ = child.communicate(timeout=60)
        assert child.returncode == 0
        assert output.decode() == said(command)
