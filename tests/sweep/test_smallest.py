"""The smallest cases: as scenarios and as tokens they come to the same verdict when they are played once more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from simisp.cli import main
from simisp.errors import EndpointError, FileError
from simisp.scenario.load import load
from simisp.sweep.case import Case, faults_of
from simisp.sweep.chat_client import ChatClient
from simisp.sweep.findings import judge
from simisp.sweep.result import Group, SweepResult
from simisp.sweep.scp_client import ScpClient
from simisp.sweep.smallest import with_files, with_smallest
from simisp.sweep.sweep import Sweep, run_sweep
from simisp.sweep.written import write_file
from sweep.scripts import SCRIPTS, UNTESTED, bundled_script, script, swept


def smallest(client: ScpClient, plan: str, out: Path | None = None) -> SweepResult:
    sweep = Sweep(load("login"), client, plan)
    result = with_smallest(sweep, swept(client, plan))
    return result if out is None else with_files(sweep, result, out)


@pytest.mark.parametrize(
    ("name", "plan"), [("naive.scp", "stalls"), ("repaired.scp", "stalls"), ("repaired.scp", "standard")]
)
def test_every_written_scenario_and_every_token_comes_to_its_verdict(name: str, plan: str, tmp_path: Path) -> None:
    client = bundled_script(name)
    result = smallest(client, plan, tmp_path / "found")
    assert len(list((tmp_path / "found").iterdir())) == len(result.groups) > 1
    for group in result.groups:
        assert group.shrunk is not None
        again = client.player(load(group.shrunk.file)).play(Case("again", "", ""))
        expected = group.shrunk.outcome
        assert (again.verdict, again.reason, again.at) == (expected.verdict, expected.reason, expected.at)
        said = CliRunner().invoke(main, ["run", "--quiet", "--replay", group.shrunk.token])
        assert said.output.startswith(f"{expected.verdict.value}: {expected.reason}\n"), said.output


CHAT = r"ABORT BUSY '' ATDT\T CONNECT \c ogin:-\c joe word:-\c wonderland PPP \c"
TALK = """\
title: Talk
isp:
  accounts: {joe: wonderland}
  dialogue:
    - {prompt: "login:", read: username}
    - {prompt: "Password:", read: password, echo: false}
    - {send: PPP}
"""


@pytest.mark.parametrize("kind", ["hang, proven", "secret astray"])
def test_those_of_a_chat_script_come_to_their_verdicts_too_and_are_the_same_in_two_processes(
    kind: str, tmp_path: Path
) -> None:
    (tmp_path / "talk.yaml").write_text(TALK)
    (tmp_path / "talk.chat").write_text(CHAT)
    scenario = load(str(tmp_path / "talk.yaml"))
    client = ChatClient(CHAT.encode(), str(tmp_path / "talk.chat"), "5551234")
    if kind == "hang, proven":
        client = replace(client, limit=None)
    sweep = Sweep(scenario, client, "stalls")
    found = run_sweep(sweep)
    alone = with_files(sweep, with_smallest(sweep, found), tmp_path / "found")
    assert {group.kind.value for group in alone.groups} == {kind}
    assert [each and each.case for each in (group.shrunk for group in with_smallest(sweep, found, jobs=2).groups)] == [
        each and each.case for each in (group.shrunk for group in alone.groups)
    ]
    for group in alone.groups:
        assert group.shrunk is not None
        expected = group.shrunk.outcome
        again = client.player(load(group.shrunk.file)).play(Case("again", "", ""))
        assert (again.verdict, again.reason, again.at) == (expected.verdict, expected.reason, expected.at)
        if client.limit is not None:  # the command line has no option for chat -t
            said = CliRunner().invoke(main, ["run", "--quiet", "--replay", group.shrunk.token])
            assert said.output.startswith(f"{expected.verdict.value}: {expected.reason}\n"), said.output


def test_a_group_is_shrunk_to_one_fault_at_a_text_and_to_the_steps_that_it_needs() -> None:
    group = smallest(bundled_script("naive.scp"), "stalls").groups[2]
    assert group.stand is not None
    assert group.stand.text == 'waitfor "assword:"'
    assert group.shrunk is not None
    overlay = group.shrunk.case.overlay
    assert faults_of(overlay) == [{"fault": "silence", "after": {"text": "Username:"}}]
    assert overlay["isp"] == {
        "dialogue": [{"prompt": "Service?", "expect": "p"}, "authenticate", {"mark": "logged in"}]
    }


def test_what_is_shrunk_still_shows_the_finding_of_its_group() -> None:
    for group in smallest(script(UNTESTED), "stalls").groups:
        assert group.shrunk is not None
        usual = script(UNTESTED).player(load("login")).undisturbed().outcome
        assert group.key in {finding.key for finding in judge(usual, group.shrunk.outcome)}


def test_files_are_for_their_user_alone(tmp_path: Path) -> None:
    smallest(bundled_script("naive.scp"), "stalls", tmp_path / "found")
    assert (tmp_path / "found").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "found").iterdir())


def test_a_full_disk_is_told_and_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "found.yaml"
    path.write_text("before")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(FileError, match=r"it can't be written \(No space left on device\): .*found\.yaml"):
        write_file(path, "after")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def token() -> str:
    group: Group = smallest(bundled_script("naive.scp"), "stalls").groups[0]
    assert group.shrunk is not None
    return group.shrunk.token


def test_what_is_wrong_with_a_token_is_said(tmp_path: Path) -> None:
    whole = token()
    other = tmp_path / "login.yaml"
    other.write_text((SCRIPTS.parent / "login.yaml").read_text().replace("Service?", "Which?"))

    def complaint(*words: str) -> str:
        said = CliRunner().invoke(main, ["run", *words])
        assert said.exit_code == 2
        return said.output

    assert "a token begins with sweep1-" in complaint("--replay", "x")
    assert "the token is not whole" in complaint("--replay", whole[:-9])
    assert "is not the scenario of the token, or has changed since" in complaint(str(other), "--replay", whole)
    assert "--clock is for a port or a process" in complaint("--replay", whole, "--clock", "virtual")


def test_a_token_with_a_command_plays_the_command_on_the_case() -> None:
    said = CliRunner().invoke(main, ["run", "--quiet", "--replay", token(), "--", "simisp-has-no-such-program"])
    assert "simisp-has-no-such-program" in said.output
    assert said.exit_code == 2


def test_ctrl_c_among_the_smallest_cases_keeps_those_that_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    from simisp.sweep.shrink import shrunk

    begun = []

    def interrupted(*given: Any) -> object:
        begun.append(given)
        if len(begun) == 2:
            raise KeyboardInterrupt
        return shrunk(*given)

    monkeypatch.setattr("simisp.sweep.smallest.shrunk", interrupted)
    result = smallest(bundled_script("naive.scp"), "stalls")
    assert result.interrupted
    assert [group.shrunk is not None for group in result.groups] == [True, False, False]


def test_a_machine_that_can_play_no_more_loses_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> object:
        raise EndpointError("no port is left", path="/dev/ptmx")

    monkeypatch.setattr("simisp.sweep.smallest.shrunk", refuse)
    groups = smallest(bundled_script("naive.scp"), "stalls").groups
    assert [group.shrunk for group in groups] == [None, None, None]
