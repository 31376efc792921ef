"""Whole calls in pure time: modem, exchange and ISP as one machine."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.circuits import Circuit
from simisp.facts.fact import Fact, details_of
from simisp.facts.isp import LineAnswered
from simisp.facts.line import CallEnded, CircuitSet, Dialled
from simisp.line.exchange import CallOutcome, Exchange
from simisp.line.session import Session
from simisp.line.session_config import Isp, SessionConfig
from simisp.machine import CircuitTaken, Output, Received, SendData, SetCircuit
from simisp.modem.config import ModemConfig
from simisp.transcript import Source
from simisp.transcript.record import records_of
from support.session_dte import LOG_IN, Dte, dial

PROMPTS = "title: x\nisp:\n  accounts: {alice: wonderland}\n  dialogue:\n"
TWO_QUESTIONS = PROMPTS + '    - prompt: "A:"\n    - prompt: "Password:"\n    - prompt: "C:"\n'


def test_a_log_in_goes_from_dial_to_ppp() -> None:
    dte = Dte.on("login")
    assert dial(dte) == ""
    assert dte.wait_for("Entering PPP mode\r\n")
    assert dte.text == (
        "ATDT5551234\r\r\nCONNECT 33600\r\n"
        "\r\nService?p\r\nUsername:alice\r\nPassword:\r\nEntering PPP mode\r\n"
    )  # fmt: skip
    assert dte.session.calls == 1
    assert dte.session.next_timer() is None
    assert dte.session.waiting_for == "the ISP has nothing more to say"
    assert "log-in accepted" in dte.facts


def _told(output: Output) -> str | bytes:
    match output:
        case Fact():
            return output.kind
        case SetCircuit():
            return "DCD"
        case SendData() | Received():
            return output.data
    raise AssertionError(output)


def test_what_is_told_stands_in_the_order_in_which_it_happened() -> None:
    dte = Dte.on("login")
    dial(dte)
    told = [
        _told(output)
        for output in dte.outputs
        if not isinstance(output, (SetCircuit, CircuitTaken)) or output.circuit is Circuit.DCD
    ]
    told = told[told.index(b"ATDT5551234\r") :]
    assert told.index("dialled") < told.index("DCD") < told.index(b"\r\nCONNECT 33600\r\n")
    assert told.index(b"\r\nCONNECT 33600\r\n") < told.index("call answered") < told.index(b"\r\nService?")
    assert told.index(b"\r\nService?") < told.index("asking")


def test_a_hang_is_silence_without_a_deadline() -> None:
    dte = Dte.on("hang")
    assert dial(dte) == "assword:"
    assert dte.session.next_timer() is None
    assert dte.session.waiting_for == "the ISP is silent forever"
    dte.type("anybody there?\r\r\r")
    assert not dte.wait_for("there", within=1e6)


def test_after_a_hang_the_port_can_be_closed_and_dialled_from_again() -> None:
    dte = Dte.on("first-call-hangs")
    assert dial(dte) == "assword:"
    dte.circuit(Circuit.DTR, False)
    assert dte.session.far_end is None
    assert dte.session.waiting_for == "the modem waits for a command"
    dte.circuit(Circuit.DTR, True)
    assert dial(dte) == ""
    assert dte.wait_for("Entering PPP mode")
    assert [output.call for output in dte.outputs if isinstance(output, CallEnded)]
    assert dte.session.calls == 2


@pytest.mark.parametrize(
    ("outcome", "result", "after"),
    [
        (CallOutcome.BUSY, "BUSY", 0.5),
        (CallOutcome.NO_DIAL_TONE, "NO DIALTONE", 0.5),
        (CallOutcome.NO_CARRIER, "NO CARRIER", 1.5),
        (CallOutcome.NO_ANSWER, "NO ANSWER", 50.0),
        (CallOutcome.VOICE, "NO CARRIER", 50.0),
    ],
)
def test_each_outcome_has_its_result_code_and_its_time(outcome: CallOutcome, result: str, after: float) -> None:
    dte = Dte(Session(SessionConfig(exchange=Exchange(default=outcome))))
    dte.type("ATDT5551234\r")
    assert dte.session.waiting_for == "the modem waits for an answer to its call"
    assert dte.wait_for(f"\r\n{result}\r\n", within=after)
    assert dte.now == after
    assert dte.session.calls == 0
    assert dte.session.next_timer() is None
    assert "on hook" in dte.facts


def test_a_modem_that_does_not_listen_for_the_busy_tone_waits_on() -> None:
    dte = Dte.on("busy")
    dte.type("ATX0S7=5DT5551234\r")
    dte.pass_time(3.0)
    assert dte.session.waiting_for == "the modem waits for an answer to its call"
    assert dte.wait_for("\r\nNO CARRIER\r\n", within=5.0)
    assert dte.session.waiting_for == "the modem waits for a command"


def test_numbers_lead_where_the_exchange_says() -> None:
    exchange = Exchange(numbers={"5550000": CallOutcome.BUSY}, default=CallOutcome.ISP, answer_after=4.0)
    dte = Dte(Session(SessionConfig(exchange=exchange)))
    dte.type("ATDT555-0000\r")
    assert dte.wait_for("BUSY")
    dte.type("ATDT1\r")
    began = dte.now
    assert dte.wait_for("CONNECT")
    assert dte.now == began + 4.0


def test_digits_that_leave_the_modem_in_command_state_reach_nobody_until_the_rest_is_dialled() -> None:
    dte = Dte.on("login")
    dte.type("ATDT555;\r")
    assert dte.wait_for("OK")
    dte.pass_time(10.0)
    assert dte.session.calls == 0
    assert "CONNECT" not in dte.text
    dte.type("ATDT1234\r")
    assert dte.wait_for("CONNECT")
    numbers = [output.number for output in dte.outputs if isinstance(output, Dialled)]
    assert numbers == ["555", "5551234"]


def test_an_octet_while_it_dials_ends_the_attempt() -> None:
    dte = Dte.on("login")
    dte.type("ATDT5551234\r")
    dte.pass_time(0.5)
    dte.type("x")
    assert dte.wait_for("NO CARRIER")
    assert not dte.wait_for("CONNECT", within=60.0)
    assert dte.session.calls == 0


def test_the_isp_hangs_up_and_the_modem_says_so() -> None:
    dte = Dte.on("hang-up-in-login")
    assert dial(dte) == "assword:"
    assert "\r\nNO CARRIER\r\n" in dte.text
    ended = [details_of(output) for output in dte.outputs if isinstance(output, CallEnded)]
    assert ended == [{"call": 1, "by": "isp"}]
    dte.type("AT\r")
    assert dte.wait_for("OK")


def test_three_wrong_log_ins_end_the_call() -> None:
    dte = Dte.on("wrong-password")
    assert dial(dte) == ""
    for _ in range(2):
        assert dte.wait_for("Login incorrect\r\nUsername:")
        dte.type("alice\rwonderland\r")
    assert dte.wait_for("Login incorrect\r\n")
    assert dte.wait_for("\r\nNO CARRIER\r\n")
    assert dte.facts.count("log-in refused") == 3


def test_ath_after_the_escape_sequence_ends_the_call() -> None:
    dte = Dte.on("login")
    dial(dte)
    dte.pass_time(dte.now + 2.0)
    dte.type("+++")
    assert dte.wait_for("OK", within=5.0)
    dte.type("ATH\r")
    assert dte.wait_for("OK")
    assert dte.session.far_end is None
    ended = [output.by for output in dte.outputs if isinstance(output, CallEnded)]
    assert ended == ["client"]


def test_what_the_isp_says_in_the_online_command_state_comes_after_ato() -> None:
    dte = Dte.on(PROMPTS + "    - pause: 10s\n    - send: late\n")
    dte.type("ATDT1\r")
    dte.wait_for("CONNECT")
    dte.pass_time(dte.now + 2.0)
    dte.type("+++")
    assert dte.wait_for("OK", within=5.0)
    assert not dte.wait_for("late", within=30.0)
    dte.type("ATO\r")
    assert dte.wait_for("late", within=0.0)


def test_a_leased_line_has_no_commands_and_the_isp_is_there_from_the_start() -> None:
    dte = Dte.on(PROMPTS.replace("isp:", "modem: {profile: none}\nisp:") + '    - prompt: "Username:"\n    - hang up\n')
    assert dte.text == "\r\nUsername:"
    dte.type("ATDT1\r")
    assert dte.text == "\r\nUsername:ATDT1\r\n"
    assert dte.session.far_end is None
    dte.type("more\r")
    assert dte.text.endswith("ATDT1\r\n")


def test_an_isp_without_a_dialogue_says_nothing() -> None:
    dte = Dte(Session(SessionConfig()))
    dte.type("ATDT1\r")
    assert dte.wait_for("CONNECT 33600\r\n")
    dte.type("hello\r")
    assert dte.text.endswith("CONNECT 33600\r\n")


def test_calls_get_the_dialogues_in_order_and_the_last_repeats() -> None:
    dte = Dte.on("title: x\nisp:\n  calls: [a, b]\n  dialogues: {a: [send: one], b: [send: two]}\n")
    for word in ("one", "two", "two"):
        dte.type("ATDT1\r")
        assert dte.wait_for(word)
        dte.circuit(Circuit.DTR, False)
        dte.circuit(Circuit.DTR, True)


def test_what_is_typed_ahead_of_a_slow_isp_is_kept() -> None:
    dte = Dte.on("slow")
    dte.type("ATDT1\r")
    dte.wait_for("CONNECT")
    dte.type("p\ralice\rwonderland\r")
    assert dte.wait_for("Entering PPP mode")
    assert dte.now == 1.0 + 3 * 4.0


def test_dtr_is_recorded_as_the_clients_and_dcd_as_the_modems() -> None:
    session = Session(SessionConfig())
    session.set_circuit(Circuit.DTR, True, now=0.0)
    session.receive_data(b"ATDT1\r", now=0.0)
    session.handle_timer(now=1.0)
    sides = {
        (record.source, record.fact.circuit.value)
        for record in records_of(session.take_outputs(), at=1.0)
        if isinstance(record.fact, CircuitSet)
    }
    assert (Source.CLIENT, "DTR") in sides
    assert (Source.MODEM, "DCD") in sides
    assert (Source.MODEM, "DTR") not in sides


# Secrets -------------------------------------------------------------------------------------------------------------


def secrets_of(dte: Dte) -> list[bytes]:
    spoken = [output for output in dte.outputs if isinstance(output, (Received, SendData))]
    return [output.data[start:end] for output in spoken for start, end in output.secrets]


def test_only_the_answer_to_a_password_prompt_is_secret() -> None:
    dte = Dte.on(TWO_QUESTIONS)
    dte.type("ATDT1\r")
    dte.wait_for("A:")
    dte.type("one\rtwo\rthree\r")
    assert secrets_of(dte) == [b"two\r"]
    assert "two" not in dte.text


def test_a_password_typed_octet_by_octet_is_secret_to_its_last_octet() -> None:
    dte = Dte.on(TWO_QUESTIONS)
    dte.type("ATDT1\r")
    dte.wait_for("A:")
    typed = "one\r\ntwo\r\nthree\r\n"
    dte.type(typed, cut=range(1, len(typed)))
    assert b"".join(secrets_of(dte)) == b"two\r"


def test_commands_typed_while_the_password_is_asked_for_are_no_secret() -> None:
    dte = Dte.on(TWO_QUESTIONS)
    dte.type("ATDT1\r")
    dte.wait_for("A:")
    dte.type("one\r")
    dte.pass_time(dte.now + 2.0)
    dte.type("+++")
    dte.wait_for("OK", within=5.0)
    dte.type("ATI\r")
    assert b"ATI\r" not in secrets_of(dte)


def test_known_secrets_are_the_passwords_and_how_they_look_on_the_line() -> None:
    assert Dte.on("login").session.secrets == (b"wonderland",)
    framed = Dte.on(TWO_QUESTIONS.replace("isp:\n", "isp:\n  framing: 7E1\n")).session.secrets
    assert framed[0] == b"wonderland"
    assert bytes(octet & 0x7F for octet in framed[1]) == b"wonderland"
    assert len(framed) == 2


def test_a_line_of_seven_bits_carries_parity_both_ways() -> None:
    dte = Dte.on(TWO_QUESTIONS.replace("isp:\n", "isp:\n  framing: 7E1\n"))
    dte.type("ATDT1\r")
    assert dte.wait_for("CONNECT")
    assert "\xc1:" not in dte.text  # ':' has an even count of ones, 'A' too
    assert dte.wait_for("A:")
    dte.type(bytes(octet | 0x80 if octet.bit_count() % 2 else octet for octet in b"caf\r"))
    answers = [output.text for output in dte.outputs if isinstance(output, LineAnswered)]
    assert answers == ["caf"]


# Properties ----------------------------------------------------------------------------------------------------------

SCENARIOS = [
    "login", "hang", "silent-from-start", "silent-after-password", "wrong-password", "menu", "busy", "no-answer",
    "no-dial-tone", "no-carrier", "hang-up-in-login", "slow", "first-call-hangs", "kb175410",
]  # fmt: skip
WORDS = ["ATZ\r", "ATDT5551234\r", "p\r", "alice\r", "wonderland\r", "\r", "\r\n", "+++", "ATH\r", "ATO\r", "x"]
TYPED = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map("".join)


def played(scenario: str, lines: list[str], cuts: list[list[int]]) -> tuple[str, bytes, list[Output]]:
    dte = Dte.on(scenario)
    for line, cut in zip(lines, cuts, strict=True):
        dte.type(line, cut=cut)
        dte.pass_time(dte.now + 2.5)
    dte.circuit(Circuit.DTR, False)
    dte.pass_time(dte.now + 100.0)
    facts = [output for output in dte.outputs if not isinstance(output, (Received, SendData))]
    return dte.text, dte.typed, facts


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(SCENARIOS), st.lists(TYPED, min_size=1, max_size=6), st.data())
def test_cutting_the_input_elsewhere_changes_nothing(scenario: str, lines: list[str], data: st.DataObject) -> None:
    whole = played(scenario, lines, [[]] * len(lines))
    octets = played(scenario, lines, [list(range(1, len(line))) for line in lines])
    cuts = [sorted(data.draw(st.lists(st.integers(0, len(line)), max_size=4))) for line in lines]
    assert whole == octets == played(scenario, lines, cuts)
    assert whole[1].decode() == "".join(lines)


LINES = [
    "p\r",
    "p\r\n",
    "p\n",
    "ATI\r",
    "ATI\r\n",
    "ATDT1\r",
    "ATA\r",
    "ATA\r\nATI\r",
    "ATS3=33\r",
    "ATA!",
    "+++",
    "ATH\r",
    "x",
]
STEPS = ["prompt: A", "prompt: B", "send: C", "hang up", "pause: 1s", "silence: 2s"]
FRAMINGS = ["8N1", "7E1", "7M1"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(STEPS), min_size=1, max_size=5),
    st.sampled_from(FRAMINGS),
    st.lists(st.lists(st.sampled_from(LINES), min_size=1, max_size=5), min_size=1, max_size=4),
    st.data(),
)
def test_cutting_the_input_elsewhere_changes_nothing_when_the_isp_hangs_up(
    steps: list[str], framing: str, said: list[list[str]], data: st.DataObject
) -> None:
    dialogue = "".join(f"    - {step}\n" for step in [*steps, "hang up"])
    scenario = f"title: x\nisp:\n  framing: {framing}\n  dialogue:\n{dialogue}"
    lines = ["ATDT1\r", *("".join(words) for words in said)]
    cuts = [sorted(data.draw(st.lists(st.integers(0, len(line)), max_size=4))) for line in lines]
    whole = played(scenario, lines, [[]] * len(lines))
    assert whole == played(scenario, lines, cuts)
    assert whole == played(scenario, lines, [list(range(1, len(line))) for line in lines])


def test_what_stands_behind_the_answer_is_for_the_modem_once_the_isp_has_hung_up() -> None:
    scenario = 'title: x\nisp: {dialogue: [{prompt: "Service?"}, hang up]}\n'
    whole = played(scenario, ["ATDT1\r", "p\r\nATI\r"], [[], []])
    assert whole == played(scenario, ["ATDT1\r", "p\r\nATI\r"], [[], [2]])
    assert whole[0].endswith("p\r\n\r\nNO CARRIER\r\n\nATI\r\r\nsimisp hayes\r\n\r\nOK\r\n")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SCENARIOS), st.lists(st.binary(max_size=200), max_size=8), st.integers(0, 3))
def test_nothing_that_a_client_sends_raises_or_stops_time(scenario: str, pieces: list[bytes], answered: int) -> None:
    dte = Dte.on(scenario)
    dial(dte, LOG_IN[:answered])
    for piece in pieces:
        dte.type(piece)
        dte.pass_time(dte.now + 1.0)
    dte.pass_time(dte.now + 1000.0)


def test_equal_input_at_equal_times_gives_equal_output() -> None:
    one, other = Dte.on("kb175410"), Dte.on("kb175410")
    for dte in (one, other):
        dial(dte)
    assert one.outputs == other.outputs


def test_a_flood_into_a_call_is_answered_with_no_more_than_its_prompts() -> None:
    dte = Dte.on("login")
    dial(dte, LOG_IN[:2])
    dte.type(b"\xff" * 1_000_000)
    assert len(dte.text) < 1000


def test_a_leased_modem_alone_is_a_session() -> None:
    session = Session(SessionConfig(modem=ModemConfig(leased_line=True), isp=Isp()))
    session.receive_data(b"x", now=0.0)
    assert session.calls == 1
