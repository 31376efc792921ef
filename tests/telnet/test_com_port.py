"""The access server's side of RFC 2217: every command, what it answers, and that junk does nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simisp.circuits import Circuit
from simisp.framing import Parity
from simisp.telnet.com_port import ComPortBreak, ComPortCircuit, ComPortServer, ComPortSettings, ComPortSignature


@pytest.fixture
def server() -> ComPortServer:
    return ComPortServer("simisp")


@pytest.mark.parametrize(
    ("command", "settings"),
    [
        (b"\x01\x00\x00\x04\xb0", ComPortSettings(speed=1200)),
        (b"\x01\x00\x01\xc2\x00", ComPortSettings(speed=115_200)),
        (b"\x02\x07", ComPortSettings(data_bits=7)),
        (b"\x03\x02", ComPortSettings(parity=Parity.ODD)),
        (b"\x03\x03", ComPortSettings(parity=Parity.EVEN)),
        (b"\x03\x04", ComPortSettings(parity=Parity.MARK)),
        (b"\x03\x05", ComPortSettings(parity=Parity.SPACE)),
        (b"\x04\x02", ComPortSettings(stop_bits=2.0)),
        (b"\x04\x03", ComPortSettings(stop_bits=1.5)),
        (b"\x05\x02", ComPortSettings(outbound_flow=2)),
        (b"\x05\x03", ComPortSettings(outbound_flow=3)),
        (b"\x05\x10", ComPortSettings(inbound_flow=16)),
    ],
)
def test_a_setting_is_reported_and_confirmed_and_not_reported_again(
    server: ComPortServer, command: bytes, settings: ComPortSettings
) -> None:
    answer = bytes((command[0] + 100,)) + command[1:]
    assert server.receive(command) == [settings, answer]
    assert server.receive(command) == [answer]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (b"\x01\x00\x00\x00\x00", b"\x65\x00\x00\x25\x80"),
        (b"\x02\x00", b"\x66\x08"),
        (b"\x03\x00", b"\x67\x01"),
        (b"\x04\x00", b"\x68\x01"),
        (b"\x05\x00", b"\x69\x01"),
        (b"\x05\x04", b"\x69\x06"),
        (b"\x05\x07", b"\x69\x08"),
        (b"\x05\x0a", b"\x69\x0b"),
        (b"\x05\x0d", b"\x69\x0e"),
        (b"\x00", b"\x64simisp"),
    ],
)
def test_a_question_is_answered_with_what_is_in_effect(server: ComPortServer, question: bytes, answer: bytes) -> None:
    assert server.receive(question) == [answer]


@pytest.mark.parametrize(
    ("impossible", "answer"),
    [
        (b"\x01\xff\xff\xff\xff", b"\x65\x00\x00\x25\x80"),
        (b"\x02\x09", b"\x66\x08"),
        (b"\x03\x09", b"\x67\x01"),
        (b"\x04\x09", b"\x68\x01"),
    ],
)
def test_a_setting_that_no_port_has_is_answered_with_the_one_that_stays(
    server: ComPortServer, impossible: bytes, answer: bytes
) -> None:
    assert server.receive(impossible) == [answer]
    assert server.settings == ComPortSettings()


def test_dtr_and_rts_are_reported_when_they_change(server: ComPortServer) -> None:
    assert server.receive(b"\x05\x08") == [b"\x69\x08"]
    assert server.receive(b"\x05\x09") == [ComPortCircuit(Circuit.DTR, False), b"\x69\x09"]
    assert server.receive(b"\x05\x0c") == [ComPortCircuit(Circuit.RTS, False), b"\x69\x0c"]
    assert server.receive(b"\x05\x07") == [b"\x69\x09"]
    assert server.receive(b"\x05\x0b") == [ComPortCircuit(Circuit.RTS, True), b"\x69\x0b"]


def test_a_break_is_reported_when_it_begins(server: ComPortServer) -> None:
    assert server.receive(b"\x05\x05") == [ComPortBreak(), b"\x69\x05"]
    assert server.receive(b"\x05\x05") == [b"\x69\x05"]
    assert server.receive(b"\x05\x06") == [b"\x69\x06"]
    assert server.receive(b"\x05\x05") == [ComPortBreak(), b"\x69\x05"]


def test_a_change_of_a_circuit_is_shown_with_its_state_and_what_changed(server: ComPortServer) -> None:
    assert server.set_circuit(Circuit.DSR, True) == b"\x6b\x22"
    assert server.set_circuit(Circuit.DSR, True) == b""
    assert server.set_circuit(Circuit.DCD, True) == b"\x6b\xa8"
    assert server.modem_state() == b"\x6b\xa0"


def test_the_ring_is_shown_in_the_state_and_its_end_as_a_trailing_edge(server: ComPortServer) -> None:
    assert server.set_circuit(Circuit.RI, True) == b"\x6b\x40"
    assert server.set_circuit(Circuit.RI, False) == b"\x6b\x04"


def test_a_mask_keeps_circuits_back(server: ComPortServer) -> None:
    server.set_circuit(Circuit.CTS, True)
    assert server.receive(b"\x0b\x88") == [b"\x6f\x88", b"\x6b\x00"]
    assert server.set_circuit(Circuit.DSR, True) == b""
    assert server.set_circuit(Circuit.DCD, True) == b"\x6b\x88"
    assert server.receive(b"\x0b\x00") == [b"\x6f\x00", b"\x6b\x00"]
    assert server.set_circuit(Circuit.DCD, False) == b""


def test_the_state_of_the_line_is_shown_as_far_as_it_is_asked_for(server: ComPortServer) -> None:
    assert server.receive(b"\x0a\x60") == [b"\x6e\x60", b"\x6a\x60"]
    assert server.receive(b"\x0a\x00") == [b"\x6e\x00"]


def test_a_client_suspends_and_resumes_the_line(server: ComPortServer) -> None:
    assert server.receive(b"\x08") == []
    assert server.suspended
    assert server.receive(b"\x09") == []
    assert not server.suspended


def test_a_purge_drops_what_waits_for_the_client_and_only_that(server: ComPortServer) -> None:
    assert server.receive(b"\x0c\x02") == [b"\x70\x02"]
    assert not server.take_purge()
    for which in (1, 3):
        assert server.receive(bytes((12, which))) == [bytes((112, which))]
        assert server.take_purge()
        assert not server.take_purge()


def test_a_client_that_names_itself_is_reported(server: ComPortServer) -> None:
    assert server.receive(b"\x00ttyd 1.0") == [ComPortSignature("ttyd 1.0")]
    assert server.receive(b"\x00" + b"\xff" * 400) == [ComPortSignature("\ufffd" * 80)]


@pytest.mark.parametrize(
    "junk", [b"", b"\x01", b"\x01\x00\x00", b"\x01" + b"\x00" * 9, b"\x02", b"\x02\x07\x07", b"\x05", b"\x05\xff",
             b"\x0a", b"\x0b", b"\x0c", b"\x0c\x00", b"\x0c\x09", b"\x06\xff", b"\x07\xff", b"\x0d", b"\xc8\x01"]
)  # fmt: skip
def test_what_is_no_command_does_nothing(server: ComPortServer, junk: bytes) -> None:
    assert server.receive(junk) == []
    assert server.settings == ComPortSettings()


@given(st.lists(st.binary(max_size=10), max_size=50))
def test_no_sub_option_raises(sub_options: list[bytes]) -> None:
    server = ComPortServer("simisp")
    for parameters in sub_options:
        server.receive(parameters)
    assert 1 <= server.settings.speed <= 4_000_000
    assert 5 <= server.settings.data_bits <= 8
