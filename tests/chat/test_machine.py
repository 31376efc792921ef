"""A run of a chat script: where it stands, what it has met, and how it is cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.chat.machine import ChatRun, ChatState
from simisp.chat.program import ChatOptions
from simisp.runner.pure import run_pure
from simisp.runner.verdict import VerdictKind
from simisp.scenario.load import bundled, load
from support.chat_play import chat_run, play_chat
from support.virtual_line import FarEnd

ABORTS = 'ABORT BUSY ABORT "NO CARRIER" ABORT "NO ANSWER" ABORT "NO DIALTONE" '
SCRIPT = (
    ABORTS
    + r'TIMEOUT 3 "" ATZ OK ATS7=2DT5551234 CONNECT \c ervice? p sername: alice assword: wonderland "PPP mode" \c'
)
# As `tests/runner/test_chat.py` has it of the real chat.
STATUSES = {
    "login": 0, "hang": 3, "silent-from-start": 3, "silent-after-password": 3, "wrong-password": 3, "menu": 0,
    "busy": 4, "no-answer": 6, "no-dial-tone": 7, "no-carrier": 5, "hang-up-in-login": 5, "slow": 0,
    "first-call-hangs": 3, "kb175410": 3,
}  # fmt: skip


@pytest.mark.parametrize(("scenario", "status"), STATUSES.items())
def test_in_pure_time_it_comes_to_what_the_real_chat_comes_to(scenario: str, status: int) -> None:
    script = SCRIPT.replace("TIMEOUT 3", "TIMEOUT 20") if scenario == "slow" else SCRIPT
    verdict = run_pure(load(scenario), chat_run(script))
    assert verdict.client is not None
    assert (verdict.kind, verdict.client.exit_status) == (VerdictKind.RELEASED, status)


def test_every_bundled_scenario_with_a_modem_is_played() -> None:
    assert set(STATUSES) == {path.stem for path in bundled() if load(path).model.modem.profile != "none"}


def test_a_script_without_a_time_limit_that_waits_for_a_silent_isp_is_a_proven_hang() -> None:
    verdict = run_pure(load("hang"), chat_run(SCRIPT.replace("TIMEOUT 3 ", ""), ChatOptions(None)))
    assert verdict.kind is VerdictKind.HANG
    assert verdict.hang is not None
    assert verdict.hang.proven


def test_it_says_at_which_expected_text_it_ended_and_why() -> None:
    run = play_chat(f"{ABORTS}\n'' ATZ\nOK-ATZ-OK ATDT1\n").run
    assert run.exit_status == 3
    assert run.standing() == "line 3: expect 'OK'"
    assert run.reason == "'OK' did not come in time"
    assert (run.met, run.timed_out) == ({4}, {6, 8})


def test_it_says_which_abort_text_ended_it() -> None:
    run = play_chat(f"{ABORTS}\n'' ATZ\nOK x", FarEnd(opening=[(1.0, b"NO CARRIER\r\n")])).run
    assert (run.exit_status, run.ended_by) == (5, 1)
    assert run.reason == "'NO CARRIER' came, which is an ABORT text"
    assert run.standing() == "line 3: expect 'OK'"


def test_while_it_waits_it_reads_and_says_for_what() -> None:
    run = chat_run("OK x")
    assert not run.reads
    run.start(now=0.0)
    assert run.reads
    assert run.standing() == "line 1: expect 'OK'"
    assert run.next_timer() == 45.0


def test_it_says_that_it_has_come_to_the_end() -> None:
    run = play_chat("'' ATZ").run
    assert (run.exit_status, run.standing(), run.step, run.reason) == (0, "the end of the script", None, "")


def test_a_text_that_is_reported_is_known_after_the_run() -> None:
    run = play_chat("REPORT CONNECT CONNECT x NO y", FarEnd(opening=[(1.0, b"CONNECT 33600/V34\r\nNO")])).run
    assert run.reports == ["CONNECT 33600/V34"]


def test_what_comes_after_its_end_changes_nothing() -> None:
    run = play_chat("'' x").run
    run.receive_data(b"y" * 100, now=1.0)
    run.handle_timer(now=2.0)
    assert (run.state, run.take_outputs(), run.next_timer()) == (ChatState.ENDED, [], None)


WORDS = st.sampled_from(["BUSY", "NO CARRIER", "OK", "\r\n", "CONNECT", " 33600", "ogin:", "word:", "B", "U", "N", "O"])


@settings(deadline=None)
@given(st.lists(WORDS, max_size=12).map("".join), st.lists(st.integers(0, 100), max_size=6))
def test_it_does_not_matter_how_what_it_hears_is_cut(heard: str, cuts: list[int]) -> None:
    script = 'ABORT BUSY ABORT "NO CARRIER" REPORT CONN "" AT OK-AT-OK ATD1 CONNECT \\c ogin:--ogin: joe word: pw'
    data = heard.encode()
    whole, pieces = chat_run(script), chat_run(script)
    for run, places in ((whole, []), (pieces, sorted(cuts))):
        run.start(now=0.0)
        while run.state is ChatState.SENDING:
            run.handle_timer(now=run.next_timer() or 0.0)
        ends = [0, *(place for place in places if place < len(data)), len(data)]
        for start, end in pairwise(ends):
            run.receive_data(data[start:end], now=1.0)
        while (due := run.next_timer()) is not None and due < 40.0:
            run.handle_timer(now=due)
    assert outcome(whole) == outcome(pieces)


def outcome(run: ChatRun) -> tuple[object, ...]:
    return run.exit_status, run.at, run.met, run.timed_out, run.reports, run.ended_by, run.take_outputs()


def test_it_waits_at_its_end_for_the_rest_of_a_line_that_it_reports() -> None:
    said = [(1.0, b"CONNECT"), (1.5, b" 33"), (2.3, b"600")]
    played = play_chat("REPORT CONNECT CONNECT x", FarEnd(opening=said))
    assert (played.status, played.run.reports) == (0, ["CONNECT 33600"])
    assert played.seconds == pytest.approx(3.3)
