"""A modem whose line becomes a multiplexer: each channel is a line of it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from simisp.circuits import Circuit
from simisp.cmux.conduct import MuxConduct
from simisp.cmux.config import MultiplexerConfig
from simisp.cmux.multiplexer import MOST_HELD, Multiplexer
from simisp.cmux.signals import V24Signals
from simisp.facts.cmux import MultiplexerEnded
from simisp.facts.line import CallAnswered, CallEnded
from simisp.isp.steps import DialogueProgram, ReadLine, Send
from simisp.line.multiplexed import MultiplexedConfig, MultiplexedSession, MuxSetup
from simisp.line.session_config import Isp, SessionConfig
from simisp.machine import Received
from simisp.modem.answers import CommandAnswer, DialOut
from simisp.modem.command_row import CommandRow
from simisp.modem.subsystem import ResetKind
from simisp.modem.unit import Unit
from support.mux_terminal import MuxTerminal
from support.two_muxes import MuxSide

LOGIN = DialogueProgram((Send("login: ", own_line=True), ReadLine("login: ", again=0, otherwise=2), Send("hello\r\n")))


class Ticking:
    """A subsystem that sends +TICK to every unit once a second."""

    rows: Mapping[str, CommandRow] = {}

    announces = ()

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self.due = 1000.0

    def attach(self, unit: Unit) -> None:
        self.units.append(unit)

    def detach(self, unit: Unit) -> None:
        self.units = [each for each in self.units if each is not unit]

    def next_timer(self) -> float | None:
        return self.due

    def handle_timer(self, unit: Unit, now: float) -> None:
        self.due = now + 1.0
        for each in self.units:
            each.send_unsolicited("+TICK")

    def dial(self, unit: Unit, string: str, now: float) -> CommandAnswer:
        return DialOut(string)

    def reset(self, unit: Unit, kind: ResetKind) -> None:
        pass


class MuxClient(MuxTerminal):
    """A client in CMUX at the port of a modem whose subsystem ticks."""

    def __init__(self, setup: MuxSetup | None = None, *, advanced: bool = False) -> None:
        self.ticking = Ticking()
        config = SessionConfig(isp=Isp((LOGIN,)), subsystem=lambda: self.ticking)
        session = MultiplexedSession(MultiplexedConfig(config, setup or MuxSetup()))
        super().__init__(session, advanced=advanced)
        self.session: MultiplexedSession = session


@pytest.mark.parametrize("advanced", [False, True])
def test_each_channel_has_an_interpreter_with_settings_of_its_own(advanced: bool) -> None:
    client = MuxClient(advanced=advanced).begin(1, 2)
    assert client.say(1, b"ATE0V0\r") == b"ATE0V0\r0\r"
    assert client.say(2, b"AT\r") == b"AT\r\r\nOK\r\n"
    assert client.say(1, b"AT\r") == b"0\r"


def test_a_command_line_may_come_in_pieces_on_several_channels_at_once() -> None:
    client = MuxClient().begin(1, 2)
    client.say(1, b"AT")
    client.say(2, b"ATE")
    assert client.say(1, b"\r") == b"\r\r\nOK\r\n"
    assert client.say(2, b"0\r") == b"0\r\r\nOK\r\n"


def test_a_data_call_on_a_channel_reaches_the_far_end_and_the_other_channel_takes_commands_meanwhile() -> None:
    client = MuxClient().begin(1, 2)
    client.say(1, b"ATDT5551234\r")
    client.wait(1.0)
    assert client.heard(1).endswith(b"\r\nCONNECT 33600\r\n\r\nlogin: ")
    assert client.side.signals[1].carrier
    assert not client.side.signals[2].carrier
    assert b"OK" in client.say(2, b"AT\r")
    assert client.say(1, b"alice\r").endswith(b"hello\r\n")
    assert client.recorded(CallAnswered) == [("dlci 1", CallAnswered(1, ""))]
    assert client.session.calls == 1
    assert client.session.present_far_end is not None


def test_calls_are_counted_over_all_channels() -> None:
    client = MuxClient().begin(1, 2)
    for dlci in (1, 2):
        client.say(dlci, b"ATDT5551234\r")
        client.wait(1.0)
    assert [answered for _, answered in client.recorded(CallAnswered)] == [
        CallAnswered(1, ""), CallAnswered(2, ""),
    ]  # fmt: skip
    for dlci in (1, 2):
        client.side.mux.close(dlci, now=client.now)
        client.settle()
    assert client.recorded(CallEnded) == [("dlci 1", CallEnded(1, "client")), ("dlci 2", CallEnded(2, "client"))]


def test_dtr_of_a_channel_comes_by_msc_and_ends_its_call() -> None:
    client = MuxClient().begin(1)
    client.say(1, b"ATDT5551234\r")
    client.wait(1.0)
    client.side.mux.set_signals(1, V24Signals(ready=False), now=client.now)
    client.settle()
    client.wait(1.0)
    assert not client.side.signals[1].carrier
    assert client.heard(1).endswith(b"NO CARRIER\r\n")


def test_a_channel_that_is_taken_down_ends_its_call_and_is_forgotten_by_the_subsystem() -> None:
    client = MuxClient().begin(1, 2)
    client.say(1, b"ATDT5551234\r")
    client.wait(1.0)
    before = len(client.ticking.units)
    client.side.mux.close(1, now=client.now)
    client.settle()
    assert client.recorded(CallEnded) == [("dlci 1", CallEnded(1, "client"))]
    assert len(client.ticking.units) == before - 1


def test_unsolicited_results_go_to_the_channels_and_not_between_the_frames() -> None:
    client = MuxClient().begin(1, 2)
    client.ticking.due = 5.0
    client.wait(5.0)
    assert client.heard(1) == client.heard(2) == b"\r\n+TICK\r\n"
    assert client.plain.endswith(b"OK\r\n")
    client.side.mux.close_down(now=client.now)
    client.settle()
    client.wait(1.0)
    assert client.plain.endswith(b"\r\n+TICK\r\n")


@pytest.mark.parametrize("end", ["cld", "disc"])
def test_the_line_takes_at_commands_again_behind_the_end_of_the_multiplexer(end: str) -> None:
    client = MuxClient().begin(1)
    if end == "cld":
        client.side.mux.close_down(now=0.0)
    else:
        client.side.mux.close(0, now=0.0)
    client.settle()
    assert client.say_plainly(b"AT\r") == b"AT\r\r\nOK\r\n"
    client.side = MuxSide(Multiplexer(MultiplexerConfig(initiator=True, frame_size=64)))
    assert client.begin(1).say(1, b"AT\r").endswith(b"OK\r\n")


def test_dtr_of_the_port_ends_the_multiplexer_and_every_call() -> None:
    client = MuxClient().begin(1)
    client.say(1, b"ATDT5551234\r")
    client.wait(1.0)
    client.session.set_circuit(Circuit.DTR, False, now=client.now)
    client.settle()
    client.session.set_circuit(Circuit.DTR, True, now=client.now)
    assert [line for line, _ in client.recorded(CallEnded)] == ["dlci 1"]
    assert client.say_plainly(b"AT\r") == b"AT\r\r\nOK\r\n"


def test_a_modem_that_starts_anew_says_so_as_an_at_modem_while_the_client_still_sends_frames() -> None:
    client = MuxClient(MuxSetup(restarts_after=3.0)).begin(1)
    client.wait(3.0)
    assert client.plain.endswith(b"\r\nRDY\r\n")
    assert [end for _, end in client.recorded(MultiplexerEnded)] == [MultiplexerEnded("the modem has started anew")]
    assert client.say(1, b"AT\r") == b""
    assert b"OK" in client.say_plainly(b"\rAT\r")


def test_a_channel_that_the_modem_does_not_have_is_refused() -> None:
    client = MuxClient(MuxSetup(dlcis=frozenset({1}))).begin(1, 2)
    assert client.side.downs == [(2, "refused")]


def test_octets_of_channels_are_recorded_and_frames_are_not() -> None:
    client = MuxClient().begin(1)
    client.say(1, b"AT\r")
    sent = [(line, octets.data) for line, octets in client.recorded(Received) if isinstance(octets, Received)]
    assert sent == [("", b"AT+CMUX=0,0,5,64\r"), ("dlci 1", b"AT\r")]


def test_no_channel_becomes_a_multiplexer() -> None:
    assert b"ERROR" in MuxClient().begin(1).say(1, b"AT+CMUX=0\r")


def test_commands_and_frames_may_come_in_one_piece() -> None:
    client = MuxClient()
    client.side.mux.open(0, now=0.0)
    client.side.settle()
    data = b"AT+CMUX=0,0,5,64\r" + bytes(client.side.to_peer)
    client.side.to_peer.clear()
    client.say_plainly(data)
    assert client.side.mux.is_up(0)


def test_junk_in_the_multiplexer_raises_nothing_and_does_not_end_it() -> None:
    client = MuxClient().begin(1)
    client.session.receive_data(bytes(range(256)) * 20, now=client.now)
    client.settle()
    for _ in range(3):
        reply = client.say(1, b"AT\r")
    assert reply.endswith(b"OK\r\n")


def test_what_the_client_does_not_take_is_bounded() -> None:
    client = MuxClient(MuxSetup(conduct=MuxConduct())).begin(1)
    client.side.mux.set_signals(1, V24Signals(stopped=True), now=0.0)
    client.settle()
    for _ in range(200):
        client.say(1, b"AT&V\r" * 20)
    assert client.session._mux is not None
    assert client.session._mux.held < MOST_HELD
