"""Clients with processes in another PID namespace, whose numbers belong to strangers in ours."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from simisp.runner.verdict import VerdictKind
from support.virtual_runs import virtually

SILENT = "title: An ISP that says nothing\nisp:\n  dialogue: [silence]\n"

INSIDE = """
import os, signal, sys
with open("/proc/sys/kernel/ns_last_pid", "w") as file:
    file.write(str(int(sys.argv[1]) - 1))
pid = os.fork()
if not pid:
    assert os.getpid() == int(sys.argv[1])
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 0.4)
    signal.pause()
    os._exit(7)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""
"""Becomes the number that it is told, and has an alarm ring."""


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is no part of any run, nor descends from this one, and dies of SIGALRM."""
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as process:
        yield process
        process.kill()


def needs_pid_namespace() -> None:
    trial = subprocess.run(
        ["unshare", "-pf", "--mount-proc", "sh", "-c", "echo 9 >/proc/sys/kernel/ns_last_pid"],
        capture_output=True,
        text=True,
        check=False,
    )
    if trial.returncode:
        pytest.skip(f"a PID namespace of its own is refused: {trial.stderr.strip()}")


@pytest.mark.parametrize("mounted", [True, False])
@pytest.mark.parametrize("clock", ["virtual", "auto"])
def test_an_alarm_in_another_pid_namespace_rings_there_and_kills_no_stranger(
    clock: str, mounted: bool, stranger: subprocess.Popen[bytes]
) -> None:
    needs_pid_namespace()
    words = ["unshare", "-pf", *(["--mount-proc"] if mounted else []), sys.executable, "-c", INSIDE, str(stranger.pid)]
    verdict, _ = virtually(SILENT, ["sh", "-c", 'exec 3<>{port}; exec "$@"', "sh", *words], clock=clock, deadline=30.0)
    assert stranger.poll() is None
    assert verdict.kind is not VerdictKind.HANG
    assert verdict.client is not None
    assert verdict.client.exit_status == 7
    assert "it runs in another PID namespace" in verdict.clock.why


@pytest.mark.parametrize("options", [["-pf"], ["-pf", "--mount-proc"]])
def test_a_shell_in_another_pid_namespace_is_not_proven_to_hang(options: list[str]) -> None:
    needs_pid_namespace()
    command = ["unshare", *options, "sh", "-c", "exec 3<>{port}; sleep 0.3; (sleep 0.1); exit 5"]
    verdict, _ = virtually(SILENT, command, deadline=30.0)
    assert verdict.kind is not VerdictKind.HANG
    assert verdict.client is not None
    assert verdict.client.exit_status == 5
    assert "it runs in another PID namespace" in verdict.describe()


def test_a_client_in_another_pid_namespace_that_has_ended_before_anybody_looked_is_named_all_the_same() -> None:
    needs_pid_namespace()
    verdict, _ = virtually(SILENT, ["unshare", "-pf", "sh", "-c", "exec 3<>{port}; exit 5"], deadline=30.0)
    assert verdict.client is not None
    assert verdict.client.exit_status == 5
    assert "it runs in another PID namespace" in verdict.clock.why
