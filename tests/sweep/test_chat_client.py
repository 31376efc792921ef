"""Chat scripts as clients of a sweep."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from click.testing import CliRunner

from simisp.cli import main
from simisp.scenario.load import load, loads
from simisp.sweep.chat_client import ChatClient
from simisp.sweep.findings import FindingClass
from simisp.sweep.outcome import Stand
from simisp.sweep.result import SweepResult
from simisp.sweep.sweep import Sweep, run_sweep

GOOD = r"""ABORT BUSY ABORT 'NO CARRIER'
TIMEOUT 60
'' ATZ
OK ATDT\T
CONNECT \c
ervice? p
sername: alice
assword: wonderland
'PPP mode' \c
"""
BOLD = GOOD.replace("sername: alice", r"sername:-\c alice").replace("assword: w", r"assword:-\c w")
SHORT = "title: short\nisp: {dialogue: [prompt: 'login:', prompt: 'Password:', send: PPP]}\n"
SHORT_CHAT = "TIMEOUT 5 '' ATDT1 CONNECT \\c ogin: joe word: pw PPP \\c"


def stalls(text: str, scenario: str = "login", *, limit: float | None = 45) -> SweepResult:
    client = ChatClient(text.encode(), "login.chat", "5551234", limit)
    return run_sweep(Sweep(loads(scenario) if "\n" in scenario else load(scenario), client, "stalls"))


def test_a_good_script_shows_nothing_and_each_of_its_waits_was_met_and_in_vain() -> None:
    result = stalls(GOOD)
    assert result.undisturbed.exit_status == 0
    assert result.groups == ()
    uses = {use.stand.text: (use.undisturbed, use.cases > 0) for use in result.coverage}
    assert uses.pop("abort 'BUSY'") == uses.pop("abort 'NO CARRIER'") == (False, False)
    assert len(uses) == 12
    assert all(use == (not text.startswith("time-out"), True) for text, use in uses.items())


def test_a_script_whose_time_outs_count_as_success_sends_the_password_after_one() -> None:
    groups = {(group.kind, group.stand and (group.stand.line, group.stand.text)) for group in stalls(BOLD).groups}
    assert (FindingClass.SECRET_ASTRAY, (8, "send after 'assword:'")) in groups


def test_a_script_without_time_outs_hangs_at_each_wait_and_says_at_which() -> None:
    result = stalls(SHORT_CHAT.replace("TIMEOUT 5 ", ""), SHORT, limit=None)
    hangs = [group.stand for group in result.groups if group.kind is FindingClass.HANG_PROVEN]
    assert [stand and stand.text for stand in hangs] == [
        "expect 'CONNECT'",
        "expect 'ogin:'",
        "expect 'word:'",
        "expect 'PPP'",
    ]


def test_a_script_that_can_not_go_on_is_a_crash_with_its_place() -> None:
    outcome = ChatClient(b"'' ATZ OK @/nowhere/at/all", "a.chat").player(load("login")).undisturbed().outcome
    assert outcome.crashed == "the file /nowhere/at/all can't be read"
    assert outcome.stand == Stand("the file /nowhere/at/all can't be read", "a.chat", 1, 11)
    assert outcome.exit_status == 1


def test_no_password_is_in_the_result() -> None:
    assert "wonderland" not in stalls(GOOD).to_json()


def test_it_can_be_sent_to_another_process() -> None:
    client = ChatClient(GOOD.encode(), "login.chat", "5551234")
    again = pickle.loads(pickle.dumps(client))
    assert again.player(load("login")).undisturbed().outcome == client.player(load("login")).undisturbed().outcome


def test_the_command_sweeps_a_chat_script(tmp_path: Path) -> None:
    for name, text, status in (("good", GOOD, 0), ("bold", BOLD, 1)):
        (tmp_path / name).write_text(text)
        arguments = ["sweep", "login", "--chat", str(tmp_path / name), "--jobs", "1"]
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == status, result.output


@pytest.mark.parametrize("arguments", [[], ["--chat", "a", "--script", "b"]])
def test_one_client_has_to_be_named(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, ["sweep", "login", *arguments])
    assert result.exit_code == 2
    problem = "a sweep plays one client, and simisp compare several" if arguments else "say what to play"
    assert f"{problem}: --script FILE.scp, --chat FILE, or a COMMAND after --" in result.output
