"""What CONNECT has, and what comes before it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modem.dte_play import Play, acts, sent
from simisp.circuits import Circuit
from simisp.machine import SetCircuit
from simisp.modem import HangUpReason, HungUp, ModemConfig
from simisp.modem.commands import STANDARD_PROFILE
from simisp.modem.profile import ModemProfile
from simisp.modem.result_codes import ResultCodes

USR = ResultCodes(
    connect="CONNECT {rate}{link}", reliable="/ARQ/{carrier}/{protocol}/{compression}", unreliable="/NONE"
)


def connected(init: str, rate: int = 33600, results: ResultCodes | None = None) -> bytes:
    """Return what the DTE gets when a call comes about after this command line."""
    profile: ModemProfile = replace(STANDARD_PROFILE, results=results or ResultCodes())
    play = Play(ModemConfig(profile, settings={"E": 0}))
    assert play.runs(init) == b"\r\nOK\r\n"
    play.runs("DTW1")
    return sent(play.connects(rate))


@pytest.mark.parametrize(
    ("init", "rate", "reports"),
    [
        ("+MR=1", 33600, ["+MCR: V34", "+MRR: 33600"]),
        ("+MR=2", 28800, ["+MCR: V34", "+MRR: 28800,28800"]),
        ("+MR=1", 300, ["+MCR: V21", "+MRR: 300"]),
        ("+MR=1", 1200, ["+MCR: V22", "+MRR: 1200"]),
        ("+MR=1", 2400, ["+MCR: V22B", "+MRR: 2400"]),
        ("+MR=1", 9600, ["+MCR: V32", "+MRR: 9600"]),
        ("+MR=1", 14400, ["+MCR: V32B", "+MRR: 14400"]),
        ("+MR=1", 49333, ["+MCR: V90", "+MRR: 49333"]),
        ("+ER=1", 33600, ["+ER: LAPM"]),
        ("+DR=1", 33600, ["+DR: V42B"]),
        ("+ILRR=1", 33600, ["+ILRR: 33600"]),
        ("+MR=1;+ER=1;+DR=1", 33600, ["+MCR: V34", "+MRR: 33600", "+ER: LAPM", "+DR: V42B"]),
        ("+ER=1;+DR=1;+ES=0", 33600, ["+ER: NONE", "+DR: NONE"]),
        ("+ER=1;+DR=1;+ES=4", 33600, ["+ER: ALT", "+DR: ALT"]),
        ("+ER=1;+DR=1;+DS=0", 33600, ["+ER: LAPM", "+DR: NONE"]),
        ("+ER=1;\\N0", 33600, ["+ER: NONE"]),
        ("+ER=1;\\N2", 33600, ["+ER: ALT"]),
        ("+ER=1;&Q6", 33600, ["+ER: NONE"]),
        ("+DR=1;%C0", 33600, ["+DR: NONE"]),
        ("+DR=1;%C1", 33600, ["+DR: ALT"]),
        ("+DR=1;S46=136", 33600, ["+DR: NONE"]),
        ("W1", 33600, ["CARRIER 33600", "PROTOCOL: LAP-M", "COMPRESSION: V.42BIS"]),
        ("W1\\N2", 33600, ["CARRIER 33600", "PROTOCOL: MNP", "COMPRESSION: CLASS 5"]),
        ("S95=8\\N0", 33600, ["PROTOCOL: NONE"]),
    ],
)
def test_what_was_agreed_on_is_reported_before_connect(init: str, rate: int, reports: list[str]) -> None:
    lines = "".join(f"\r\n{report}\r\n" for report in reports)
    assert connected(init, rate) == f"{lines}\r\nCONNECT {rate}\r\n".encode()


def test_reports_have_words_under_v0_too_and_q1_silences_them() -> None:
    assert connected("+ER=1;V0Q0V1V0V1", 33600).startswith(b"\r\n+ER: LAPM\r\n")
    play = Play()
    play.runs("+ER=1;V0")
    play.runs("DT1")
    assert sent(play.connects()) == b"+ER: LAPM\r84\r"
    play = Play()
    play.runs("+ER=1;Q1")
    play.runs("DT1")
    assert sent(play.connects()) == b""


@pytest.mark.parametrize(
    ("init", "words"),
    [
        ("", b"CONNECT 33600/ARQ/V34/LAPM/V42B"),
        ("\\N0", b"CONNECT 33600/NONE"),
        ("\\V0", b"CONNECT 33600"),
        ("&A0", b"CONNECT 33600"),
        ("X0", b"CONNECT"),
    ],
)
def test_a_maker_may_put_error_control_into_connect(init: str, words: bytes) -> None:
    assert connected(init, results=USR) == b"\r\n" + words + b"\r\n"


@pytest.mark.parametrize(
    ("init", "rate"),
    [
        ("+MS=V22B,0", b"2400"),
        ("+MS=10,0", b"14400"),
        ("+MS=V22B,1", b"33600"),
        ("+MS=V34,1,0,9600", b"9600"),
        ("+MS=V90,0", b"33600"),
    ],
)
def test_ms_bounds_the_rate(init: str, rate: bytes) -> None:
    assert connected(init) == b"\r\nCONNECT " + rate + b"\r\n"


@pytest.mark.parametrize(
    ("init", "rate"), [("W0", b"57600"), ("W2", b"33600"), ("W3", b"33600"), ("W0S95=1", b"33600")]
)
def test_w_decides_between_the_rate_of_the_line_and_that_of_the_dte(init: str, rate: bytes) -> None:
    play = Play()
    play.modem.see_rate(57600, now=0.0)
    play.runs(f"{init}DT1")
    assert sent(play.connects()) == b"\r\nCONNECT " + rate + b"\r\n"


def test_without_a_known_rate_of_the_dte_connect_has_that_of_the_line() -> None:
    assert connected("W0") == b"\r\nCONNECT 33600\r\n"
    assert connected("W0+IPR=19200") == b"\r\nCONNECT 19200\r\n"


def test_s1_lets_dsr_follow_the_call() -> None:
    play = Play()
    assert SetCircuit(Circuit.DSR, False) in play.types("AT&S1\r")
    play.types("ATDT1\r")
    assert acts(play.connects())[:2] == [SetCircuit(Circuit.DSR, True), SetCircuit(Circuit.DCD, True)]
    assert SetCircuit(Circuit.DSR, False) in play.dtr(False)


def test_a_modem_that_was_delivered_with_s1_has_no_dsr_at_first() -> None:
    assert SetCircuit(Circuit.DSR, True) not in Play(ModemConfig(settings={"&S": 1})).opening


def test_s30_ends_a_call_in_which_nothing_is_said_for_a_while() -> None:
    play = Play()
    play.runs("S30=1DT1")
    play.connects()
    play.waits(9.0)
    play.types("x")
    play.waits(9.0)
    play.hears(b"y")
    assert sent(play.waits(9.9)) == b""
    outputs = play.waits(0.1)
    assert HungUp(HangUpReason.IDLE) in outputs
    assert sent(outputs) == b"\r\nNO CARRIER\r\n"
    assert play.modem.next_timer() is None
