"""One dial attempt, as its modem and its owner see it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.circuits import Circuit
from simisp.facts.dial_up import PortState
from simisp.machine import Output, SendData, SetCircuit
from simisp.ras.dial import COMMAND_TRIES, DTR_OFF, LINK_WAIT, RESPONSE_WAIT, WORTH_REDIALLING, DialAttempt
from simisp.ras.error_codes import Cause
from simisp.ras.outputs import (
    AttemptEnded,
    LineUp,
    LinkRequested,
    OnGiveUp,
    RedialPending,
    ScriptAbandoned,
    ScriptEnd,
    ScriptEndRequested,
    ScriptRequested,
)
from simisp.ras.phonebook import Entry, PostConnectScript, Protocol
from simisp.ras.port import Port, PortChanged, PortHolder
from simisp.switchinf import PadCall

T = TypeVar("T")

DIALLER = PortHolder(7, "dial")
SCRIPT = PostConnectScript("ozemail.scp")
CONNECT = b"\r\nCONNECT 33600\r\n"


class Play:
    """An attempt with all that it has put out so far."""

    def __init__(self, *, on_give_up: OnGiveUp = OnGiveUp.ORPHAN, port: Port | None = None, **entry: Any) -> None:
        self.port = port or Port("COM1")
        self.attempt = DialAttempt(
            Entry("Home", entry.pop("number", "5551234"), **entry), self.port, DIALLER, on_give_up=on_give_up
        )
        self.outputs: list[Output] = []
        self.attempt.start(now=0.0)
        self.take()

    def take(self) -> list[Any]:
        taken = self.attempt.take_outputs()
        self.outputs += taken
        return taken

    def data(self, data: bytes, now: float) -> list[Any]:
        self.attempt.receive_data(data, now=now)
        return self.take()

    def timer(self, now: float) -> list[Any]:
        self.attempt.handle_timer(now=now)
        return self.take()

    def run_out(self) -> Play:
        """Let time pass until nothing is due."""
        while (due := self.attempt.next_timer()) is not None:
            self.timer(due)
        return self

    def connect(self) -> list[Output]:
        self.data(b"\r\nOK\r\n", 0.1)
        return self.data(CONNECT, 1.0)

    @property
    def sent(self) -> list[bytes]:
        return [output.data for output in self.outputs if isinstance(output, SendData)]

    def of(self, kind: type[T]) -> list[T]:
        return [output for output in self.outputs if isinstance(output, kind)]

    @property
    def end(self) -> AttemptEnded:
        (ended,) = self.of(AttemptEnded)
        assert self.outputs[-1] is ended
        assert self.attempt.over
        return ended


def test_it_initialises_then_dials() -> None:
    play = Play(init=("ATZ", "ATM0"), dial="ATDP", number="0,555")
    assert play.sent == [b"ATZ\r"]
    play.data(b"\r\nOK\r\n", 0.1)
    assert play.attempt.state is PortState.OPENING
    play.data(b"\r\nOK\r\n", 0.2)
    assert play.sent == [b"ATZ\r", b"ATM0\r", b"ATDP0,555\r"]
    assert play.attempt.state is PortState.DIALLING


def test_an_entry_without_initialisation_dials_at_once() -> None:
    assert Play(init=()).sent == [b"ATDT5551234\r"]


def test_dtr_goes_on_before_the_first_command_and_off_at_the_end() -> None:
    play = Play()
    assert [type(output) for output in play.outputs] == [PortChanged, SetCircuit, SendData]
    play.data(b"\r\nERROR\r\n", 0.5)
    play.run_out()
    assert play.of(SetCircuit) == [SetCircuit(Circuit.DTR, True), SetCircuit(Circuit.DTR, False)]


def test_the_port_is_given_back_before_the_end_is_told() -> None:
    play = Play()
    play.data(b"\r\nERROR\r\n", 0.5)
    play.timer(0.5 + DTR_OFF)
    assert isinstance(play.outputs[-2], PortChanged)
    assert play.outputs[-2].state is PortState.CLOSED
    assert play.end.cause is Cause.MODEM_ERROR


def test_a_port_in_use_is_633_with_its_holder_and_not_a_word_to_the_modem() -> None:
    port = Port("COM1")
    port.open(PortHolder(102, "script ozemail.scp"), now=0.0)
    play = Play(port=port)
    assert play.sent == []
    assert play.end == AttemptEnded(Cause.PORT_IN_USE, False, "held by pid 102 (script ozemail.scp)")
    assert play.attempt.next_timer() is None
    assert port.holders == (PortHolder(102, "script ozemail.scp"),)


def test_a_silent_modem_is_asked_again_and_then_given_up() -> None:
    play = Play()
    for attempt in range(1, COMMAND_TRIES):
        play.timer(attempt * RESPONSE_WAIT)
    assert play.sent == [b"ATZ\r"] * COMMAND_TRIES
    play.timer(COMMAND_TRIES * RESPONSE_WAIT)
    assert play.run_out().end.cause is Cause.MODEM_SILENT


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        (b"\r\nBUSY\r\n", Cause.BUSY),
        (b"\r\nNO ANSWER\r\n", Cause.NO_ANSWER),
        (b"\r\nNO CARRIER\r\n", Cause.NO_CARRIER),
        (b"\r\nNO DIALTONE\r\n", Cause.NO_DIAL_TONE),
        (b"\r\nVOICE\r\n", Cause.VOICE),
        (b"\r\nERROR\r\n", Cause.MODEM_ERROR),
    ],
)
def test_each_result_code_ends_the_attempt_with_its_error(line: bytes, cause: Cause) -> None:
    play = Play()
    play.data(b"\r\nOK\r\n", 0.1)
    play.data(line, 5.0)
    ended = play.run_out().end
    assert (ended.cause, ended.was_up) == (cause, False)


def test_a_modem_that_never_reports_is_no_answer() -> None:
    play = Play(answer_wait=45.0)
    play.data(b"\r\nOK\r\n", 0.1)
    play.data(b"\r\nRING\r\n", 5.0)
    assert play.attempt.next_timer() == 45.1
    play.timer(45.1)
    assert play.run_out().end.cause is Cause.NO_ANSWER


def test_connect_before_dialling_is_not_believed() -> None:
    play = Play()
    play.data(CONNECT, 0.1)
    assert play.attempt.state is PortState.OPENING


def test_the_script_starts_at_connect_with_what_came_after_it() -> None:
    play = Play(script=SCRIPT, user="alice")
    play.data(b"\r\nOK\r\n", 0.1)
    play.data(CONNECT + b"Service?", 1.0)
    assert play.of(ScriptRequested) == [ScriptRequested(SCRIPT, "alice", b"Service?")]
    assert play.attempt.state is PortState.SCRIPT_RUNNING
    assert play.attempt.next_timer() == 121.0


def test_after_the_script_comes_the_link_with_what_the_script_left() -> None:
    play = Play(script=SCRIPT)
    play.connect()
    play.attempt.script_ended(ScriptEnd.COMPLETED, now=9.0, unread=b"~\xff")
    play.take()
    assert play.of(LinkRequested) == [LinkRequested(Protocol.PPP, b"~\xff")]
    assert play.attempt.state is PortState.AUTHENTICATING
    play.attempt.link_up(now=10.0)
    play.take()
    assert play.of(LineUp) == [LineUp(33600)]
    assert play.attempt.state is PortState.CONNECTED
    assert play.attempt.next_timer() is None


def test_the_pad_is_called_before_the_script_and_the_patience_is_for_both() -> None:
    pad = PostConnectScript("pad.inf", "Packets", PadCall("3110"))
    play = Play(pad=pad, script=SCRIPT, patience=60.0)
    play.connect()
    play.attempt.script_ended(ScriptEnd.COMPLETED, now=50.0, unread=b"login:")
    play.take()
    first, second = play.of(ScriptRequested)
    assert (first.script, second.script, second.unread) == (pad, SCRIPT, b"login:")
    assert play.attempt.state is PortState.SCRIPT_RUNNING
    assert play.attempt.next_timer() == 61.0
    play.attempt.script_ended(ScriptEnd.COMPLETED, now=55.0)
    play.take()
    assert play.of(LinkRequested)


def test_a_pad_that_refuses_the_call_ends_the_attempt_before_the_script() -> None:
    play = Play(pad=PostConnectScript("pad.inf", "Packets", PadCall("3110")), script=SCRIPT)
    play.connect()
    play.attempt.script_ended(ScriptEnd.HALTED, now=2.0)
    play.take()
    assert len(play.of(ScriptRequested)) == 1
    assert play.run_out().end.cause is Cause.NEEDS_PRESENCE


def test_an_entry_without_a_protocol_is_connected_at_once() -> None:
    play = Play(protocol=Protocol.NONE)
    play.connect()
    assert play.of(LineUp) == [LineUp(33600)]


def test_without_a_script_the_link_gets_what_came_after_connect() -> None:
    play = Play(protocol=Protocol.SLIP)
    play.data(b"\r\nOK\r\n", 0.1)
    play.data(CONNECT + b"\xc0", 1.0)
    assert play.of(LinkRequested) == [LinkRequested(Protocol.SLIP, b"\xc0")]


@pytest.mark.parametrize(
    ("end", "cause"),
    [
        (ScriptEnd.HALTED, Cause.NEEDS_PRESENCE),
        (ScriptEnd.SYNTAX_ERROR, Cause.SCRIPT_SYNTAX),
        (ScriptEnd.CARRIER_LOST, Cause.CARRIER_LOST),
        (ScriptEnd.FAILED, Cause.DISCONNECTED),
    ],
)
def test_a_script_that_did_not_complete_ends_the_attempt(end: ScriptEnd, cause: Cause) -> None:
    play = Play(script=SCRIPT)
    play.connect()
    play.attempt.script_ended(end, now=9.0)
    ended = play.run_out().end
    assert ended.cause is cause
    assert play.of(ScriptAbandoned) == play.of(ScriptEndRequested) == []


def test_out_of_patience_the_script_is_left_running_and_keeps_the_port() -> None:
    play = Play(script=SCRIPT, patience=60.0)
    play.connect()
    script = PortHolder(8, "script")
    play.port.join(script, now=1.0)
    play.timer(61.0)
    assert play.of(ScriptAbandoned) == [ScriptAbandoned()]
    assert play.run_out().end.cause is Cause.OUT_OF_PATIENCE
    assert play.port.state is PortState.LOCKED
    assert play.port.holders == (script,)


def test_out_of_patience_the_script_is_ended_when_that_was_asked_for() -> None:
    play = Play(script=SCRIPT, patience=60.0, on_give_up=OnGiveUp.END)
    play.connect()
    play.timer(61.0)
    assert play.of(ScriptEndRequested) == [ScriptEndRequested()]
    assert play.of(ScriptAbandoned) == []


def test_endless_patience_has_no_deadline() -> None:
    play = Play(script=SCRIPT, patience=None)
    play.connect()
    assert play.attempt.next_timer() is None


def test_a_script_that_ends_after_it_was_given_up_changes_nothing() -> None:
    play = Play(script=SCRIPT, patience=60.0)
    play.connect()
    play.timer(61.0)
    play.attempt.script_ended(ScriptEnd.COMPLETED, now=61.5)
    assert play.attempt.state is PortState.DISCONNECTING
    assert play.run_out().end.cause is Cause.OUT_OF_PATIENCE


@pytest.mark.parametrize("cause", [Cause.PPP_NO_RESPONSE, Cause.AUTHENTICATION_FAILED, Cause.PPP_NO_PROTOCOL])
def test_a_link_that_fails_ends_the_attempt_with_its_cause(cause: Cause) -> None:
    play = Play()
    play.connect()
    play.attempt.link_failed(cause, now=31.0)
    assert play.run_out().end == AttemptEnded(cause, False)


def test_a_link_that_nobody_reports_on_is_given_up() -> None:
    play = Play()
    play.connect()
    assert play.attempt.next_timer() == 1.0 + LINK_WAIT
    assert play.run_out().end.cause is Cause.PPP_NO_RESPONSE


@pytest.mark.parametrize("stage", ["script", "link", "up"])
def test_a_lost_carrier_ends_the_call_at_every_stage(stage: str) -> None:
    play = Play(script=SCRIPT)
    play.attempt.set_circuit(Circuit.DCD, True, now=0.9)
    play.connect()
    if stage != "script":
        play.attempt.script_ended(ScriptEnd.COMPLETED, now=2.0)
    if stage == "up":
        play.attempt.link_up(now=3.0)
    play.attempt.set_circuit(Circuit.DCD, False, now=4.0)
    ended = play.run_out().end
    assert (ended.cause, ended.was_up) == (Cause.CARRIER_LOST, stage == "up")


def test_a_carrier_that_was_never_on_is_not_lost() -> None:
    play = Play(protocol=Protocol.NONE)
    play.connect()
    play.attempt.set_circuit(Circuit.DCD, False, now=2.0)
    assert play.attempt.state is PortState.CONNECTED


def test_without_circuits_the_modem_s_words_tell_of_the_lost_carrier() -> None:
    play = Play(protocol=Protocol.NONE)
    play.connect()
    play.data(b"data\r\nNO CAR", 2.0)
    play.data(b"RIER\r\n", 2.1)
    assert play.run_out().end == AttemptEnded(Cause.CARRIER_LOST, True)


def test_a_modem_that_is_switched_off_is_a_hardware_failure() -> None:
    play = Play()
    play.attempt.set_circuit(Circuit.DSR, False, now=1.0)
    assert play.run_out().end.cause is Cause.HARDWARE_FAILED


def test_an_idle_call_is_ended_and_octets_keep_it_up() -> None:
    play = Play(protocol=Protocol.NONE, idle_hang_up=60.0)
    play.connect()
    play.data(b"x", 50.0)
    assert play.attempt.next_timer() == 110.0
    play.timer(110.0)
    assert play.run_out().end == AttemptEnded(Cause.IDLE, True)


def test_hanging_up_ends_a_call_that_is_up() -> None:
    play = Play(protocol=Protocol.NONE)
    play.connect()
    play.attempt.hang_up(now=5.0)
    assert play.attempt.state is PortState.DISCONNECTING
    assert play.run_out().end == AttemptEnded(Cause.HUNG_UP, True)


def test_hanging_up_twice_is_hanging_up_once() -> None:
    play = Play()
    play.attempt.hang_up(now=1.0)
    play.attempt.hang_up(now=1.5)
    assert play.run_out().end.cause is Cause.HUNG_UP
    play.attempt.hang_up(now=9.0)
    assert play.take() == []


def test_hanging_up_while_the_script_runs_leaves_it_running() -> None:
    play = Play(script=SCRIPT)
    play.connect()
    play.attempt.hang_up(now=5.0)
    play.run_out()
    assert play.of(ScriptAbandoned) == [ScriptAbandoned()]


def test_a_busy_number_is_dialled_again_after_the_pause_and_the_port_is_free_meanwhile() -> None:
    play = Play(init=(), redials=1, redial_pause=30.0, alternatives=("5554321",))
    play.data(b"\r\nBUSY\r\n", 2.0)
    play.timer(3.0)
    assert play.of(RedialPending) == [RedialPending(Cause.BUSY, 33.0)]
    assert play.port.state is PortState.CLOSED
    play.timer(33.0)
    play.data(b"\r\nBUSY\r\n", 35.0)
    assert play.run_out().end.cause is Cause.BUSY
    assert play.sent == [b"ATDT5551234\r", b"ATDT5554321\r"]


def test_a_port_that_was_taken_during_the_pause_ends_the_redialling() -> None:
    play = Play(init=(), redials=5, redial_pause=30.0)
    play.data(b"\r\nBUSY\r\n", 2.0)
    play.timer(3.0)
    play.port.open(PortHolder(9, "minicom"), now=10.0)
    play.timer(33.0)
    assert play.end == AttemptEnded(Cause.PORT_IN_USE, False, "held by pid 9 (minicom)")


def test_hanging_up_during_the_pause_ends_the_redialling() -> None:
    play = Play(init=(), redials=5, redial_pause=30.0)
    play.data(b"\r\nBUSY\r\n", 2.0)
    play.timer(3.0)
    play.attempt.hang_up(now=4.0)
    play.take()
    assert play.end.cause is Cause.HUNG_UP
    assert play.attempt.next_timer() is None


def test_a_call_that_was_up_is_not_dialled_again() -> None:
    play = Play(protocol=Protocol.NONE, redials=5)
    play.connect()
    play.data(b"\r\nNO CARRIER\r\n", 9.0)
    assert play.run_out().end.was_up


def test_what_will_not_have_passed_is_not_dialled_again() -> None:
    for cause in (Cause.PORT_IN_USE, Cause.SCRIPT_SYNTAX, Cause.AUTHENTICATION_FAILED, Cause.MODEM_ERROR):
        assert cause not in WORTH_REDIALLING
    play = Play(redials=5)
    play.data(b"\r\nERROR\r\n", 1.0)
    assert play.run_out().end.cause is Cause.MODEM_ERROR


def test_a_timer_that_comes_early_does_nothing() -> None:
    play = Play(script=SCRIPT)
    play.connect()
    assert play.timer(120.999) == []


def events(outputs: Sequence[Output]) -> list[Output | SendData | SetCircuit]:
    """What does not depend on how the octets were cut."""
    return [output for output in outputs if not isinstance(output, PortChanged)]


@given(
    st.lists(
        st.sampled_from([b"\r\nOK\r\n", CONNECT, b"\r\nBUSY\r\n", b"\r\nNO CARRIER\r\n", b"0\r", b"\xff", b"\r\n"]),
        max_size=8,
    ),
    st.data(),
)
@settings(max_examples=60)
def test_cutting_the_octets_changes_nothing(pieces: Sequence[bytes], data: st.DataObject) -> None:
    octets = b"".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(octets)), max_size=4)))
    whole, cut = Play(protocol=Protocol.NONE), Play(protocol=Protocol.NONE)
    whole.data(octets, 1.0)
    for start, end in pairwise([0, *cuts, len(octets)]):
        cut.data(octets[start:end], 1.0)
    assert events(cut.outputs) == events(whole.outputs)
    assert cut.port.history == whole.port.history


@given(st.lists(st.tuples(st.floats(0, 100), st.binary(max_size=20)), max_size=20))
@settings(max_examples=60)
def test_no_octets_raise_and_every_attempt_ends(arrivals: Sequence[tuple[float, bytes]]) -> None:
    play = Play(script=SCRIPT, redials=2)
    now = 0.0
    for pause, octets in arrivals:
        now += pause
        play.data(octets, now)
    play.run_out()
    assert play.attempt.over
    assert play.port.holders == ()
