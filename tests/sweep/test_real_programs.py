"""Real programs under a sweep, in virtual time: a few cases of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from simisp.runner.run_options import RunOptions
from simisp.scenario.load import load, loads
from simisp.sweep.case import Case
from simisp.sweep.command_client import CommandClient
from simisp.sweep.findings import FindingClass, judge
from simisp.sweep.plans import PLANS
from support.dialling_programs import chat, kermit, runscript, wvdial
from support.log_in_scripts import wvdial_settings
from support.private_namespace import in_private_namespace, needs_private_namespace

ISP = """\
title: A log-in
exchange: {answer_after: 1.37s}
isp:
  accounts: {joe: secret}
  dialogue:
    - {prompt: "Service?", read: service}
    - {prompt: "name:", read: username}
    - {prompt: "word:", read: password, echo: false}
    - {mark: in}
    - {send: "PPP is starting\\n"}
"""
STALL = Case(
    "silence", "stalls", "silence", overlay={"line": {"faults": [{"fault": "silence", "after": {"text": "name:"}}]}}
)
BAD_CHAT = r'TIMEOUT 3600 "" ATZ OK ATDT5551234 CONNECT \d\c ervice? p sername: alice assword: wonderland'


def found_in(client: CommandClient, scenario: str = ISP, *, status: int | None = 0) -> tuple[set[FindingClass], str]:
    """Return what a stall after the question for the name shows, and where the client stood."""
    loaded = loads(scenario) if "\n" in scenario else load(scenario)
    player = client.player(loaded)
    usual = player.undisturbed().outcome
    assert (usual.exit_status, judge(usual, usual)) == (status, ()), usual.reason
    case = STALL
    if "\n" not in scenario:
        case = next(each for each in PLANS["stalls"](loaded, player.undisturbed(), 0) if "'Usern" in each.name)
    outcome = player.play(case)
    return {finding.kind for finding in judge(usual, outcome)}, str(outcome.stand)


def of(command: tuple[list[str], bool]) -> CommandClient:
    return CommandClient(tuple(command[0]))


@pytest.mark.runner("chat")
def test_a_chat_script_that_waits_for_an_hour_hangs_at_that_wait(tmp_path: Path) -> None:
    script = tmp_path / "bad.chat"
    script.write_text(BAD_CHAT)
    found, stand = found_in(CommandClient(("chat", "-f", str(script))), "login")
    assert found == {FindingClass.HANG_UNTIL}
    assert stand.startswith("chat: read(), after sending ")


@pytest.mark.runner("chat")
def test_a_chat_script_with_a_limit_gives_up_in_order(tmp_path: Path) -> None:
    assert found_in(of(chat("{port}", tmp_path)))[0] == set()


@pytest.mark.runner("runscript")
def test_runscript_gives_up_in_order(tmp_path: Path) -> None:
    command, _ = runscript("{port}", tmp_path)
    raw = f"stty raw -echo; exec runscript {command[-1]}"
    assert found_in(CommandClient(("sh", "-c", raw)))[0] == set()


@pytest.mark.runner("kermit")
def test_c_kermit_gives_up_in_order(tmp_path: Path) -> None:
    needs_private_namespace()
    command, _ = kermit("{port}", tmp_path)
    assert found_in(of((in_private_namespace(command, locks=tmp_path, scratch=tmp_path), False)))[0] == set()


@pytest.mark.runner("wvdial", "setarch")
def test_wvdial_takes_a_silent_isp_for_ppp(tmp_path: Path) -> None:
    needs_private_namespace()
    settings = wvdial_settings(
        "PORT", user="joe", password="secret", number="1", prompts=("name:", "word:"), reply="PPP",
        more="New PPPD = yes",
    )  # fmt: skip
    (tmp_path / "wvdial.conf").write_text(settings)
    # Each case has a port of its own, and a folder for the configuration that names it.
    written = f'sed "s|PORT|{{port}}|" {tmp_path}/wvdial.conf > $TMPDIR/wvdial.conf; exec "$@" $TMPDIR/wvdial.conf'
    command = in_private_namespace(["sh", "-c", written, "sh", *wvdial("x")[:-1]], locks=tmp_path, scratch=tmp_path)
    client = CommandClient(tuple(command), options=RunOptions(deadline=300.0))
    found, _ = found_in(client, status=0)
    assert found == {FindingClass.WRONG_SUCCESS}
