"""Faults of the client itself: stopped and continued, killed, and a second client on its port."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from simisp.runner.verdict import VerdictKind
from simisp.testing import play
from support.virtual_runs import virtually

TALK = """\
title: Talk
modem: {profile: none}
port: {starts: raw}
isp:
  dialogue:
    - {send: "Login:"}
    - {pause: 5s}
    - {send: " again"}
    - {pause: 5s}
    - {send: "\\n"}
"""
READS_A_LINE = ["sh", "-c", "read line"]


def with_fault(fault: str, scenario: str = TALK) -> str:
    return f"{scenario}line: {{faults: [{{{fault}}}]}}\n"


def test_a_client_that_is_stopped_goes_on_when_its_time_is_over() -> None:
    scenario = with_fault("fault: stop client, after: {text: Login}, for: 3600s")
    verdict, _ = virtually(scenario, READS_A_LINE, deadline=7200.0)
    assert verdict.kind is VerdictKind.RELEASED
    assert verdict.at == 3600.0
    assert [said.split(" pid")[0] for said in verdict.client_faults] == [
        "at 0.000 s the scenario stopped",
        "at 3600.000 s the scenario continued",
    ]


def test_a_client_that_stays_stopped_is_a_proven_hang_and_the_verdict_says_what_stopped_it() -> None:
    verdict, _ = virtually(with_fault("fault: stop client, after: {text: Login}"), READS_A_LINE)
    assert verdict.kind is VerdictKind.HANG
    assert verdict.hang is not None
    assert (verdict.hang.proven, verdict.hang.unless_signalled) == (True, True)
    assert "the scenario stopped pid" in verdict.describe()
    assert "waits in read(0)" in verdict.describe()


def test_a_wait_that_was_over_while_its_process_was_stopped_ends_when_it_goes_on() -> None:
    client = ["sh", "-c", "exec 3<&0; sleep 2; exit 4"]
    verdict, _ = virtually(with_fault("fault: stop client, after: {time: 1s}, for: 30s"), client)
    assert verdict.client is not None
    assert (verdict.client.exit_status, verdict.at) == (4, 31.0)


def test_a_client_is_killed_with_just_the_octets_before_the_moment(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    client = ["sh", "-c", f"cat > {shlex.quote(str(heard))}; exit 0"]
    for process, left in (("all", 0), ("command", 1)):
        scenario = with_fault(f"fault: kill client, after: {{octets: 3}}, process: {process}")
        verdict, _ = virtually(scenario, client)
        assert verdict.client is not None
        assert verdict.client.signal == "SIGKILL"
        assert heard.read_bytes()[:3] == b"Log"
        assert verdict.kind is (VerdictKind.HANG if left else VerdictKind.RELEASED)
        assert len(verdict.client.cleaned_up) == left
        assert left or heard.read_bytes() == b"Log"


def test_a_client_may_get_another_signal() -> None:
    scenario = with_fault("fault: kill client, signal: SIGUSR1, after: {text: again}")
    verdict, _ = virtually(scenario, ["sh", "-c", "trap 'exit 7' USR1; read a"])
    assert verdict.client is not None
    assert verdict.client.exit_status == 7
    assert "at 5.000 s the scenario sent SIGUSR1 to pid" in verdict.client_faults[0]


def test_a_second_client_opens_the_port_and_sends_something_at_its_moment() -> None:
    scenario = with_fault("fault: second client, send: 'ATI\\n', after: {text: Login}, for: 2s")
    verdict, _ = virtually(scenario, READS_A_LINE)
    assert verdict.kind is VerdictKind.RELEASED
    assert [said.split(" s ")[1] for said in verdict.client_faults] == [
        "the scenario let a second client open the port",
        "the scenario let the second client close the port",
    ]


def test_a_second_client_that_stays_is_no_hang_of_the_client() -> None:
    verdict, _ = virtually(with_fault("fault: second client, after: {text: Login}"), READS_A_LINE)
    assert verdict.kind is VerdictKind.RELEASED


def test_a_port_that_is_used_exclusively_has_no_second_client_not_even_as_root() -> None:
    exclusive = [sys.executable, "-c", "import fcntl; fcntl.ioctl(0, 0x540C); input()"]
    verdict, _ = virtually(with_fault("fault: second client, after: {text: Login}"), exclusive)
    said = "had no second client on the port: it is used exclusively (TIOCEXCL)"
    assert [each.partition(" the scenario ")[2] for each in verdict.client_faults] == [said]


def test_the_moment_is_the_same_in_every_run() -> None:
    scenario = with_fault("fault: stop client, after: {octets: 4}, for: 7s")
    assert len({virtually(scenario, READS_A_LINE)[1] for _ in range(5)}) == 1


@pytest.mark.parametrize("signal", ["SIGKILL", "SIGTERM"])
def test_in_real_time_a_client_is_killed_too(signal: str) -> None:
    scenario = with_fault(f"fault: kill client, signal: {signal}, after: {{text: Login}}")
    verdict = play(scenario, [sys.executable, "-c", "import os; os.read(0, 1); os.read(0, 100); os.read(0, 100)"])
    assert verdict.client is not None
    assert verdict.client.signal == signal
