from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modem.dte_play import Play
from simisp.circuits import Circuit
from simisp.machine import SendData
from simisp.modem import AnswerRequested, DialRequested, HungUp, Modem, RelayData
from simisp.modem.answers import CommandAnswer
from simisp.modem.command_line import LONGEST_BODY
from simisp.modem.commands import run_command
from simisp.modem.dial_string import parse_dial_string
from simisp.modem.syntax import ATCommand, split
from simisp.modem.unit import Unit
from support.modem_events import EVENTS, OCTETS, Script, few
from support.suspending_modem import Ticking


@few
@given(events=EVENTS, piece=st.integers(1, 7))
def test_cutting_the_octets_elsewhere_changes_nothing(events: list[tuple[str, object]], piece: int) -> None:
    assert Script(None).play(events) == Script(piece).play(events)


@few
@given(events=EVENTS, piece=st.integers(1, 7))
def test_cutting_changes_nothing_with_a_subsystem_either(events: list[tuple[str, object]], piece: int) -> None:
    assert Script(None, Ticking()).play(events) == Script(piece, Ticking()).play(events)


@few
@given(events=EVENTS)
def test_nothing_that_happens_raises_and_each_call_ends_in_one_hang_up(events: list[tuple[str, object]]) -> None:
    script = Script(None)
    script.play(events)
    script.modem.lose_carrier(now=script.now)
    script.wait(600.0)
    script.modem.set_circuit(Circuit.DTR, True, now=script.now)
    script.modem.receive_data(b"\x1b\r\x0bAT&FH\r", now=script.now)
    outputs = script.outputs + script.modem.take_outputs()
    taken = False
    for output in outputs:
        if isinstance(output, DialRequested | AnswerRequested):
            taken = True
        elif isinstance(output, HungUp):
            assert taken, "a hang-up without a call"
            taken = False


@few
@given(events=EVENTS)
def test_equal_inputs_give_equal_outputs(events: list[tuple[str, object]]) -> None:
    assert Script(None).play(events) == Script(None).play(events)


@few
@given(data=OCTETS, later=st.floats(0.0, 100.0))
def test_a_timer_before_its_time_does_nothing(data: bytes, later: float) -> None:
    play = Play()
    play.types(data)
    due = play.modem.next_timer()
    if due is None or later < due:
        play.modem.handle_timer(now=later)
        assert play.modem.take_outputs() == []


@few
@given(st.binary(max_size=60))
def test_any_body_can_be_split_and_any_dial_string_read(body: bytes) -> None:
    seven_bits = bytes(octet & 0x7F for octet in body)
    commands = list(split(seven_bits))
    assert len(commands) <= len(body)
    for command in commands:
        assert set(parse_dial_string(command.text).number) <= set("0123456789*#ABCD")


def test_ten_megabytes_of_garbage_leave_the_modem_as_it_was() -> None:
    play = Play()
    garbage = bytes(range(256)).translate(None, b"\r\x8d") * 40_000
    play.types(b"AT" + garbage)
    assert len(play.modem._command_line._body) == LONGEST_BODY
    play.types("\r")
    assert play.runs("") == b"\r\nOK\r\n"


def test_ten_megabytes_of_data_go_through_in_one_piece() -> None:
    play = Play()
    play.calls()
    data = b"+" * 10_000_000
    assert [output.data for output in play.types(data) if isinstance(output, RelayData)] == [data]


class Forgetful(Modem):
    """A modem that works each line out anew."""

    def _remember(self, *_: object) -> None:
        """Keep nothing."""


ASKED = st.sampled_from(
    [
        *(b"AT\r", b"at\r", b"ATI\r", b"ATI3\r", b"AT+GMM\r", b"AT+IFC?\r", b"AT+IFC=?\r", b"ATI12\r", b"A/", b"AT"),
        *(
            b"ATE0\r",
            b"ATV0\r",
            b"ATQ1\r",
            b"ATS3=10\r",
            b"AT+IFC=0,0\r",
            b"ATZ\r",
            b"AT&F\r",
            b"AT&D3\r",
            b"+++",
            b"A",
        ),
        *(b"ATS7?\r", b"AT&V\r", b"ATD9;\r", b"ATD1\r", b"ATO\r", b"ATS5=73\r", b"AT&W\r", b"\x08", b"\r", b"\n"),
    ]
)


@few
@given(st.lists(st.one_of(ASKED, st.sampled_from([True, False, 0.05, 3.0, None])), max_size=40))
def test_a_line_answered_from_memory_is_answered_as_if_it_were_worked_out(
    events: list[bytes | bool | float | None],
) -> None:
    usual, forgetful, now = Modem(), Forgetful(), 0.0
    for event in events:
        match event:
            case bytes():
                for modem in (usual, forgetful):
                    modem.receive_data(event, now=now)
            case bool():
                for modem in (usual, forgetful):
                    modem.set_circuit(Circuit.DTR, event, now=now)
            case float():
                now += event
                for modem in (usual, forgetful):
                    modem.handle_timer(now=now)
            case None:
                for modem in (usual, forgetful):
                    modem.connect(now=now)
        assert usual.take_outputs() == forgetful.take_outputs()
        assert usual.next_timer() == forgetful.next_timer()


def test_a_line_that_only_asks_is_worked_out_once_and_anew_after_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    modem = Modem()
    run: list[ATCommand] = []

    def run_and_note(unit: Unit, command: ATCommand) -> CommandAnswer:
        run.append(command)
        return run_command(unit, command)

    monkeypatch.setattr("simisp.modem.line_runner.run_command", run_and_note)
    for line in (b"ATI\r", b"ATI\r", b"ATI\r"):
        modem.receive_data(line, now=1.0)
    assert len(run) == 1
    modem.receive_data(b"ATE0\r", now=1.0)
    modem.take_outputs()
    modem.receive_data(b"ATI\r", now=1.0)
    assert len(run) == 3
    assert [output.data for output in modem.take_outputs() if isinstance(output, SendData)] == [
        b"\r\nsimisp\r\n\r\nOK\r\n"
    ]
