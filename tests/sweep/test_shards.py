"""Where and how a sweep is played makes no difference: in processes, by an executor, in shards, or resumed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simisp.errors import FileError
from simisp.scenario.load import bundled_folder, load
from simisp.sweep.case import Case
from simisp.sweep.merge import Shard, merged, missing_shards
from simisp.sweep.result import Shrunk, SweepResult
from simisp.sweep.scp_client import ScpClient
from simisp.sweep.sweep import Sweep, Way, run_sweep
from support.polling import until


def swept(way: Way) -> SweepResult:
    script = bundled_folder() / "scripts" / "repaired.scp"
    return run_sweep(Sweep(load("login"), ScpClient(script.read_bytes(), script.name), "stalls"), way=way)


@pytest.fixture(scope="module")
def whole() -> SweepResult:
    return swept(Way())


def timeless(result: SweepResult) -> SweepResult:
    return replace(result, seconds=0.0, replaced=round(result.replaced, 6))


class DyingExecutor(Executor):
    """Plays in this process, and loses every other chunk, as with a machine that is switched off."""

    def __init__(self) -> None:
        self.submitted = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.submitted += 1
        future: Future[Any] = Future()
        if self.submitted % 2:
            future.set_exception(OSError("the machine is gone"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def test_processes_change_nothing(whole: SweepResult) -> None:
    assert timeless(swept(Way(jobs=2))) == timeless(whole)


def test_no_case_is_lost_with_a_machine_that_dies(whole: SweepResult) -> None:
    executor = DyingExecutor()
    assert timeless(swept(Way(executor=executor))) == timeless(whole)
    assert executor.submitted > 1


def test_the_shards_of_a_sweep_are_together_the_sweep(whole: SweepResult) -> None:
    shards = {f"{n}.json": swept(Way(shard=Shard(n, 3))) for n in (3, 1, 2)}
    assert all(len(shard.results) < len(whole.results) for shard in shards.values())
    assert timeless(merged(shards)) == timeless(whole)
    assert missing_shards(shards) == []


def test_a_merged_cause_has_the_simplest_of_the_smallest_cases_of_all_shards(whole: SweepResult) -> None:
    group = whole.groups[0]
    long, short = Case("long", "", "", overlay={"x": "123"}), Case("short", "", "", overlay={"x": "1"})
    outcome = whole.undisturbed
    shards = {
        name: replace(whole, groups=(replace(group, shrunk=Shrunk(case, outcome, name)),))
        for name, case in (("a", long), ("b", short))
    }
    first, *others = merged(shards).groups
    assert first.shrunk == Shrunk(short, outcome, "b")
    assert [each.shrunk for each in others] == [None] * len(others)


def test_a_shard_that_is_missing_is_named_and_nothing_of_the_others_is_lost(whole: SweepResult) -> None:
    shards = {f"{n}.json": swept(Way(shard=Shard(n, 4))) for n in (1, 3)}
    assert missing_shards(shards) == ["shard 2/4 is missing", "shard 4/4 is missing"]
    assert len(merged(shards).results) == sum(len(shard.results) for shard in shards.values())


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"digest": "x"}, "a sweep with another scenario than a.json"),
        ({"plan": "standard"}, "a sweep with another plan"),
        ({"seed": 7}, "a sweep with another seed"),
        ({"planned": 3}, "a sweep of 3 cases, where a.json has"),
    ],
)
def test_what_is_not_of_the_same_sweep_is_refused(whole: SweepResult, change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(FileError, match=complaint):
        merged({"a.json": whole, "b.json": replace(whole, **change)})


def test_a_sweep_that_was_interrupted_goes_on_where_it_was(whole: SweepResult) -> None:
    known = {result.case.key: result.outcome for result in whole.results[:50]}
    done: list[int] = []
    resumed = swept(Way(known=known, on_progress=lambda progress: done.append(progress.done)))
    assert timeless(resumed) == timeless(whole)
    assert len(done) == whole.planned - len(known)


@pytest.mark.parametrize("text", ["", "2", "0/8", "9/8", "a/b", "1/", "-1/2", "1/20000", "²/8"])
def test_what_names_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a shard"):
        Shard.parse(text)


TALK = 'title: Talk\nmodem: {profile: none}\nisp: {dialogue: [{send: "Hi\\n"}]}\n'
SWEEPS = """
import sys
from simisp.testing import sweep

if __name__ == "__main__":
    command = ["sh", "-c", "read line; : " + sys.argv[1]]
    sys.exit(0 if sweep(sys.argv[1] + "/talk.yaml", command=command, clock="real", jobs=2).interrupted else 1)
"""


def running(mark: str) -> list[str]:
    """Return the processes with a mark in their command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark.encode() in (process / "cmdline").read_bytes():
                found.append(process.name)
    return found


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 0), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_sweep_that_is_ended_leaves_no_process_behind(tmp_path: Path, number: signal.Signals, status: int) -> None:
    program = tmp_path / "sweeps.py"
    program.write_text(SWEEPS)
    (tmp_path / "talk.yaml").write_text(TALK)
    with subprocess.Popen([sys.executable, str(program), str(tmp_path)], start_new_session=True) as sweeping:
        # It, two processes of its pool, and the two commands that they wait for.
        until(lambda: len(running(str(tmp_path))) >= 5, what="two cases at once")
        if number is signal.SIGINT:
            os.killpg(sweeping.pid, number)
        else:
            os.kill(sweeping.pid, number)
        assert sweeping.wait(60) == status
        until(lambda: not running(str(tmp_path)), what="the end of all processes")


BETWEEN_TASKS = """
import os, signal
from simisp.sweep import pool
pool._begin()
try:
    os.kill(os.getpid(), signal.SIGTERM)
except BaseException:
    print("an outcome, for a pool")
"""


def test_a_process_of_the_pool_that_is_ended_between_two_tasks_is_gone_at_once() -> None:
    done = subprocess.run([sys.executable, "-c", BETWEEN_TASKS], stdout=subprocess.PIPE, check=False)
    assert (done.returncode, done.stdout) == (128 + signal.SIGTERM, b"")
