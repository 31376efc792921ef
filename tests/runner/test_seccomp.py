"""A client that filters its own system calls has real time, and its calls are its own: the library makes no others."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

import pytest

from simisp.runner.verdict import Verdict
from support.c_programs import compiled
from support.virtual_runs import virtually

SILENT = """
title: An ISP that says nothing
port: {starts: raw}
isp: {dialogue: [silence]}
"""
REASON = "it filters its own system calls (seccomp), and with them those of the clock library"


@pytest.fixture(scope="module")
def filters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled("filters.c", tmp_path_factory.mktemp("filters"))


def client_status(verdict: Verdict) -> int | None:
    assert verdict.client is not None
    return verdict.client.exit_status


def run(filters: Path, how: str, way: str, **options: Any) -> Verdict:
    verdict, _ = virtually(SILENT, [str(filters), how, way], allow_unopened=True, **options)
    assert verdict.clock.used == "real"
    assert REASON in verdict.clock.why
    return verdict


WAYS = ["nanosleep", "poll", "condition", "thread", "child", "program"]
SET_BEFORE = ["an alarm that was set before", "a timer that was set before", "a timerfd that was set before"]


@pytest.mark.parametrize("way", [*WAYS, *SET_BEFORE])
@pytest.mark.parametrize("how", ["prctl", "seccomp"])
def test_a_filter_meets_no_call_but_the_clients_own_and_the_run_has_real_time(
    filters: Path, how: str, way: str
) -> None:
    if way == "poll" and platform.machine() != "x86_64":
        pytest.skip("poll is ppoll there")
    assert client_status(run(filters, how, way)) == 0


def test_the_exit_status_is_2_with_a_strict_virtual_clock_and_the_verdicts_with_auto(filters: Path) -> None:
    assert run(filters, "prctl", "nanosleep").exit_status == 2
    assert run(filters, "prctl", "nanosleep", clock="auto").exit_status == 0


def test_a_filter_that_was_installed_past_libc_is_found_when_nothing_moves(filters: Path) -> None:
    assert run(filters, "instruction", "nanosleep").exit_status == 2
