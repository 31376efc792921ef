"""What each bundled scenario shows, in pure time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from simisp.circuits import Circuit
from simisp.runner.expectations import Expectations
from simisp.runner.run_facts import RunFacts
from simisp.scenario.expectations import Reached
from simisp.scenario.load import bundled, load
from simisp.transcript import Transcript
from support.session_dte import LOG_IN, Dte, dial

NAMES = {
    "login", "hang", "silent-from-start", "silent-after-password", "wrong-password", "menu", "busy", "no-answer",
    "no-dial-tone", "no-carrier", "hang-up-in-login", "slow", "first-call-hangs", "kb175410",
    "modem-by-dialogue",
}  # fmt: skip
SCRIPT = (*LOG_IN, ("PPP mode", ""))


def test_all_of_them_are_there() -> None:
    assert {path.stem for path in bundled()} == NAMES


@pytest.mark.parametrize("path", bundled(), ids=lambda path: path.stem)
def test_each_begins_with_what_it_shows_and_who_met_it(path: object) -> None:
    text = path.read_text()  # type: ignore[attr-defined]
    comment = re.match(r"(?:#.*\n)+", text)
    assert comment is not None
    assert len(comment[0].splitlines()) >= 3
    assert max(map(len, text.splitlines())) <= 120
    assert re.search(r"KB \d+|\w+#\d+|wvdial's notes", comment[0])


@pytest.mark.parametrize(
    ("name", "stuck_at", "within"),
    [
        ("login", "", 10.0),
        ("menu", "", 10.0),
        ("slow", "", 10.0),
        ("slow", "ervice?", 3.0),
        ("hang", "assword:", 10.0),
        ("first-call-hangs", "assword:", 10.0),
        ("kb175410", "assword:", 10.0),
        ("silent-from-start", "ervice?", 10.0),
        ("silent-after-password", "PPP mode", 10.0),
        ("wrong-password", "PPP mode", 10.0),
        ("hang-up-in-login", "assword:", 10.0),
        ("busy", "CONNECT", 60.0),
        ("no-answer", "CONNECT", 60.0),
        ("no-dial-tone", "CONNECT", 60.0),
        ("no-carrier", "CONNECT", 60.0),
    ],
)
def test_a_script_comes_as_far_as_the_scenario_lets_it(name: str, stuck_at: str, within: float) -> None:
    assert dial(Dte.on(name), SCRIPT, within=within) == stuck_at


@pytest.mark.parametrize(
    ("name", "word"),
    [("busy", "BUSY"), ("no-answer", "NO ANSWER"), ("no-dial-tone", "NO DIALTONE"), ("no-carrier", "NO CARRIER")],
)
def test_a_call_that_comes_to_nothing_has_its_word(name: str, word: str) -> None:
    dte = Dte.on(name)
    dial(dte)
    assert f"\r\n{word}\r\n" in dte.text


@pytest.mark.parametrize("name", ["first-call-hangs", "kb175410"])
def test_the_second_call_works_where_the_first_one_hangs(name: str) -> None:
    dte = Dte.on(name)
    assert dial(dte, SCRIPT) == "assword:"
    dte.circuit(Circuit.DTR, False)
    dte.circuit(Circuit.DTR, True)
    for _ in range(2):
        assert dial(dte, SCRIPT) == ""
        dte.circuit(Circuit.DTR, False)
        dte.circuit(Circuit.DTR, True)


def test_the_menu_explains_turns_away_and_goes_on() -> None:
    dte = Dte.on("menu")
    dte.type("ATDT1\r")
    for typed, answer in [("?", "p is PPP"), ("t", "closed"), ("xyz", "no such service"), ("", ""), ("PPP", "no such")]:
        assert dte.wait_for("Service?")
        dte.type(typed + "\r")
        assert dte.wait_for(answer)
    assert dte.wait_for("Service?")
    dte.type("ppp\r")
    assert dte.wait_for("Username:")


def test_the_founding_case_expects_the_isp_to_fall_silent_and_no_credentials_out_of_place() -> None:
    words = [type(expectation).__name__ for expectation in load("kb175410").model.expect]
    assert words == ["Reached", "CredentialsSentOnlyAt"]


@pytest.mark.parametrize("path", bundled(), ids=lambda path: path.stem)
def test_each_says_how_far_a_command_must_come_or_that_there_is_nowhere_to_come_to(path: Path) -> None:
    scenario = load(path).model
    if scenario.exchange.default == "isp":
        assert any(isinstance(expectation, Reached) for expectation in scenario.expect)
    else:
        assert "nothing to be reached" in path.read_text()


@pytest.mark.parametrize(
    ("name", "reached"),
    [
        *((name, "Username:") for name in ("hang", "hang-up-in-login", "first-call-hangs")),
        *((name, "Password:") for name in ("silent-after-password", "wrong-password")),
        *((name, "logged in") for name in ("login", "menu", "slow")),
        ("silent-from-start", "connected"),
        ("kb175410", "the ISP stops responding"),
    ],
)
def test_a_script_that_comes_as_far_as_it_can_has_reached_what_is_expected_and_one_that_only_connects_has_not(
    name: str, reached: str
) -> None:
    def judged(steps: Sequence[tuple[str, str]]) -> list[bool | None]:
        dte, expectations = Dte.on(name), Expectations(load(name).model)
        transcript = Transcript()
        transcript.listen(expectations.take)
        dial(dte, steps, within=10.0)
        transcript.add_outputs(dte.outputs, at=0.0)
        results = expectations.judge(RunFacts(None, None, calls=1))
        return [result.held for result in results if result.expectation == f"reached {reached}"]

    assert judged(SCRIPT) == [True]
    if name != "silent-from-start":
        assert judged(SCRIPT[:1]) == [False]


def test_a_dialogue_plays_a_modem_where_there_is_none() -> None:
    dte = Dte.on("modem-by-dialogue")
    steps = [("Password:", "nine"), ("ERROR", "seven"), ("", "ATZ9"), ("ERROR", "ATI"), ("Site modem 7", "ATDT5551234")]
    assert dial(dte, [*steps, ("CONNECT 9600", ""), ("login:", "vera"), ("Hello vera", "")]) == ""
