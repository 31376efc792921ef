from __future__ import annotations

import pytest

from modem.dte_play import Play, acts, notes, relayed, sent
from simisp.circuits import Circuit
from simisp.machine import SendData, SetCircuit
from simisp.modem import HangUpReason, HungUp, ModemConfig, ModemState
from simisp.modem.call_control import HELD_OCTETS

OK = b"\r\nOK\r\n"
NO_CARRIER = b"\r\nNO CARRIER\r\n"


def online(**registers: int) -> Play:
    """Return a play two silent seconds into a call; registers as s2=43."""
    play = Play(ModemConfig(settings={"E": 0}, registers={int(name[1:]): value for name, value in registers.items()}))
    play.calls()
    return play


def test_three_plus_signs_amid_silence_lead_to_the_online_command_state() -> None:
    play = online()
    assert relayed(play.types("+++")) == b"+++", "the far end gets them, too"
    assert sent(play.waits(0.999)) == b""
    assert sent(play.waits(0.001)) == OK
    assert play.state() is ModemState.ONLINE_COMMAND


def test_the_silence_before_must_be_whole() -> None:
    play = online()
    play.types("x")
    play.waits(0.999)
    play.types("+++")
    assert sent(play.waits(10.0)) == b""


def test_the_silence_before_is_whole_at_the_very_guard_time() -> None:
    play = online()
    play.types("x")
    play.waits(1.0)
    play.types("+++")
    assert sent(play.waits(10.0)) == OK


def test_an_octet_before_the_end_of_the_silence_after_is_data() -> None:
    play = online()
    play.types("+++")
    play.waits(0.999)
    assert relayed(play.types("x")) == b"x"
    assert sent(play.waits(10.0)) == b""


def test_an_octet_at_the_end_of_the_silence_after_is_a_command() -> None:
    play = online()
    play.types("+++")
    play.now += 1.0  # nobody called on the timer
    outputs = play.types("AT\r")
    assert relayed(outputs) == b""
    assert sent(outputs) == OK + OK


def test_the_three_may_come_one_by_one_within_the_guard_time() -> None:
    play = online()
    for _ in range(3):
        play.types("+")
        play.waits(0.999)
    assert sent(play.waits(0.001)) == OK


def test_one_that_comes_too_late_is_the_first_of_a_new_sequence() -> None:
    play = online()
    play.types("++")
    play.waits(1.0)
    play.types("+")
    assert sent(play.waits(0.5)) == b""
    play.types("++")
    assert sent(play.waits(1.0)) == OK


@pytest.mark.parametrize("data", ["++++", "+", "++", "++x", "+++ATH\r", "x+++", "+++\r"])
def test_anything_else_is_data(data: str) -> None:
    play = online()
    assert relayed(play.types(data)) == data.encode()
    assert sent(play.waits(10.0)) == b""


def test_a_fourth_that_comes_later_spoils_the_three() -> None:
    play = online()
    play.types("+++")
    play.waits(0.5)
    play.types("+")
    assert sent(play.waits(10.0)) == b""


def test_s12_is_the_guard_time_in_fiftieths_of_a_second() -> None:
    play = online(s12=20)
    play.types("+++")
    assert sent(play.waits(0.399)) == b""
    assert sent(play.waits(0.001)) == OK


def test_s2_is_the_escape_octet() -> None:
    play = online(s2=ord("^"))
    play.types("+++")
    assert sent(play.waits(5.0)) == b""
    play.types("^^^")
    assert sent(play.waits(5.0)) == OK


@pytest.mark.parametrize("s2", [128, 255])
def test_s2_above_127_forbids_the_escape(s2: int) -> None:
    play = online(s2=s2)
    play.types(bytes([s2]) * 3)
    play.waits(5.0)
    play.types(bytes([s2 & 127]) * 3)
    assert sent(play.waits(5.0)) == b""


def test_the_parity_bit_does_not_hide_the_escape() -> None:
    play = online()
    play.types(b"\xab\xab\xab")
    assert sent(play.waits(1.0)) == OK


def test_the_silence_counts_from_the_command_line_that_resumed() -> None:
    play = online()
    play.types("+++")
    play.waits(1.0)
    play.types("ATO\r+++")
    assert sent(play.waits(10.0)) == b""


@pytest.mark.parametrize(
    ("chunks", "data"),
    [
        (["+++"], b"+++"),
        (["+", "+", "+"], b"+++"),
        (["x++", "+"], b"x+++"),
        (["x+", "++"], b"x+++"),
        (["x+", "+", "+"], b"x+++"),
        (["++x+", "++"], b"++x+++"),
        (["++", "x+++"], b"++x+++"),
        (["text+++"], b"text+++"),
    ],
)
def test_without_a_guard_time_three_in_a_row_are_enough(chunks: list[str], data: bytes) -> None:
    play = online(s12=0)
    outputs = [output for chunk in chunks for output in play.types(chunk)]
    assert relayed(outputs) == data
    assert sent(outputs) == OK
    assert play.modem.next_timer() is None


def test_without_a_guard_time_commands_may_follow_at_once() -> None:
    play = online(s12=0)
    outputs = play.types("bye+++ATH\rATI9\r")
    assert relayed(outputs) == b"bye+++"
    assert sent(outputs) == OK + OK + OK
    assert HungUp(HangUpReason.COMMAND) in outputs


@pytest.mark.parametrize("data", ["++", "++x", "+ + +"])
def test_without_a_guard_time_fewer_are_not_enough(data: str) -> None:
    assert sent(online(s12=0).types(data)) == b""


def test_ato_goes_back_and_data_flow_again() -> None:
    play = online()
    play.types("+++")
    play.waits(1.0)
    assert play.runs("O") == b"\r\nCONNECT 33600\r\n"
    assert play.state() is ModemState.ONLINE_DATA
    assert relayed(play.types("ls\r")) == b"ls\r"


def test_ato_without_a_call_is_no_carrier() -> None:
    assert Play().runs("O") == NO_CARRIER


def test_ath_hangs_up_and_dcd_goes_off_before_ok() -> None:
    play = online()
    play.types("+++")
    play.waits(1.0)
    assert acts(play.types("ATH\r")) == [
        SetCircuit(Circuit.DCD, False),
        HungUp(HangUpReason.COMMAND),
        SendData(OK),
    ]
    assert play.state() is ModemState.COMMAND


def test_what_comes_meanwhile_is_held_and_keeps_its_secrets() -> None:
    play = online()
    play.types("+++")
    play.waits(1.0)
    assert play.hears(b"Password: ") == []
    assert play.hears(b"wonderland", secret=True) == []
    assert acts(play.types("ATO\r")) == [
        SendData(b"\r\nCONNECT 33600\r\n"),
        SendData(b"Password: wonderland", ((10, 20),), relayed=True),
    ]


def test_what_is_held_is_bounded_and_the_loss_is_noted() -> None:
    play = online()
    play.types("+++")
    play.waits(1.0)
    assert play.hears(b"x" * (HELD_OCTETS - 1)) == []
    assert notes(play.hears(b"abc"), "octets lost") == [{"count": 2, "why": "online command state"}]
    assert notes(play.hears(b"d"), "octets lost") == [{"count": 1, "why": "online command state"}]
    assert sent(play.types("ATO\r")).endswith(b"xxa")
    play.types("+")
    assert sent(play.hears(b"new")) == b"new"


def test_what_was_held_dies_with_the_call() -> None:
    play = online()
    play.types("+++")
    play.waits(1.0)
    play.hears(b"old")
    play.runs("H")
    play.runs("DT1")
    assert sent(play.connects()) == b"\r\nCONNECT 33600\r\n"
    assert play.hears(b"") == [SendData(b"", relayed=True)]


def test_a_carrier_lost_in_the_online_command_state_is_no_carrier() -> None:
    play = online()
    play.types("+++")
    play.waits(1.0)
    play.modem.lose_carrier(now=play.now)
    assert sent(play.modem.take_outputs()) == NO_CARRIER
    assert play.runs("O") == NO_CARRIER


def test_an_escape_under_way_does_not_outlive_its_call() -> None:
    play = online(s0=1)
    play.types("+++")
    play.modem.lose_carrier(now=play.now)
    play.rings()
    play.connects()
    assert sent(play.waits(10.0)) == b"", "no OK"
    assert play.state() is ModemState.ONLINE_DATA


def test_an_escape_falls_due_in_vain_when_the_call_is_over() -> None:
    play = online()
    play.types("+++")
    play.modem.lose_carrier(now=play.now)
    play.modem.take_outputs()
    assert play.waits(10.0) == []
    assert play.modem.next_timer() is None


def test_a_modem_that_has_a_call_neither_dials_nor_answers_another() -> None:
    play = online()
    play.types("+++")
    play.waits(1.0)
    assert play.runs("DT2") == b"\r\nERROR\r\n"
    assert play.runs("A") == b"\r\nERROR\r\n"
    assert play.runs("O") == b"\r\nCONNECT 33600\r\n"
