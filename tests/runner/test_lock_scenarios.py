"""Scenarios that begin with a lock file, and the expectation that none is left."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from simisp.endpoints.pty import PtyEndpoint
from simisp.errors import LockError, ScenarioError
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.serve import serve
from simisp.runner.station import Station
from simisp.runner.verdict import Verdict
from simisp.scenario.explain import explain
from simisp.scenario.load import loads
from simisp.testing import Line

LEAVES_A_LOCK = 'printf "%10d\\n" $$ >"$2/LCK..$(basename "$1")"; : <"$1"; [ $# -lt 3 ] || rm "$2"/*'


def scenario(lock: str = "") -> str:
    port = f"port: {{lock: {lock}}}\n" if lock else ""
    return f"title: Locks\n{port}isp: {{dialogue: [silence]}}\nexpect:\n  - no lock file left\n"


def play(text: str, locks: Path, script: str, *more: str) -> Verdict:
    async def run() -> Verdict:
        with Station(loads(text)) as station:
            command = ["sh", "-c", script, "client", "{port}", str(locks), *more]
            return await run_client(station, command, RunOptions(lock_directories=[locks]))

    return asyncio.run(run())


def test_a_lock_file_that_is_left_fails_the_expectation_and_is_named(lock_directory: Path) -> None:
    verdict = play(scenario(), lock_directory, LEAVES_A_LOCK)
    [result] = verdict.expectations
    assert result.held is False
    assert str(lock_directory) in result.found
    assert "stale" in result.found
    assert verdict.exit_status == 1


def test_a_lock_file_that_is_taken_back_holds_the_expectation(lock_directory: Path) -> None:
    verdict = play(scenario(), lock_directory, LEAVES_A_LOCK, "and takes it back")
    assert [result.held for result in verdict.expectations] == [True]


@pytest.mark.parametrize("lock", ["stale", "foreign"])
def test_a_lock_file_lies_there_from_the_start_and_is_gone_with_the_run(lock_directory: Path, lock: str) -> None:
    verdict = play(scenario(lock), lock_directory, 'ls "$2" | grep -q LCK.. && : <"$1"')
    assert verdict.client is not None
    assert verdict.client.exit_status == 0
    assert [result.held for result in verdict.expectations] == [True]
    word = {"stale": "stale: its process", "foreign": f"held: pid {os.getpid()} lives"}[lock]
    assert f"({word}" in verdict.describe()
    assert list(lock_directory.iterdir()) == []


@pytest.mark.parametrize(("lock", "status"), [("stale", 0), ("foreign", 5)])
def test_a_script_processor_takes_a_stale_lock_over_and_leaves_a_foreign_one(
    lock_directory: Path, tmp_path: Path, lock: str, status: int
) -> None:
    script = tmp_path / "dial.scp"
    script.write_text('proc main\n  transmit "AT^M"\n  waitfor "OK" until 5\nendproc\n')
    client = f'exec {sys.executable} -m simisp script run {script} --port "$1" --lock-dir "$2"'
    verdict = play(scenario(lock), lock_directory, client)
    assert verdict.client is not None
    assert verdict.client.exit_status == status
    assert [result.held for result in verdict.expectations] == [True]
    assert list(lock_directory.iterdir()) == []


def test_a_lock_file_of_somebody_else_is_not_replaced_by_the_scenario_s(lock_directory: Path, tmp_path: Path) -> None:
    (lock_directory / "LCK..modem").write_text(f"{os.getppid():10}\n")

    async def run() -> None:
        with Station(loads(scenario("stale")), PtyEndpoint(tmp_path / "modem")) as station:
            await run_client(station, ["true"], RunOptions(lock_directories=[lock_directory]))

    with pytest.raises(LockError, match="held: pid"):
        asyncio.run(run())
    assert [path.name for path in lock_directory.iterdir()] == ["LCK..modem"]


def test_the_fixture_begins_with_the_lock_file_and_takes_it_back(
    lock_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIMISP_LOCK_DIR", str(lock_directory))
    with Line(scenario("foreign").partition("expect:")[0]) as line:
        name = f"LCK..{Path(line.port).name}"
        assert (lock_directory / name).read_text() == f"{os.getpid():10}\n"
    assert list(lock_directory.iterdir()) == []


def test_without_a_command_the_expectation_is_judged_too(lock_directory: Path) -> None:
    async def run() -> bool | None:
        with Station(loads(scenario())) as station:
            await serve(station, seconds=0.01, lock_directories=[lock_directory])
            (lock_directory / f"LCK..{Path(station.port).name}").write_text("junk")
            [result] = await station.judge()
            return result.held

    assert asyncio.run(run()) is False


def test_what_such_a_scenario_says_is_explained() -> None:
    said = explain(loads(scenario("stale")))
    assert "From the start the port has a lock file of a dead process." in said
    assert "- The port has no lock file in the end." in said


def test_a_lock_of_no_known_kind_is_a_mistake() -> None:
    with pytest.raises(ScenarioError, match="stale"):
        loads(scenario("old"))
