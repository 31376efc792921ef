"""The section ``line`` of a scenario, and scenarios that extend others."""

from __future__ import annotations

from pathlib import Path

import pytest

from simisp.errors import ScenarioError
from simisp.line.faults.table import FAULTS
from simisp.machine import SendData
from simisp.scenario.explain import explain
from simisp.scenario.fault_item import FaultWord
from simisp.scenario.load import load, loads
from simisp.scenario.session import session
from simisp.testing import memory_line, run_in_virtual_time

LOGIN = """\
title: A log-in
isp:
  accounts: {alice: wonderland}
  dialogue:
    - prompt: "Login:"
      read: username
    - send: "Hello {username}\\n"
"""


def heard(text: str, *said: tuple[float, bytes], until: float = 100.0) -> list[tuple[float, bytes]]:
    """Return what a client hears that says this, with its time, in pure time."""
    line = session(loads(text))
    found: list[tuple[float, bytes]] = []
    waiting = list(said)
    now = 0.0
    while True:
        found += [(now, output.data) for output in line.take_outputs() if isinstance(output, SendData)]
        due = line.next_timer()
        if waiting and (due is None or waiting[0][0] <= due):
            now, data = waiting.pop(0)
            line.receive_data(data, now=now)
        elif due is None or due > until:
            return found
        else:
            now = due
            line.handle_timer(now=now)


def text_of(found: list[tuple[float, bytes]]) -> bytes:
    return b"".join(data for _, data in found)


DIAL = (0.0, b"ATD1\r")


def with_fault(fault: str) -> str:
    return f"{LOGIN}line:\n  faults:\n    - {{{fault}}}\n"


def test_the_words_of_the_language_are_those_of_the_table() -> None:
    assert FaultWord.__args__ == tuple(FAULTS)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("fault", "said", "expected"),
    [
        ("fault: silence, after: {text: 'Log'}", b"", b"Log"),
        ("fault: silence, after: {octets: 3}, for: 1s", b"", b"\r\nL"),
        ("fault: replace, replace: 'CONNECT 33600', with: 'BUSY'", b"", b"\r\nBUSY\r\n"),
        ("fault: insert, insert: '+CREG: 1\\n', after: {text: CONNECT}".replace("\\n", "~"), b"", b"CONNECT+CREG: 1~"),
        ("fault: duplicate, after: {text: 'Login:'}, octets: 2", b"bob\r", b"Login:bboob"),
        ("fault: drop carrier, after: {text: 'Login:'}", b"", b"Login:\r\nNO CARRIER\r\n"),
        ("fault: line ends, ends: lf", b"", b"\nCONNECT 33600\n"),
        ("fault: case, after: {text: 'Log'}", b"", b"LogIN:"),
        ("fault: seven bits, after: {text: 'Lo'}", b"", b"Lo\xe7i\xee"),
    ],
)
def test_a_fault_of_a_scenario_does_what_it_says(fault: str, said: bytes, expected: bytes) -> None:
    assert expected in text_of(heard(with_fault(fault), DIAL, *([(5.0, said)] if said else [])))


def test_a_silence_that_is_over_lets_the_rest_through() -> None:
    found = text_of(heard(with_fault("fault: silence, after: {text: 'Login:'}, for: 3s"), DIAL, (5.0, b"bob\r")))
    assert b"Hello bob" in found
    found = text_of(heard(with_fault("fault: silence, after: {text: 'Login:'}, for: 9s"), DIAL, (5.0, b"bob\r")))
    assert b"Hello bob" not in found


def test_a_fault_of_the_second_call_leaves_the_first_alone() -> None:
    again = [(5.0, b"bob\r"), (9.0, b"+++"), (12.0, b"ATH\r"), (13.0, b"ATD1\r")]
    found = text_of(heard(with_fault("fault: drop carrier, call: 2, after: {time: 2s}"), DIAL, *again))
    assert found.count(b"CONNECT") == 2
    assert found.endswith(b"NO CARRIER\r\n")
    assert found.count(b"NO CARRIER") == 1


def test_a_mark_of_the_dialogue_sets_a_fault_off() -> None:
    text = (
        LOGIN.replace("    - send", "    - mark: in\n    - send")
        + "line: {faults: [{fault: silence, after: {mark: in}}]}\n"
    )
    assert b"Hello" not in text_of(heard(text, DIAL, (5.0, b"bob\r")))


def test_the_carrier_stays_although_the_isp_hangs_up() -> None:
    text = LOGIN + "    - hang up\n"
    assert b"NO CARRIER" in text_of(heard(text, DIAL, (5.0, b"bob\r")))
    stays = text + "line: {faults: [{fault: carrier stays}]}\n"
    assert b"NO CARRIER" not in text_of(heard(stays, DIAL, (5.0, b"bob\r")))


def test_what_is_reflected_comes_back_and_does_not_arrive() -> None:
    found = text_of(heard(LOGIN + "line: {faults: [{fault: reflect}]}\n", DIAL, (5.0, b"bob\r")))
    assert found.endswith(b"Login:bob\r")


def test_a_text_that_the_isp_sends_stops_what_the_client_sends() -> None:
    text = LOGIN + "line: {faults: [{fault: freeze, direction: from dte, after: {text: 'login:'}, for: 10s}]}\n"
    text = text.replace("Login:", "login:")
    found = heard(text, DIAL, (5.0, b"bob\r"))
    assert next(at for at, data in found if b"Hello" in data) == 11.0


def test_a_pace_lets_ten_bits_an_octet_through() -> None:
    found = heard(LOGIN + "line: {pace: 300}\n", DIAL)
    start = next(at for at, data in found if b"CONNECT" in data)
    prompt = text_of(found).partition(b"CONNECT 33600\r\n")[2]
    assert found[-1][0] == start + len(prompt) * 10 / 300


def test_the_same_seed_gives_the_same_noise_and_another_seed_another() -> None:
    text = with_fault("fault: noise, octets: 8, after: {text: 'Login:'}")
    assert heard(text, DIAL) == heard(text, DIAL)
    assert heard(text, DIAL) != heard(text + "seed: 2\n", DIAL)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("fault: silents", "expected silence, delay"),
        ("fault: delay", "delay needs by"),
        ("fault: silence, by: 2s", "by does not belong to silence"),
        ("fault: noise, for: 3s", "noise happens in one moment"),
        ("fault: drop carrier, direction: from dte", "drop carrier can only have the direction to dte"),
        ("fault: silence, after: {text: a, octets: 3}", "after names one thing"),
        ("fault: garble, rate: 0", "expected more than 0"),
        ("fault: garble, probability: often", "expected a number"),
        ("fault: replace, replace: a", "replace needs with"),
        ("fault: reorder, octets: 1", "reorder of 1 octet does nothing: it needs 2 or more"),
        ("fault: silence, after: {text: '/(a+)+b/'}", "the pattern"),
    ],
)
def test_a_mistake_in_a_fault_is_told_at_its_place(fault: str, told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        loads(with_fault(fault))
    assert told in str(caught.value)
    assert caught.value.diagnostics[0].place.line == 10


def test_explain_says_what_goes_wrong() -> None:
    text = explain(loads(with_fault("fault: noise, octets: 8, after: {text: 'Login:'}, call: 2, times: 3")))
    assert '- noise towards the client, after "Login:", in call 2, 3 times (octets 8).' in text


# Scenarios that extend others ----------------------------------------------------------------------------------------

OVERLAY = """\
extends: base.yaml
title: The same with a fault
isp: {accounts: {bob: builder}}
line: {faults: [{fault: silence, after: {text: Hello}}]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.yaml").write_text(LOGIN + "line: {pace: 300, faults: [{fault: garble, rate: 0.1}]}\n")
    return tmp_path


def test_a_scenario_extends_another_one(folder: Path) -> None:
    (folder / "own.yaml").write_text(OVERLAY)
    model = load(folder / "own.yaml").model
    assert model.title == "The same with a fault"
    assert model.isp.accounts == {"alice": "wonderland", "bob": "builder"}
    assert model.isp.dialogue == load(folder / "base.yaml").model.isp.dialogue
    assert model.line.pace == 300
    assert [item.fault for item in model.line.faults] == ["garble", "silence"]


def test_a_bundled_scenario_can_be_extended() -> None:
    assert loads("extends: login\nseed: 7\n").model.title == load("login").model.title


def test_a_mistake_in_the_extended_scenario_is_shown_there(folder: Path) -> None:
    (folder / "base.yaml").write_text(LOGIN.replace("prompt:", "promt:"))
    with pytest.raises(ScenarioError, match=r"base\.yaml:5:7: error"):
        loads(OVERLAY, name=str(folder / "own.yaml"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("extends: nowhere.yaml\ntitle: x\n", "can't be read: no such file"),
        ("extends: own.yaml\n", "extend each other in a circle"),
        ("extends: [a]\ntitle: x\n", "extends names another scenario"),
        ("extends:\ntitle: x\n", "extends names another scenario"),
    ],
)
def test_a_scenario_that_cannot_be_extended_is_told(folder: Path, text: str, told: str) -> None:
    (folder / "own.yaml").write_text(text)
    with pytest.raises(ScenarioError, match=told) as caught:
        load(folder / "own.yaml")
    assert len(caught.value.diagnostics) == 1


def test_a_pace_meets_virtual_time_exactly() -> None:
    async def play() -> float:
        async with memory_line(loads(LOGIN + "line: {pace: 1200}\n"), judged=False) as line:
            reader, writer = line.open()
            writer.write(b"ATD1\r")
            await reader.readuntil(b"CONNECT 33600\r\n")
            began = line.now
            await reader.readuntil(b"Login:")
            writer.close()
            return line.now - began

    assert run_in_virtual_time(play()) == pytest.approx(len(b"\r\nLogin:") * 10 / 1200, abs=1e-9)
