"""Holders that no opening of the port's node tells of: the verdict finds them in /proc."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simisp.runner.verdict import VerdictKind
from simisp.testing import Lines, play

SILENT = "title: silent\nisp: {dialogue: [silence]}\n"
AS_DEV_TTY = ["sh", "-c", """
    setsid sh -c "exec 3<>{port} 4<>/dev/tty 3>&-; exec sleep 3600" &
    until read -r name </proc/$!/comm && [ "$name" = sleep ]; do sleep 0.01; done
"""]  # fmt: skip
ALL_AT_ONCE = ["sh", "-c", "setsid sh -c 'exec 3<>{port} 4<>/dev/tty; exec sleep 0.2'; exit 0"]


def test_a_port_that_is_open_as_dev_tty_alone_is_no_released_port(lock_directory: Path) -> None:
    verdict = play(SILENT, AS_DEV_TTY, grace=0.2, lock_directories=[lock_directory])
    assert verdict.kind is VerdictKind.HANG
    assert verdict.report is not None
    assert verdict.hang is not None
    assert verdict.hang.until is None
    [holder] = verdict.report.holders
    assert [each.number for each in holder.descriptors] == [4]
    assert f"pid {holder.pid} (sleep 3600) holds the port on descriptor 4" in verdict.describe()


def test_a_program_that_closes_dev_tty_in_time_leaves_a_released_port(lock_directory: Path) -> None:
    verdict = play(SILENT, ALL_AT_ONCE, grace=2.0, lock_directories=[lock_directory])
    assert verdict.kind is not VerdictKind.HANG, verdict.describe()


def test_a_descriptor_that_the_test_itself_left_open_is_called_that(simisp: Lines) -> None:
    with simisp(SILENT) as line:
        port = os.open(line.port, os.O_RDWR | os.O_NOCTTY)
        with pytest.raises(AssertionError, match=rf"this process, pid {os.getpid()} .* on descriptor {port} .*; close"):
            line.assert_released(within=0.05)
        os.close(port)
        line.assert_released(within=60, allow_unopened=True)
