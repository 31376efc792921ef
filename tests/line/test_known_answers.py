"""The short way for lines that software sends again and again differs from the long one in nothing but time."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from simisp.circuits import Circuit
from simisp.facts.line import CommandRun
from simisp.line.session import Session
from simisp.line.session_config import SessionConfig
from simisp.machine import Output, Received, SendData
from simisp.modem.config import ModemConfig
from simisp.transcript.record import measured

LINES = [
    b"AT\r",
    b"ATI3\r",
    b"ATE0\r",
    b"ATE1V0\r",
    b"A/",
    b"A",
    b"T\r",
    b"ATS0=2\r",
    b"ATS0?\r",
    b"+++",
    b"ATO\r",
    b"ATH\r",
]
LINES += [
    b"ATDT5551234\r",
    b"ATZ\r",
    b"ATI3",
    b"\r",
    b"p\r",
    b"AT&D1\r",
    b"ATS12=0\r",
    b"ATD5;\r",
    b"ATS25=100\r",
    b"AT+IPR=115200\r",
]
OCCASIONS: dict[str, Callable[[Session, float], None]] = {
    "another rate": lambda session, now: session.see_rate(2400, now=now),
    "the modem's rate": lambda session, now: session.see_rate(115_200, now=now),
    "an unsolicited text": lambda session, now: session.send_unasked("+CREG: 1", now=now),
    "no power": lambda session, now: session.lose_power(now=now),
    "power": lambda session, now: session.power_up(now=now),
    "no carrier": lambda session, now: session.lose_carrier(now=now),
    "no far end": lambda session, now: session.lose_far_end(now=now),
}
Step = bytes | float | bool | str


def play(steps: list[Step], config: SessionConfig, *, short: bool) -> tuple[list[Output], list[float | None], int]:
    """Return the outputs, the deadlines after each step, and how many answers were known."""
    session, now, known = Session(config), 0.0, 0
    outputs, deadlines = list(session.take_outputs()), [session.next_timer()]
    for step in steps:
        if isinstance(step, bool):
            session.set_circuit(Circuit.DTR, step, now=now)
        elif isinstance(step, float):
            now += step
            session.handle_timer(now=now)
        elif isinstance(step, str):
            OCCASIONS[step](session, now)
        elif short and (answer := session.answer_known(step, now=now)) is not None:
            known += 1
            assert answer.octets == b"".join(each.data for each in answer.exchange if isinstance(each, SendData))
            outputs += answer.exchange
        else:
            session.receive_data(step, now=now)
        outputs += session.take_outputs()
        deadlines.append(session.next_timer())
    return outputs, deadlines, known


@given(
    st.lists(
        st.sampled_from(LINES[:3])
        | st.sampled_from(LINES)
        | st.sampled_from([0.1, 1.0, 2.5])
        | st.sampled_from(list(OCCASIONS))
        | st.booleans(),
        max_size=30,
    ),
    st.booleans(),
)
def test_a_known_answer_is_what_the_modem_would_have_said_and_leaves_what_it_would_have_left(
    steps: list[Step], leased: bool
) -> None:
    config = SessionConfig(modem=ModemConfig(leased_line=leased))
    assert play(steps, config, short=True)[:2] == play(steps, config, short=False)[:2]


def test_a_line_that_only_asks_is_known_from_the_second_time_on() -> None:
    outputs, _, known = play([b"AT\r", b"AT\r", b"AT\r"], SessionConfig(), short=True)
    assert known == 2
    assert outputs[-3:] == [Received(b"AT\r"), SendData(b"AT\r\r\nOK\r\n"), CommandRun("AT", "OK")]


def test_nothing_is_known_any_more_once_a_line_has_changed_something() -> None:
    outputs, _, known = play([b"ATI3\r", b"ATE0\r", b"ATI3\r"], SessionConfig(), short=True)
    assert known == 0
    answers = [output.data for output in outputs if isinstance(output, SendData)]
    assert answers[0].startswith(b"ATI3\r")
    assert not answers[-1].startswith(b"ATI3\r")


def test_a_line_that_was_known_before_a_call_is_data_during_it() -> None:
    steps: list[Step] = [b"AT\r", b"AT\r", b"ATDT5551234\r", b"AT\r", 30.0, b"AT\r"]
    outputs, _, known = play(steps, SessionConfig(), short=True)
    assert known == 1
    assert outputs == play(steps, SessionConfig(), short=False)[0]


def test_outputs_that_were_not_taken_yet_come_before_a_known_answer() -> None:
    session = Session(SessionConfig())
    for _ in range(2):
        session.take_outputs()
        session.receive_data(b"AT\r", now=1.0)
    assert session.answer_known(b"AT\r", now=2.0) is None


def test_a_known_answer_says_what_records_it_makes_and_modems_that_answer_alike_share_it() -> None:
    known = []
    for _ in range(2):
        session = Session(SessionConfig())
        session.take_outputs()
        session.receive_data(b"ATI3\r", now=1.0)
        session.take_outputs()
        known.append(session.answer_known(b"ATI3\r", now=2.0))
    answer = known[0]
    assert answer is not None
    assert answer.size == measured(answer.exchange)
    assert known[1] is answer
