"""Commands as the clients of a sweep: real programs, each case in a run of its own."""

from __future__ import annotations

import os
import pickle
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from simisp.errors import ClientError, FileError
from simisp.procfs.process import all_processes
from simisp.runner.verdict import VerdictKind
from simisp.scenario.load import loads
from simisp.sweep.case import Case
from simisp.sweep.command_client import CommandClient, CommandLimits
from simisp.sweep.findings import FindingClass, judge
from simisp.sweep.outcome import CaseOutcome

SILENT = loads("title: Silent\nmodem: {profile: none}\nport: {starts: raw}\nisp: {dialogue: [silence]}\n")
TALKS = loads(
    "title: Talks\nmodem: {profile: none}\nport: {starts: raw}\n"
    'isp: {accounts: {a: hunter22}, dialogue: [{prompt: "Name:", read: username}, '
    '{prompt: "Password:", read: password, echo: false}, {mark: in}, {send: "Done\\n"}]}\n'
)
LIMITS = CommandLimits(seconds=2.0, processes=20)


def sh(script: str, limits: CommandLimits = CommandLimits()) -> CommandClient:  # noqa: B008 - immutable
    return CommandClient(("sh", "-c", script), limits=limits)


def outcome(client: CommandClient, case: Case | None = None) -> CaseOutcome:
    scenario = TALKS if case is not None else SILENT
    player = client.player(scenario)
    return player.undisturbed().outcome if case is None else player.play(case)


def classes(client: CommandClient) -> set[FindingClass]:
    found = outcome(client)
    return {finding.kind for finding in judge(found, found)}


def test_a_client_that_waits_forever_is_a_proven_hang_at_its_blocked_call() -> None:
    found = outcome(sh("printf 'hello\\r'; read line"))
    assert (found.verdict, found.proven) == (VerdictKind.HANG, True)
    assert str(found.stand) == "sh: read(), after sending 'hello'"


def test_a_process_that_is_left_with_the_port_holds_it_and_one_without_is_an_orphan() -> None:
    assert classes(sh("sleep 1000 & exit 0")) == {FindingClass.PORT_HELD}
    assert classes(sh("sleep 1000 </dev/null >/dev/null & exit 0")) == {FindingClass.ORPHAN}


def test_a_lock_file_that_is_left_is_found_in_the_cases_own_folder() -> None:
    client = sh("echo $$ > {locks}/LCK..$(basename {port}); : <{port}")
    assert classes(client) == {FindingClass.STALE_LOCK}
    assert classes(sh("ls {locks} > /dev/null; : <{port}")) == set()


def test_a_signal_that_ends_a_client_is_a_crash_but_not_where_the_scenario_sent_it() -> None:
    well = outcome(sh("read line"), Case("x", "x", "x"))
    crash = outcome(sh("kill -SEGV $$"), Case("x", "x", "x"))
    assert [finding.kind for finding in judge(replace(well, verdict=VerdictKind.RELEASED), crash)] == [
        FindingClass.CRASH
    ]
    kill = Case("x", "x", "x", overlay={"line": {"faults": [{"fault": "kill client", "after": {"octets": "2"}}]}})
    assert not outcome(sh("read line"), kill).crashed


def test_it_is_seen_where_passwords_went_and_what_the_isp_came_to() -> None:
    found = outcome(sh(r"printf 'a\r'; head -c 18 >/dev/null; printf 'hunter22\r'; sleep 1"), Case("x", "x", "x"))
    assert [(secret.where, secret.asked) for secret in found.secrets] == [("Password:", True)]
    assert "mark in" in found.reached
    assert "hunter22" not in repr(found)


def test_a_client_that_computes_and_never_waits_spins() -> None:
    found = outcome(sh("while :; do :; done", CommandLimits(seconds=0.5)))
    assert found.spinning is not None


def test_a_command_that_starts_process_after_process_is_ended_with_all_of_them() -> None:
    before = set(all_processes())
    # Five hundred and no more, for on a busy machine it would start thousands before it is looked at.
    found = outcome(sh("n=0; while [ $((n += 1)) -le 500 ]; do sleep 1000 & done; wait", LIMITS))
    assert found.crashed == "it starts process after process: more than 20 at once"
    left = [each for pid, each in all_processes().items() if pid not in before and each.parent == os.getpid()]
    assert [each.name for each in left if not each.ended and each.name == "sleep"] == []


def test_a_command_that_ignores_sigterm_is_ended_all_the_same() -> None:
    found = outcome(sh("trap '' TERM; read line"))
    assert found.proven


def test_a_command_that_is_not_there_is_an_error_that_names_it() -> None:
    with pytest.raises(ClientError, match="no-such-dialler: No such file or directory"):
        CommandClient(("no-such-dialler",)).player(SILENT).undisturbed()


def test_a_command_that_dies_at_once_is_an_outcome() -> None:
    found = outcome(sh("exit 9"))
    assert (found.exit_status, found.crashed) == (9, "")


def test_a_file_that_grows_and_grows_is_cut_off() -> None:
    limits = CommandLimits(file_octets=1 << 20)
    found = outcome(sh("exec head -c 9999999 /dev/zero > $TMPDIR/x; : {port}", limits))
    assert (found.signal, found.crashed) == ("SIGXFSZ", "SIGXFSZ ended it")


def test_a_full_disk_ends_the_sweep_and_says_where() -> None:
    with pytest.raises(FileError, match="are left for temporary files: the sweep ends here"):
        outcome(sh("exit 0", CommandLimits(free_octets=1 << 62)))


def test_a_command_and_its_scenario_can_be_sent_to_another_process(tmp_path: Path) -> None:
    client, scenario = pickle.loads(pickle.dumps((sh("read x"), TALKS)))
    assert client.player(scenario).undisturbed().outcome == sh("read x").player(TALKS).undisturbed().outcome


def test_no_password_is_in_what_is_said_of_a_command() -> None:
    client = CommandClient(("chat", "word:", "hunter22"), secrets=("hunter22",))
    assert client.shown == "chat word: '********'"
    assert "hunter22" not in " ".join(client.recipe)


def test_in_real_time_a_case_that_takes_too_long_is_ended() -> None:
    client = CommandClient(
        (sys.executable, "-c", "import time; time.sleep(1000)"), clock="real", limits=CommandLimits(seconds=0.5)
    )
    assert outcome(client).reason == "the command still holds the port after 0.5 s"
