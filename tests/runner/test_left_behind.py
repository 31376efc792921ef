"""What a client leaves behind is ended, and its lock files go with it: no run poisons the next."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from simisp.endpoints.pty import PtyEndpoint
from simisp.runner.clocks import choose_clock
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict, VerdictKind
from simisp.scenario.load import loads
from support.patience import patiently
from support.shared_library import needs_library

SILENT = "title: silent\nisp: {dialogue: [silence]}\n"
ENDLESS = 'proc main\n  transmit "ATDT5551234^M"\n  waitfor "never"\nendproc\n'
KILLED = """
printf '%10d\\n' $$ >"$2/LCK..$(basename "$1")"
exec 3<>"$1"
kill -9 $$
"""

both_clocks = pytest.mark.parametrize("clock", ["real", "virtual"])


def play(command: Sequence[str | Path], locks: Path, *, clock: str = "real", **options: float) -> Verdict:
    words = [str(word) for word in command]
    if clock != "real":
        needs_library()

    async def run() -> Verdict:
        with Station(loads(SILENT), clock=choose_clock(clock, words)) as station:
            return await run_client(station, words, RunOptions(lock_directories=[locks], **options))  # type: ignore[arg-type]

    return asyncio.run(run())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@both_clocks
def test_a_killed_dialler_s_lock_file_is_told_in_a_released_verdict_and_is_gone_afterwards(
    lock_directory: Path, clock: str
) -> None:
    script = lock_directory.parent / "dial.sh"
    script.write_text(KILLED)
    outer = ["sh", "-c", f'sh {script} "$1" {lock_directory}; exit 0', "outer", "{port}"]
    verdict = play(outer, lock_directory, clock=clock)
    assert verdict.kind is not VerdictKind.HANG
    said = verdict.describe()
    assert "the port had a lock file: " in said
    assert "(stale: its process " in said
    assert verdict.report is not None
    [lock] = verdict.report.locks
    assert f"simisp has removed the lock file that was left: {lock.path}" in said
    assert names(lock_directory) == []


@both_clocks
def test_a_script_processor_that_is_left_behind_takes_its_lock_files_with_it(lock_directory: Path, clock: str) -> None:
    script = lock_directory.parent / "endless.scp"
    script.write_text(ENDLESS)
    processor = f"{sys.executable} -m simisp script run {script} --lock-dir {lock_directory} --port"
    command = ["sh", "-c", f'{processor} "$1"; exit $?', "outer", "{port}"]
    verdict = patiently(
        lambda patience: play(command, lock_directory, clock=clock, give_up=patience, grace=0.5),
        first=10.0,
        got_there=lambda verdict: verdict.kind is VerdictKind.HANG,  # the processor has to have the port by then
    )
    assert verdict.kind is VerdictKind.HANG, verdict.describe()
    assert verdict.report is not None
    assert verdict.report.locks
    assert names(lock_directory) == []


def test_the_lock_file_of_somebody_else_stays_and_is_named(lock_directory: Path, tmp_path: Path) -> None:
    link = tmp_path / "modem"
    foreign = lock_directory / "LCK..modem"
    foreign.write_text(f"{os.getppid():10}\n")

    async def run() -> Verdict:
        with Station(loads(SILENT), PtyEndpoint(link)) as station:
            return await run_client(station, ["sh", "-c", ": <{port}"], RunOptions(lock_directories=[lock_directory]))

    verdict = asyncio.run(run())
    assert f"the port had a lock file: {foreign} (held: pid {os.getppid()} lives)" in verdict.describe()
    assert foreign.exists()


@both_clocks
def test_a_process_without_group_session_and_environment_does_not_outlive_the_run(
    lock_directory: Path, tmp_path: Path, clock: str
) -> None:
    told = tmp_path / "pid"
    command = f"setsid env -i sh -c 'echo $$ >{told}; exec sleep 86400' & while [ ! -s {told} ]; do sleep 0.1; done"
    verdict = play(["sh", "-c", f": <{{port}}; {command}"], lock_directory, clock=clock, grace=0.2)
    assert verdict.client is not None
    assert not Path(f"/proc/{int(told.read_text())}").exists()


def strangers() -> list[subprocess.Popen[bytes]]:
    """Start processes that are children of this one and have nothing to do with a run."""
    return [
        subprocess.Popen(["sleep", "3600"]),
        subprocess.Popen(["sleep", "3600"], start_new_session=True),
        subprocess.Popen(["sleep", "3600"], env={}),
    ]


def test_what_others_in_this_process_have_started_is_left_alone(lock_directory: Path) -> None:
    async def run() -> None:
        with Station(loads(SILENT)) as station:
            playing = asyncio.ensure_future(
                run_client(station, ["sh", "-c", ": <{port}; sleep 0.5"], RunOptions(lock_directories=[lock_directory]))
            )
            await asyncio.sleep(0)
            others = strangers()
            try:
                await playing
                assert [each.poll() for each in others] == [None, None, None]
            finally:
                for each in others:
                    each.kill()
                    each.wait()

    asyncio.run(run())
