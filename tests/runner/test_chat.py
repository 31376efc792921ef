"""The main job, with pppd's chat: a silent ISP, a script without limits, a dialler that gives up."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from simisp.runner.verdict import Verdict, VerdictKind
from simisp.testing import play
from support.narrowed import known
from support.patience import patiently
from support.virtual_runs import virtually

pytestmark = pytest.mark.runner("chat")

NAIVE = r'TIMEOUT 3600 "" ATZ OK ATDT5551234 CONNECT \d\c ervice? p sername: alice assword: wonderland'
IN_A_SHELL = ["sh", "-c", "chat -f script.chat; exit $?"]


@pytest.fixture
def chat_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "script.chat"
    script.write_text(NAIVE)
    return script


def hang(lock_directory: Path, *, grace: float = 0.5, **options: Any) -> Verdict:
    return play("hang.yaml", IN_A_SHELL, lock_directories=[lock_directory], grace=grace, **options)


def got_to_the_user_name(verdict: Verdict) -> bool:
    """Return whether the client had come to where the ISP asks for the user name."""
    return all(each.held for each in verdict.expectations if each.expectation.startswith("reached "))


@pytest.mark.usefixtures("chat_script")
def test_a_hang_names_the_orphan_its_descriptor_and_the_call_that_it_is_blocked_in(lock_directory: Path) -> None:
    verdict = patiently(
        lambda patience: hang(lock_directory, give_up=patience),
        first=3.0,
        got_there=lambda verdict: verdict.waiting_for == "the ISP is silent forever",
    )
    assert verdict.kind is VerdictKind.HANG
    assert verdict.exit_status == 3
    assert verdict.report is not None
    [holder] = verdict.report.holders
    assert holder.command == "chat -f script.chat"
    assert [descriptor.number for descriptor in holder.descriptors] == [0, 1]
    assert holder.blocked_in.startswith("blocked in read(0")
    assert holder.parent_gone
    assert verdict.waiting_for == "the ISP is silent forever"
    said = verdict.describe()
    assert f"pid {holder.pid} (chat -f script.chat) holds the port on descriptors 0" in said


@pytest.mark.usefixtures("chat_script")
def test_what_was_left_behind_is_gone_after_the_verdict(lock_directory: Path) -> None:
    verdict = patiently(
        lambda patience: hang(lock_directory, give_up=patience),
        first=3.0,
        got_there=lambda verdict: verdict.report is not None and len(verdict.report.holders) == 1,
    )
    assert verdict.report is not None
    assert verdict.client is not None
    [holder] = verdict.report.holders
    assert holder.pid in verdict.client.cleaned_up
    assert not Path(f"/proc/{holder.pid}").exists()


@pytest.mark.usefixtures("chat_script")
def test_a_dialler_that_ends_its_whole_group_leaves_the_port_free(lock_directory: Path) -> None:
    verdict = patiently(
        # The run goes on as soon as the shell has ended, which may take long on a busy machine.
        lambda patience: hang(lock_directory, give_up=patience, give_up_kills="group", grace=60.0),
        first=3.0,
        got_there=got_to_the_user_name,
    )
    assert verdict.kind is VerdictKind.RELEASED
    assert verdict.client is not None
    assert verdict.client.signal == "SIGTERM"


def test_a_script_with_a_limit_ends_by_itself_with_its_own_exit_status(chat_script: Path, lock_directory: Path) -> None:
    def limited(seconds: float) -> Verdict:
        chat_script.write_text(NAIVE.replace("3600", f"{seconds:g}"))
        return hang(lock_directory)

    verdict = patiently(limited, first=3.0, got_there=got_to_the_user_name)
    assert verdict.kind is VerdictKind.RELEASED
    assert verdict.client is not None
    assert verdict.client.exit_status == 3
    assert "ended with exit status 3" in verdict.describe()


@pytest.mark.usefixtures("chat_script")
def test_a_log_in_that_works_is_released_with_exit_status_0(lock_directory: Path) -> None:
    verdict = play("login.yaml", IN_A_SHELL, lock_directories=[lock_directory])
    assert verdict.kind is VerdictKind.RELEASED
    assert verdict.client is not None
    assert verdict.client.exit_status == 0


@pytest.mark.usefixtures("chat_script")
def test_at_the_deadline_a_client_that_still_waits_is_a_hang(lock_directory: Path) -> None:
    verdict = hang(lock_directory, deadline=2.5)
    assert verdict.kind is VerdictKind.HANG
    assert verdict.client is not None
    assert verdict.client.exit_status is None
    assert "still holds the port after 2.5 s" in verdict.reason


# What chat comes to in each bundled scenario: its exit status is 4 and more for an ABORT string, by its place.
ABORTS = 'ABORT BUSY ABORT "NO CARRIER" ABORT "NO ANSWER" ABORT "NO DIALTONE" '
# S7 is set so low that a number that nobody answers does not cost fifty seconds.
SCRIPT = (
    ABORTS
    + r'TIMEOUT 3 "" ATZ OK ATS7=2DT5551234 CONNECT \c ervice? p sername: alice assword: wonderland "PPP mode" \c'
)
TIMED_OUT, BUSY, NO_CARRIER, NO_ANSWER, NO_DIALTONE = 3, 4, 5, 6, 7
# A log-in that works and one that is cut off: real time comes to the same, without a limit that a busy machine reaches.
IN_REAL_TIME = {"login", "hang-up-in-login"}


@pytest.mark.parametrize(
    ("scenario", "status"),
    [
        ("login", 0),
        ("hang", TIMED_OUT),
        ("silent-from-start", TIMED_OUT),
        ("silent-after-password", TIMED_OUT),
        ("wrong-password", TIMED_OUT),
        ("menu", 0),
        ("busy", BUSY),
        ("no-answer", NO_ANSWER),
        ("no-dial-tone", NO_DIALTONE),
        ("no-carrier", NO_CARRIER),
        ("hang-up-in-login", NO_CARRIER),
        ("slow", 0),
        ("first-call-hangs", TIMED_OUT),
        ("kb175410", TIMED_OUT),
    ],
)
def test_chat_comes_to_what_each_bundled_scenario_says(
    chat_script: Path, lock_directory: Path, scenario: str, status: int
) -> None:
    limit = "600" if scenario in IN_REAL_TIME else "20" if scenario == "slow" else "3"
    chat_script.write_text(SCRIPT.replace("TIMEOUT 3", f"TIMEOUT {limit}"))
    command = ["chat", "-f", "script.chat"]
    if scenario in IN_REAL_TIME:
        verdict = play(scenario, command, lock_directories=[lock_directory])
    else:
        verdict, _ = virtually(scenario, command, lock_directories=[lock_directory])
    assert verdict.client is not None
    assert verdict.client.exit_status == status
    assert verdict.kind is VerdictKind.RELEASED


def test_every_bundled_scenario_with_a_modem_is_among_them() -> None:
    from simisp.scenario.load import bundled, load

    tested = test_chat_comes_to_what_each_bundled_scenario_says.pytestmark[0].args[1]  # type: ignore[attr-defined]
    with_a_modem = {path.stem for path in bundled() if load(path).model.modem.profile != "none"}
    assert {name for name, _ in tested} == with_a_modem


def test_the_second_call_works_where_the_first_one_hangs(chat_script: Path, lock_directory: Path) -> None:
    chat_script.write_text(SCRIPT.replace("TIMEOUT 3", "TIMEOUT 2"))
    verdict, _ = virtually(
        "first-call-hangs",
        ["sh", "-c", "chat -f script.chat <{port} >{port}; test $? = 3 && chat -f script.chat <{port} >{port}"],
        lock_directories=[lock_directory],
    )
    assert verdict.client is not None
    assert verdict.client.exit_status == 0
    assert verdict.calls == 2


def test_passwords_are_masked_in_the_verdict_and_in_command_lines(lock_directory: Path) -> None:
    command = ["chat", "TIMEOUT", "3600", "", "ATDT1", "CONNECT", r"\d\c", "ervice?", "p", "Nothing", "wonderland"]
    verdict = play("login", command, lock_directories=[lock_directory], deadline=1.0, grace=0.2)
    assert verdict.kind is VerdictKind.HANG
    assert "wonderland" not in verdict.to_json() + verdict.describe()
    assert "**********" in verdict.describe()
    assert os.getpid() not in [holder.pid for holder in known(verdict.report).holders]
