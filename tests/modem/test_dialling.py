from __future__ import annotations

import pytest

from modem.dte_play import Play, acts, notes, relayed, sent
from simisp.circuits import Circuit
from simisp.machine import SendData, SetCircuit
from simisp.modem import (
    CallFailure,
    DialRequested,
    HangUpReason,
    HungUp,
    ModemConfig,
    ModemState,
)
from simisp.modem.call_control import LONGEST_NUMBER
from simisp.modem.dial_string import DialString, parse_dial_string

NO_CARRIER = SendData(b"\r\nNO CARRIER\r\n")


@pytest.mark.parametrize(
    ("text", "dialled"),
    [
        ("", DialString("")),
        ("5551234", DialString("5551234")),
        ("T5551234", DialString("5551234")),
        ("P5551234", DialString("5551234", tone=False)),
        ("P9T5551234", DialString("95551234", tone=True)),
        ("T(02) 555-12.34", DialString("025551234")),
        ("*99#", DialString("*99#")),
        ("TABCD", DialString("ABCD")),
        ("9,,5", DialString("95", pauses=2)),
        ("9W5", DialString("95", waits_for_dial_tone=True)),
        ("5@", DialString("5", quiet_answer=True)),
        ("!5", DialString("5")),
        ("5;", DialString("5", stays_in_command=True)),
        ("+4930$X", DialString("4930")),
    ],
)
def test_a_dial_string_is_digits_and_modifiers(text: str, dialled: DialString) -> None:
    assert parse_dial_string(text) == dialled


def test_a_call_in_full() -> None:
    play = Play(ModemConfig())
    assert acts(play.types("ATDT555-1234\r")) == [SendData(b"ATDT555-1234\r"), DialRequested("5551234")]
    play.waits(5.0)
    assert acts(play.connects()) == [SetCircuit(Circuit.DCD, True), SendData(b"\r\nCONNECT 33600\r\n")]
    assert play.state() is ModemState.ONLINE_DATA
    assert acts(play.hears(b"login: ")) == [SendData(b"login: ", relayed=True)]
    assert relayed(play.types("alice\r")) == b"alice\r"
    play.modem.lose_carrier(now=play.now)
    assert acts(play.modem.take_outputs()) == [
        SetCircuit(Circuit.DCD, False),
        HungUp(HangUpReason.CARRIER_LOST),
        NO_CARRIER,
    ]
    assert play.state() is ModemState.COMMAND


def test_the_states_of_a_call_are_noted() -> None:
    play = Play()
    seen = play.types("ATDT1\r") + play.connects()
    assert [note["state"] for note in notes(seen, "modem state")] == ["dialling", "online data"]


def test_a_dial_command_is_noted_without_a_result_and_its_result_when_it_comes() -> None:
    play = Play()
    assert notes(play.types("ATDT1\r"), "command") == [{"line": "ATDT1", "result": None}]
    assert notes(play.connects(2400), "result code") == [{"code": "CONNECT", "rate": 2400}]


def test_s7_ends_the_wait_for_a_carrier_to_the_moment() -> None:
    play = Play()
    play.now = 1.0
    play.runs("S7=60DT1")
    assert play.modem.next_timer() == 61.0
    assert acts(play.waits(59.999)) == []
    assert acts(play.waits(0.001)) == [HungUp(HangUpReason.CARRIER_WAIT), NO_CARRIER]
    assert play.state() is ModemState.COMMAND
    assert play.modem.next_timer() is None


@pytest.mark.parametrize(("level", "words"), [(2, b"NO CARRIER"), (3, b"NO ANSWER"), (4, b"NO ANSWER")])
def test_a_call_that_rings_on_is_no_answer_when_the_modem_listens(level: int, words: bytes) -> None:
    play = Play()
    play.runs(f"X{level}DTW1")
    play.modem.hear_ring_back(now=play.now)
    assert sent(play.waits(50.0)) == b"\r\n" + words + b"\r\n"


def test_ring_back_of_one_call_does_not_count_for_the_next() -> None:
    play = Play()
    play.runs("DT1")
    play.modem.hear_ring_back(now=play.now)
    play.waits(50.0)
    play.runs("DT1")
    assert sent(play.waits(50.0)) == b"\r\nNO CARRIER\r\n"


def test_quiet_answer_that_never_comes_is_no_answer() -> None:
    play = Play()
    assert DialRequested("1", quiet_answer=True) in play.types("ATX0DTW1@\r")
    assert sent(play.waits(50.0)) == b"\r\nNO ANSWER\r\n"


def test_with_dial_tone_dialling_takes_no_time() -> None:
    assert DialRequested("5551234") in Play().types("ATDT5551234\r")


@pytest.mark.parametrize("level", [0, 1, 3])
def test_blind_dialling_waits_s6(level: int) -> None:
    play = Play()
    assert acts(play.types(f"ATX{level}S6=4DT1\r")) == []
    assert acts(play.waits(3.999)) == []
    assert acts(play.waits(0.001)) == [DialRequested("1")]
    assert play.modem.next_timer() == 54.0


def test_each_comma_costs_s8_before_the_number_goes_out() -> None:
    play = Play()
    assert acts(play.types("ATS8=3DT9,,5\r")) == []
    assert acts(play.waits(5.999)) == []
    assert acts(play.waits(0.001)) == [DialRequested("95")]


def test_a_comma_costs_nothing_when_s8_is_0() -> None:
    assert DialRequested("95") in Play().types("ATS8=0DT9,5\r")


def test_semicolon_returns_to_the_command_state_and_the_line_goes_on() -> None:
    play = Play()
    outputs = play.types("ATDT9;S7?\r")
    assert DialRequested("9", stays_in_command=True) in outputs
    assert sent(outputs) == b"\r\n050\r\n\r\nOK\r\n"
    assert play.state() is ModemState.COMMAND
    assert play.modem.next_timer() is None


def test_digits_after_a_semicolon_add_to_the_number_and_need_no_second_wait() -> None:
    play = Play()
    play.runs("X0DT9;")
    assert sent(play.waits(2.0)) == b"\r\nOK\r\n"
    assert acts(play.types("ATDT555\r")) == [DialRequested("9555")]
    assert sent(play.connects()) == b"\r\nCONNECT\r\n"


def test_two_dial_commands_stand_on_one_line() -> None:
    requests = [output for output in Play().types("ATDT9;DP555\r") if isinstance(output, DialRequested)]
    assert requests == [DialRequested("9", stays_in_command=True), DialRequested("9555", tone=False)]


def test_a_line_waits_for_the_pauses_of_its_dial_command() -> None:
    play = Play()
    assert acts(play.types("ATDT9,;S8?\r")) == []
    assert acts(play.waits(2.0)) == [
        DialRequested("9", stays_in_command=True),
        SendData(b"\r\n002\r\n\r\nOK\r\n"),
    ]


def test_hang_up_after_a_semicolon_releases_the_line() -> None:
    play = Play()
    play.runs("DT9;")
    assert acts(play.types("ATH\r")) == [HungUp(HangUpReason.COMMAND), SendData(b"\r\nOK\r\n")]
    assert acts(play.types("ATDT5\r")) == [DialRequested("5")]


def test_nothing_connects_a_call_that_stays_in_the_command_state() -> None:
    play = Play()
    play.runs("DT9;")
    assert play.connects() == []


def test_a_number_dialled_in_pieces_without_end_stays_bounded() -> None:
    play = Play()
    for _ in range(3):
        outputs = play.types(f"ATDT{'5' * 1000};\r")
    (request,) = (output for output in outputs if isinstance(output, DialRequested))
    assert request.number == "5" * LONGEST_NUMBER


def test_p_and_t_alone_choose_how_dial_strings_without_them_dial() -> None:
    play = Play()
    assert play.runs("P") == b"\r\nOK\r\n"
    assert DialRequested("1", tone=False) in play.types("ATD1\r")
    play.types("x")
    play.now += 1.0
    play.types("x")
    assert play.runs("T") == b"\r\nOK\r\n"
    assert DialRequested("1", tone=True) in play.types("ATD1\r")


def test_the_octets_within_125_ms_of_the_command_line_do_not_abort() -> None:
    play = Play()
    assert acts(play.types("ATDT1\r\n")) == [DialRequested("1")]
    play.waits(0.1249)
    assert play.types("more") == []
    assert play.state() is ModemState.DIALLING


def test_any_octet_from_125_ms_on_aborts() -> None:
    play = Play()
    play.types("ATDT1\r")
    play.waits(0.125)
    assert acts(play.types("\0")) == [HungUp(HangUpReason.ABORTED), NO_CARRIER]
    assert play.state() is ModemState.COMMAND


def test_what_follows_the_aborting_octet_is_a_command_again() -> None:
    play = Play()
    play.types("ATDT1\r")
    play.waits(1.0)
    assert sent(play.types("\rAT\r")) == b"\r\nNO CARRIER\r\n\r\nOK\r\n"


def test_the_aborting_octet_is_no_part_of_a_command() -> None:
    play = Play()
    play.types("ATDT1\r")
    play.waits(1.0)
    assert sent(play.types("ATH\r")) == b"\r\nNO CARRIER\r\n"


def test_dialling_that_has_not_reached_the_exchange_is_aborted_without_a_hang_up() -> None:
    play = Play()
    play.types("ATDT9,,,;S7?\r")
    play.waits(1.0)
    assert acts(play.types("x")) == [NO_CARRIER]
    assert acts(play.waits(3600)) == [], "the rest of the line is gone as well"


def test_a_slash_dials_again() -> None:
    play = Play()
    play.types("ATDT5551234\r")
    play.modem.fail_call(CallFailure.BUSY, now=play.now)
    play.modem.take_outputs()
    assert DialRequested("5551234") in play.types("A/")


def test_dl_dials_the_last_number_again_with_its_modifiers() -> None:
    play = Play()
    play.runs("DP555@")
    play.waits(60.0)
    assert DialRequested("555", tone=False, quiet_answer=True) in play.types("ATDL\r")
    play.waits(60.0)
    assert DialRequested("555", tone=False, quiet_answer=True, stays_in_command=True) in play.types("ATDL;\r")


def test_dl_without_a_last_number_is_an_error() -> None:
    assert Play().runs("DL") == b"\r\nERROR\r\n"


def test_ds_dials_a_stored_number() -> None:
    play = Play()
    assert play.runs("&Z2=T555-1234") == b"\r\nOK\r\n"
    assert play.runs("&Z2?") == b"\r\nT555-1234\r\n\r\nOK\r\n"
    assert DialRequested("5551234") in play.types("ATDS=2\r")


def test_ds_alone_is_the_first_stored_number() -> None:
    play = Play()
    play.runs("&Z=5")
    assert DialRequested("5", stays_in_command=True) in play.types("ATDS;\r")


@pytest.mark.parametrize("line", ["DS", "DS=3", "DS=99", "&Z4=5", "&Z", "&Z1", "&Z1?x"])
def test_a_stored_number_that_is_not_there_is_an_error(line: str) -> None:
    assert Play().runs(line) == b"\r\nERROR\r\n"


def test_d_alone_goes_off_hook_and_waits_for_a_carrier() -> None:
    assert DialRequested("") in Play().types("ATD\r")


def test_a_connection_or_failure_before_the_number_went_out_is_passed_over() -> None:
    play = Play()
    play.types("ATDT9,1\r")
    assert play.connects() == []
    play.modem.fail_call(CallFailure.BUSY, now=play.now)
    assert play.modem.take_outputs() == []
    assert acts(play.waits(2.0)) == [DialRequested("91")]


def test_a_second_connect_changes_nothing() -> None:
    play = Play()
    play.calls()
    assert play.connects() == []


def test_the_owner_may_name_the_rate_or_leave_it_to_the_configuration() -> None:
    play = Play(ModemConfig(connect_rate=14400))
    play.runs("DT1")
    assert sent(play.connects()) == b"\r\nCONNECT 14400\r\n"
