"""The live view: lines, echoes, and what a terminal must not act on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simisp.circuits import Circuit
from simisp.facts.isp import LogInAccepted, MarkReached
from simisp.facts.line import CircuitSet, ModemState, ModemStateEntered
from simisp.facts.port import FlowControl, PortSettings
from simisp.framing import Parity
from simisp.report.live import LiveLine, LiveView
from simisp.transcript import Record, Source
from simisp.transcript.record import octets_record


def shown(*records: Record) -> list[LiveLine]:
    lines: list[LiveLine] = []
    view = LiveView(lines.append)
    for record in records:
        view(record)
    view.flush()
    return lines


def octets(source: Source, data: bytes) -> Record:
    return octets_record(1.0, source, data)


def test_octets_are_gathered_up_to_the_end_of_their_line() -> None:
    lines = shown(*(octets(Source.CLIENT, bytes([octet])) for octet in b"ATZ\rAT"))
    assert [(line.arrow, line.text) for line in lines] == [("-->", "ATZ\\r"), ("-->", "AT")]


def test_the_echo_of_a_line_is_left_out_once_and_an_answer_like_it_is_not() -> None:
    lines = shown(octets(Source.CLIENT, b"ATI\r"), octets(Source.MODEM, b"ATI\r\r\nATI\r\n"))
    assert [(line.arrow, line.text) for line in lines] == [("-->", "ATI\\r"), ("<--", "ATI\\r\\n")]


def test_a_line_without_end_is_cut() -> None:
    lines = shown(octets(Source.CLIENT, b"x" * 10_000))
    assert [len(line.text) for line in lines] == [4096, 4096, 1808]


def test_what_a_client_typed_is_shown_in_facts_so_that_no_terminal_acts_on_it() -> None:
    (line,) = shown(Record(1.0, Source.ISP, LogInAccepted("al\x1b]0;x\x07\x9bice")))
    assert line.text == "log-in accepted: al\\x1b]0;x\\x07\\x9bice"


def test_the_modem_and_its_circuits_stand_beside_each_line() -> None:
    (line,) = shown(
        Record(0.0, Source.MODEM, CircuitSet(Circuit.DCD, True)),
        Record(0.0, Source.MODEM, CircuitSet(Circuit.DTR, True)),
        Record(0.0, Source.MODEM, CircuitSet(Circuit.DTR, False)),
        Record(0.0, Source.MODEM, ModemStateEntered(ModemState.ONLINE_DATA)),
        Record(2.0, Source.ISP, MarkReached("here")),
    )
    assert line.state == "[online data: DCD]"


def test_octets_without_a_line_end_that_come_with_pauses_are_lines_with_their_own_times() -> None:
    lines = shown(*(octets_record(3.0 * number, Source.CLIENT, b"~frame~") for number in range(3)))
    assert [(line.at, line.text) for line in lines] == [(0.0, "~frame~"), (3.0, "~frame~"), (6.0, "~frame~")]


def test_what_paused_on_one_line_is_shown_before_what_happens_later_on_another() -> None:
    lines = shown(
        replace(octets_record(1.0, Source.CLIENT, b"branch: yo"), line="2"),
        replace(octets_record(1.1, Source.CLIENT, b"AT"), line="3"),
        replace(octets_record(1.2, Source.CLIENT, b"\r"), line="3"),
        replace(octets_record(1.3, Source.CLIENT, b"!"), line="2"),
        Record(1.8, Source.ISP, MarkReached("here"), line="3"),
        replace(octets_record(3.0, Source.CLIENT, b"A"), line="3"),
        replace(octets_record(3.1, Source.CLIENT, b"B"), line="2"),
        Record(9.0, Source.ISP, MarkReached("there"), line="1"),
    )
    assert [(line.at, line.text) for line in lines] == [
        (1.1, "3: AT\\r"), (1.0, "2: branch: yo!"), (1.8, "3: mark here"),
        (3.0, "3: A"), (3.1, "2: B"), (9.0, "1: mark there"),
    ]  # fmt: skip


def test_an_escape_sequence_stands_before_the_ok_that_answers_it() -> None:
    lines = shown(
        octets_record(1.0, Source.CLIENT, b"+++"),
        octets_record(2.0, Source.MODEM, b"\r\nOK\r\n"),
        octets_record(2.1, Source.CLIENT, b"ATH0\r"),
    )
    assert [(line.at, line.text) for line in lines] == [(1.0, "+++"), (2.0, "OK\\r\\n"), (2.1, "ATH0\\r")]


def test_the_echo_of_slow_typing_is_left_out_too() -> None:
    lines = shown(
        *(octets_record(at, source, typed) for at, typed in ((0.0, b"A"), (2.0, b"T\r"))
          for source in (Source.CLIENT, Source.MODEM))
    )  # fmt: skip
    assert [line.text for line in lines] == ["A", "T\\r"]


NO_FLOW = FlowControl.NONE


@pytest.mark.parametrize(
    ("details", "text"),
    [
        ((0, 1, NO_FLOW, None, None), "port set to B0: DTR dropped"),
        ((9600, 1, NO_FLOW, None, None), "port set to 9600 bit/s, no flow control, raw"),
        ((300, 2, FlowControl.XON_XOFF, None, None), "port set to 300 bit/s, 2 stop bits, XON/XOFF, raw"),
        ((2400, 1, FlowControl.RTS_CTS, 7, Parity.EVEN), "port set to 2400 bit/s, 7E1, RTS/CTS, raw"),
        (
            (9600, 1, NO_FLOW, None, None, True, True),
            "port set to 9600 bit/s, no flow control, canonical, echo",
        ),
        ((9600, 1, NO_FLOW, None, None, False, True), "port set to 9600 bit/s, no flow control, echo"),
    ],
)
def test_what_the_port_is_set_to_is_shown_as_a_terminal_program_shows_it(
    details: tuple[int, int, FlowControl, int | None, Parity | None, bool, bool], text: str
) -> None:
    record = Record(1.0, Source.PORT, PortSettings(*details))
    assert [line.text for line in shown(record)] == [text]
