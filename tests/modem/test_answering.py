from __future__ import annotations

from dataclasses import replace

from modem.dte_play import Play, acts, sent
from simisp.circuits import Circuit
from simisp.machine import SendData, SetCircuit
from simisp.modem import AnswerRequested, CallFailure, HangUpReason, HungUp, ModemConfig, ModemState
from simisp.modem.caller import Caller
from simisp.modem.command_row import CommandRow, Range
from simisp.modem.commands import STANDARD_PROFILE
from simisp.modem.handlers import parameter

RI_ON, RI_OFF = SetCircuit(Circuit.RI, True), SetCircuit(Circuit.RI, False)
RING = SendData(b"\r\nRING\r\n")
NO_CARRIER = SendData(b"\r\nNO CARRIER\r\n")


def test_a_ring_shows_on_ri_for_two_seconds_and_as_a_result_code() -> None:
    play = Play()
    assert acts(play.rings()) == [RI_ON, RING]
    assert acts(play.waits(1.999)) == []
    assert acts(play.waits(0.001)) == [RI_OFF]


def test_s1_counts_rings_and_forgets_them_after_eight_seconds() -> None:
    play = Play()
    for _ in range(3):
        play.rings()
        play.waits(6.0)
    assert play.runs("S1?") == b"\r\n003\r\n\r\nOK\r\n"
    play.waits(1.999)
    assert play.runs("S1?") == b"\r\n003\r\n\r\nOK\r\n"
    play.waits(0.001)
    assert play.runs("S1?") == b"\r\n000\r\n\r\nOK\r\n"


def test_s1_does_not_run_over() -> None:
    play = Play()
    for _ in range(300):
        play.rings()
    assert play.runs("S1?") == b"\r\n255\r\n\r\nOK\r\n"


def test_ata_answers_a_call_that_rings() -> None:
    play = Play()
    play.rings()
    assert acts(play.types("ATA\r")) == [RI_OFF, AnswerRequested()]
    assert play.state() is ModemState.ANSWERING
    assert acts(play.connects()) == [SetCircuit(Circuit.DCD, True), SendData(b"\r\nCONNECT 33600\r\n")]


def test_ata_without_a_ring_waits_s7_for_a_carrier() -> None:
    play = Play()
    assert acts(play.types("ATA\r")) == []
    assert acts(play.waits(49.999)) == []
    assert acts(play.waits(0.001)) == [NO_CARRIER]


def test_ata_after_the_caller_gave_up_waits_in_vain() -> None:
    play = Play()
    play.rings()
    play.waits(8.0)
    assert acts(play.types("ATA\r")) == []


def test_s0_answers_after_so_many_rings() -> None:
    play = Play(ModemConfig(registers={0: 2}))
    assert AnswerRequested() not in play.rings()
    play.waits(6.0)
    assert acts(play.rings()) == [RI_ON, RING, RI_OFF, AnswerRequested()]
    assert acts(play.waits(50.0)) == [HungUp(HangUpReason.CARRIER_WAIT), NO_CARRIER]


def test_s0_0_never_answers() -> None:
    play = Play()
    for _ in range(20):
        assert AnswerRequested() not in play.rings()


def test_no_automatic_answer_while_dtr_is_off_unless_dtr_is_ignored() -> None:
    play = Play(ModemConfig(registers={0: 1}))
    play.dtr(False)
    assert AnswerRequested() not in play.rings()
    play.dtr(True)
    assert AnswerRequested() in play.rings()
    play = Play(ModemConfig(registers={0: 1}, settings={"&D": 0}))
    play.dtr(False)
    assert AnswerRequested() in play.rings()


def test_half_a_command_line_is_forgotten_when_the_modem_answers() -> None:
    play = Play(ModemConfig(registers={0: 1}, settings={"E": 0}))
    play.types("AT")
    play.rings()
    play.waits(50.0)
    assert sent(play.types("S7?\r")) == b""


def test_half_a_command_line_goes_on_after_a_ring_that_is_not_answered() -> None:
    play = Play()
    play.types("ATS")
    play.rings()
    assert sent(play.types("7?\r")) == b"\r\n050\r\n\r\nOK\r\n"


def test_an_octet_aborts_the_answer() -> None:
    play = Play()
    play.rings()
    play.types("ATA\r")
    play.waits(0.125)
    assert acts(play.types("x")) == [HungUp(HangUpReason.ABORTED), NO_CARRIER]


def test_a_caller_who_hangs_up_during_the_answer_is_no_carrier() -> None:
    play = Play(ModemConfig(registers={0: 1}))
    play.rings()
    play.modem.fail_call(CallFailure.BUSY, now=play.now)
    assert acts(play.modem.take_outputs()) == [HungUp(HangUpReason.CALL_FAILED), NO_CARRIER]


def test_a_modem_with_a_call_of_its_own_hears_no_ring() -> None:
    play = Play()
    play.runs("DT9;")
    assert play.rings() == []
    play.runs("DT5")
    assert play.rings() == []
    play.connects()
    assert play.rings() == []


def test_dialling_ends_the_ringing() -> None:
    play = Play()
    play.rings()
    assert RI_OFF in play.types("ATDT1\r")
    assert play.modem.next_timer() == 50.0


def test_the_callers_number_is_reported_if_vcid_asks_for_it() -> None:
    caller = Caller("5550177", "A CALLER", date="0314", time="0915")
    play = Play()
    play.rings()
    play.modem.hear_caller(caller, now=play.now)
    assert sent(play.modem.take_outputs()) == b""
    assert play.runs("+VRID") == (b"\r\nDATE = 0314\r\nTIME = 0915\r\nNMBR = 5550177\r\nNAME = A CALLER\r\n\r\nOK\r\n")
    play.runs("+VCID=1")
    play.modem.hear_caller(caller, now=play.now)
    assert sent(play.modem.take_outputs()) == (
        b"\r\nDATE = 0314\r\nTIME = 0915\r\nNMBR = 5550177\r\nNAME = A CALLER\r\n"
    )
    assert play.runs("+VCID=0;#CID=1;#CID?") == b"\r\n#CID: 1\r\n\r\nOK\r\n"
    play.modem.hear_caller(Caller("O"), now=play.now)
    assert sent(play.modem.take_outputs()) == b"\r\nNMBR = O\r\n"
    play.runs("+VCID=2")
    play.modem.hear_caller(Caller("P"), now=play.now)
    assert sent(play.modem.take_outputs()) == b"\r\nMESG = 800304015028\r\n"


def test_a_modem_in_a_call_hears_no_number() -> None:
    play = Play()
    play.runs("+VCID=1")
    play.calls()
    play.modem.hear_caller(Caller("1"), now=play.now)
    assert sent(play.modem.take_outputs()) == b""


def test_crc_changes_the_word_of_a_ring_where_the_modem_has_it() -> None:
    row = CommandRow("+CRC", "27.007 6.11", "RING in extended form", parameter, (Range(0, 1),), ("0",))
    profile = replace(STANDARD_PROFILE, rows=STANDARD_PROFILE.rows.with_rows([row]))
    play = Play(ModemConfig(profile, settings={"E": 0}))
    assert sent(play.rings()) == b"\r\nRING\r\n"
    play.runs("+CRC=1")
    assert sent(play.rings()) == b"\r\n+CRING: REL ASYNC\r\n"
