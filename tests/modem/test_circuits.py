from __future__ import annotations

import pytest

from modem.dte_play import CIRCUITS_AT_START, Play, acts, relayed, sent
from simisp.circuits import Circuit
from simisp.machine import SendData, SetCircuit
from simisp.modem import HangUpReason, HungUp, ModemConfig, ModemState

DCD_ON, DCD_OFF = SetCircuit(Circuit.DCD, True), SetCircuit(Circuit.DCD, False)
NO_CARRIER = SendData(b"\r\nNO CARRIER\r\n")


def test_dsr_and_cts_are_on_from_the_start() -> None:
    assert Play().opening == CIRCUITS_AT_START


def test_c0_keeps_dcd_on_from_the_start_and_through_calls() -> None:
    play = Play(ModemConfig(settings={"&C": 0, "E": 0}))
    assert play.opening == [*CIRCUITS_AT_START, DCD_ON]
    seen = play.types("ATDT1\r") + play.connects()
    play.modem.lose_carrier(now=play.now)
    assert not {DCD_ON, DCD_OFF} & set(acts(seen + play.modem.take_outputs()))


def test_changing_c_shows_on_dcd_before_ok() -> None:
    play = Play()
    assert acts(play.types("AT&C0\r")) == [DCD_ON, SendData(b"\r\nOK\r\n")]
    assert acts(play.types("AT&C0\r")) == [SendData(b"\r\nOK\r\n")]
    assert acts(play.types("AT&F\r"))[0] == DCD_OFF


def test_dtr_off_hangs_up_as_delivered() -> None:
    play = Play()
    play.dtr(True)
    play.calls()
    assert acts(play.dtr(False)) == [DCD_OFF, HungUp(HangUpReason.DTR), NO_CARRIER]
    assert play.state() is ModemState.COMMAND


def test_dtr_counts_as_on_until_it_is_told_off() -> None:
    play = Play()
    play.calls()
    assert HungUp(HangUpReason.DTR) in play.dtr(False)


def test_dtr_that_stays_off_hangs_up_nothing() -> None:
    play = Play()
    play.dtr(False)
    play.calls()
    assert play.dtr(False) == []
    assert play.state() is ModemState.ONLINE_DATA


def test_dtr_off_under_d0_changes_nothing() -> None:
    play = Play(ModemConfig(settings={"&D": 0}))
    play.calls()
    assert play.dtr(False) == []
    assert play.state() is ModemState.ONLINE_DATA


def test_dtr_off_under_d1_leads_to_the_online_command_state() -> None:
    play = Play(ModemConfig(settings={"&D": 1, "E": 0}))
    assert play.dtr(False) == []
    play.dtr(True)
    play.calls()
    assert sent(play.dtr(False)) == b"\r\nOK\r\n"
    assert play.state() is ModemState.ONLINE_COMMAND
    assert play.runs("O") == b"\r\nCONNECT 33600\r\n"


def test_dtr_off_under_d3_hangs_up_and_resets() -> None:
    play = Play(ModemConfig(settings={"&D": 3, "E": 0}))
    play.calls("S7=99DT1")
    assert acts(play.dtr(False)) == [DCD_OFF, HungUp(HangUpReason.DTR), NO_CARRIER]
    assert play.runs("S7?") == b"\r\n050\r\n\r\nOK\r\n"


def test_dtr_off_ends_dialling() -> None:
    play = Play()
    play.runs("DT1")
    assert acts(play.dtr(False)) == [HungUp(HangUpReason.DTR), NO_CARRIER]
    assert play.connects() == []


def test_dtr_off_ends_the_rest_of_a_line_that_waits_for_its_dial_command() -> None:
    play = Play()
    play.runs("DT9,;S7?")
    assert acts(play.dtr(False)) == [NO_CARRIER]
    assert play.waits(60.0) == []


def test_dtr_off_forgets_half_a_command_line_so_that_the_next_client_starts_afresh() -> None:
    play = Play()
    play.types("ATZZ")
    assert play.dtr(False) == []
    assert play.runs("") == b"\r\nOK\r\n"


def test_dtr_off_for_less_than_s25_is_overlooked() -> None:
    play = Play()
    play.runs("S25=5")
    play.calls()
    assert play.dtr(False) == []
    assert play.waits(0.049) == []
    assert play.dtr(True) == []
    assert acts(play.waits(60.0)) == []
    assert play.state() is ModemState.ONLINE_DATA


def test_dtr_off_for_as_long_as_s25_hangs_up_then_and_once() -> None:
    play = Play()
    play.runs("S25=50")
    play.calls()
    play.dtr(False)
    assert play.modem.next_timer() == play.now + 0.5
    assert acts(play.waits(0.5)) == [DCD_OFF, HungUp(HangUpReason.DTR), NO_CARRIER]
    assert play.modem.next_timer() is None
    assert play.dtr(True) == []


def test_what_d_says_when_the_time_of_s25_is_over_counts() -> None:
    play = Play()
    play.runs("S25=100")
    play.calls()
    play.modem.receive_data(b"", now=play.now)
    play.waits(2.0)
    play.types("+++")
    play.waits(2.0)
    play.dtr(False)
    play.runs("&D0")
    assert acts(play.waits(60.0)) == []
    assert play.state() is ModemState.ONLINE_COMMAND


def test_rts_changes_nothing() -> None:
    play = Play()
    play.modem.set_circuit(Circuit.RTS, False, now=0.0)
    assert play.runs("") == b"\r\nOK\r\n"


def test_a_carrier_that_is_just_gone_ends_the_call_after_s10() -> None:
    play = Play(ModemConfig(settings={"E": 0}))
    play.calls()
    play.modem.lose_carrier(now=play.now, cleared=False)
    assert acts(play.modem.take_outputs()) == [DCD_OFF]
    assert play.hears(b"noise") == []
    assert acts(play.waits(1.399)) == []
    assert acts(play.waits(0.002)) == [HungUp(HangUpReason.CARRIER_LOST), NO_CARRIER]


def test_there_is_no_going_back_to_a_carrier_that_is_gone() -> None:
    play = Play(ModemConfig(settings={"E": 0, "&D": 1}, registers={10: 255}))
    play.calls()
    play.dtr(False)
    play.modem.lose_carrier(now=play.now, cleared=False)
    play.modem.take_outputs()
    assert play.runs("O") == NO_CARRIER.data
    assert play.runs("H") == b"\r\nOK\r\n"
    assert play.waits(60.0) == []


def test_a_carrier_is_lost_only_once_and_only_by_a_call() -> None:
    play = Play()
    play.modem.lose_carrier(now=play.now)
    assert play.modem.take_outputs() == []
    play.calls()
    play.modem.lose_carrier(now=play.now)
    play.modem.take_outputs()
    play.modem.lose_carrier(now=play.now)
    assert play.modem.take_outputs() == []


def test_without_a_carrier_nothing_comes_from_the_far_end() -> None:
    play = Play()
    assert play.hears(b"stray") == []
    play.runs("DT1")
    assert play.hears(b"stray") == []


def leased() -> Play:
    return Play(ModemConfig(leased_line=True))


def test_a_leased_line_is_online_from_the_start_and_knows_no_commands() -> None:
    play = leased()
    assert acts(play.opening) == [*CIRCUITS_AT_START, DCD_ON]
    outputs = play.types("ATDT5551234\r")
    assert relayed(outputs) == b"ATDT5551234\r"
    assert sent(outputs) == b""
    assert sent(play.hears(b"login: ")) == b"login: "


def test_a_leased_line_has_no_escape() -> None:
    play = leased()
    play.waits(5.0)
    play.types("+++")
    assert play.waits(5.0) == []
    assert play.state() is ModemState.ONLINE_DATA


def test_a_leased_line_does_not_end_with_dtr_and_never_rings() -> None:
    play = leased()
    assert play.dtr(False) == []
    assert play.rings() == []
    assert sent(play.hears(b"still here")) == b"still here"


def test_a_leased_line_shows_the_far_end_on_dcd_and_says_nothing() -> None:
    play = leased()
    play.modem.lose_carrier(now=play.now)
    assert play.modem.take_outputs() == [DCD_OFF]
    assert play.hears(b"x") == []
    assert play.connects() == [DCD_ON]


@pytest.mark.parametrize("line", ["&F", "&F0"])
def test_factory_settings_keep_the_call(line: str) -> None:
    play = Play()
    play.calls()
    play.types("+++")
    play.waits(1.0)
    assert sent(play.types(f"AT{line}E0\r")) == b"\r\nOK\r\n"
    assert play.runs("O") == b"\r\nCONNECT 33600\r\n"
