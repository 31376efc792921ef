from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modem.dte_play import Play
from simisp.circuits import Circuit
from simisp.machine import Output, SendData
from simisp.modem import AnswerRequested, CallFailure, DialRequested, HungUp, Modem, ModemConfig, RelayData
from simisp.modem.answers import CommandAnswer
from simisp.modem.caller import Caller
from simisp.modem.command_line import LONGEST_BODY
from simisp.modem.commands import STANDARD_PROFILE, run_command
from simisp.modem.dial_string import parse_dial_string
from simisp.modem.subsystem import ModemSubsystem
from simisp.modem.syntax import ATCommand, split
from simisp.modem.unit import Unit
from support.suspending_modem import SUSPENDING_ROWS, Ticking

few = settings(max_examples=100, deadline=None)

WORDS = st.sampled_from(
    [
        *(b"AT", b"at", b"A/", b"\r", b"\n", b"\x08", b";", b"+++", b"+", b"DT555", b"D9,", b"D9;", b"DL", b"&Z=5"),
        *(b"S12=0", b"S2=", b"S3=65", b"S5=13", b"S0=1", b"S7?", b"Z", b"&F", b"&D1", b"&D3", b"&C0", b"E0", b"V0"),
        *(b"+SLOW", b"+SLOWER", b"+ASK", b"+ASK=2", b"+SAY", b"+NO", b"\x1a", b"\x1b", b"^SYSINFO", b"+IPR=9600;"),
        *(b"%C1E0", b"%CX=1", b"+MR=1;", b"S30=1", b"W1", b"&S1", b"&W", b"D*99#", b"D*99#;"),
        *(b"O", b"H", b"A", b"Q1", b"X0", b"+IFC=?", b"+FCLASS=0", b"&V", b"S8=0", b"S6=2", b"hello", b"\xff", b"\0"),
    ]
)
OCTETS = st.lists(st.one_of(WORDS, st.binary(max_size=8)), max_size=12).map(b"".join)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("dte"), OCTETS),
        st.tuples(st.just("line"), st.sampled_from(["ATDT1", "ATA", "ATO", "ATH", "ATS12=0", "ATDT9,;H", "AT&D3"])),
        st.tuples(st.just("wait"), st.sampled_from([0.0, 0.02, 0.125, 1.0, 2.0, 60.0])),
        st.tuples(st.just("dtr"), st.booleans()),
        st.tuples(st.just("connect"), st.sampled_from([None, 300, 49333])),
        st.tuples(st.just("fail"), st.sampled_from(CallFailure)),
        st.tuples(st.just("ring"), st.none()),
        st.tuples(st.just("ring back"), st.none()),
        st.tuples(st.just("remote"), st.binary(max_size=20)),
        st.tuples(st.just("lose"), st.booleans()),
        st.tuples(
            st.just("line"), st.sampled_from(["AT+SLOW", "AT+SLOWER;H", "AT+ASK", "AT+ASK=2;+SAY", "AT+SLOW;D*99#"])
        ),
        st.tuples(st.just("rate"), st.sampled_from([0, 9600, 115200])),
        st.tuples(st.just("caller"), st.sampled_from(["P", "5550177"])),
        st.tuples(st.just("power"), st.sampled_from([0.0, 2.0])),
    ),
    max_size=14,
)


def joined(outputs: Iterable[Output]) -> list[Output]:
    """Return the outputs with neighbouring octets of a kind in one piece."""
    pieces: list[Output] = []
    for output in outputs:
        last = pieces[-1] if pieces else None
        if isinstance(output, SendData) and isinstance(last, SendData) and not (output.secrets or last.secrets):
            pieces[-1] = SendData(last.data + output.data)
        elif isinstance(output, RelayData) and isinstance(last, RelayData):
            pieces[-1] = RelayData(last.data + output.data)
        else:
            pieces.append(output)
    return pieces


class Script:
    """Events played to a modem, its octets in pieces of a given size."""

    def __init__(self, piece: int | None, subsystem: ModemSubsystem | None = None) -> None:
        config = ModemConfig(replace(STANDARD_PROFILE, rows=STANDARD_PROFILE.rows.with_rows(SUSPENDING_ROWS.values())))
        self.modem = Modem(config, subsystem)
        self.now = 0.0
        self.piece = piece
        self.outputs: list[Output] = []

    def play(self, events: list[tuple[str, object]]) -> list[Output]:
        for kind, value in events:
            self.play_one(kind, value)
            self.outputs += self.modem.take_outputs()
        return joined(self.outputs)

    def play_one(self, kind: str, value: object) -> None:
        modem, now = self.modem, self.now
        match kind, value:
            case "dte", bytes(data):
                self.feed(data)
            case "line", str(line):
                self.feed(line.encode() + b"\r")
            case "wait", float(seconds):
                self.wait(seconds)
            case "dtr", bool(on):
                modem.set_circuit(Circuit.DTR, on, now=now)
            case "connect", int() | None as rate:
                modem.connect(rate, now=now)
            case "fail", CallFailure() as failure:
                modem.fail_call(failure, now=now)
            case "ring", None:
                modem.ring(now=now)
            case "ring back", None:
                modem.hear_ring_back(now=now)
            case "remote", bytes(data):
                modem.receive_remote_data(data, now=now)
            case "lose", bool(cleared):
                modem.lose_carrier(now=now, cleared=cleared)
            case "rate", int(rate):
                modem.see_rate(rate, now=now)
            case "caller", str(number):
                modem.hear_caller(Caller(number), now=now)
            case "power", float(seconds):
                modem._unit.power_up(deaf_until=now + seconds)
            case _:
                raise AssertionError(kind)

    def feed(self, data: bytes) -> None:
        size = self.piece or max(1, len(data))
        for start in range(0, len(data), size):
            self.modem.receive_data(data[start : start + size], now=self.now)

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while (due := self.modem.next_timer()) is not None and due <= end:
            assert due >= self.now, "a deadline lies in the past"
            self.now = due
            self.modem.handle_timer(now=due)
            after = self.modem.next_timer()
            assert after is None or after > due, "a timer that was handled is due again"
        self.now = end


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
