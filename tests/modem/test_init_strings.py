"""What the dialling programs say to a modem before they dial.

C-Kermit's lines are those of C-Kermit 10 for its Hayes, Rockwell, USRobotics and V.250 modem types, recorded on a port
or found in the program; wvdial's are what wvdialconf 1.61 tries and wvdial then sends; minicom's are the defaults that
minicom 2.8 has compiled in; chat's are from the scripts that come with ppp 2.4.9 and in common use. Windows's have the
form of the commands in its modem files; they were not recorded.
"""

from __future__ import annotations

import pytest

from modem.dte_play import Play, sent
from simisp.modem import DialRequested, HangUpReason, HungUp, ModemConfig

CHAT = ["ATZ", "ATH", "ATE1", "AT&F", "ATE0", "ATZW2", "AT&FX4", "AT&F0&C1&D2", "ATV1", "ATM0", "ATX3", "AT"]
WVDIAL = [
    "ATZ",
    "ATQ0",
    "ATQ0 V1",
    "ATQ0 V1 E1",
    "ATQ0 V1 E1 S0=0",
    "ATQ0 V1 E1 S0=0 &C1",
    "ATQ0 V1 E1 S0=0 &C1 &D2",
    "ATQ0 V1 E1 S0=0 &C1 &D2 +FCLASS=0",
    "ATI",
    "ATI1",
    "ATI3",
    "ATI4",
    "ATI5",
    "ATI6",
]
C_KERMIT = [
    "ATQ0V1",
    "ATQ0",
    "ATQ0H0",
    "ATM1L2",
    "ATS2=43S7=8",
    "AT&K3",
    "ATQ0X4N1Y0S37=0",
    "AT&Q5S36=7S48=7",
    "ATS46=2",
    "AT&H1&R2&I0",
    "ATQ0X4&A3&N0&Y3S14=0",
    "AT&M4&B1",
    "AT&K1",
    "ATQ0X4Y0%E2\\K5+FCLASS=0N1S37=0",
    "AT&Q5",
    "ATS%C1",
    "ATS%C3",
    "ATQ0V1X4Y0&C1&D2%E2\\K5+FCLASS=0",
    "ATQ0X4W1Y0%E2\\K5+FCLASS=0+MS=11,1",
    "ATQ0V1N1X4Y0&C1&D2%E2\\K5+FCLASS=0S37=0+MS=V92",
    "AT+IFC=2,2",
    "AT+IFC=0,0",
    "ATQ0E1V1X4&C1&D2",
    "AT+ES=3,0,2;+EB=1,0,30",
    "AT+DS=3,0",
    "AT+DS=3,0,2048,32",
    "AT+ES=1,0",
    "ATZ0&FQ0V1",
    "AAAAATQ0X1&S1S12=50S50=0S54=3",
    "AT\\N3%C1",
    "AT\\N3-J1",
    "ATQ0V1N1W1X4S82=128S015",
]
MINICOM = ["\rATZ", "\rAT S7=45 S0=0 L1 V1 X4 &c1 E1 Q0", "ATH", "ATX1"]
WINDOWS = [
    "AT",
    "ATE0V1",
    "ATE0V1&D2&C1S0=0",
    "AT&FE0V1&C1&D2S0=0W1",
    "AT&FE0V1S0=0&C1&D2+MR=2;+DR=1;+ER=1;W2",
    "ATS7=60S30=0L0M1+ES=3,0,2;+DS=3;+IFC=2,2;X4",
    "ATS7=60S30=0L0M1\\N3%C1&K3B0B15B2N1X4",
    "AT&FE0V1&D2&C1S0=0S95=47",
    "ATS7=55M1L1\\N7%C3&K3N1X4",
    "ATI0",
    "ATI9",
    "ATH",
]


@pytest.mark.parametrize("line", CHAT + WVDIAL + C_KERMIT + MINICOM + WINDOWS)
def test_an_init_string_is_accepted(line: str) -> None:
    play = Play(ModemConfig())
    answer = sent(play.types(line + "\r"))
    assert answer.endswith(b"\r\nOK\r\n")
    assert b"ERROR" not in answer


REPORTS = b"\r\nCARRIER 33600\r\n\r\nPROTOCOL: LAP-M\r\n\r\nCOMPRESSION: %b\r\n"
"""What a modem reports that was left with W1 or S95=47."""


@pytest.mark.parametrize(
    ("lines", "reports"),
    [(CHAT, b""), (WVDIAL, b""), (C_KERMIT, REPORTS % b"CLASS 5"), (MINICOM, b""), (WINDOWS, REPORTS % b"V.42BIS")],
    ids=["chat", "wvdial", "C-Kermit", "minicom", "Windows"],
)
def test_after_all_init_strings_of_a_program_a_call_can_be_made(lines: list[str], reports: bytes) -> None:
    play = Play(ModemConfig())
    for line in lines:
        play.types(line + "\r")
        play.waits(0.2)
    play.types("ATX4DT5551234\r")
    assert sent(play.connects()) == reports + b"\r\nCONNECT 33600\r\n"


def test_minicom_dials_with_x1_blindly() -> None:
    play = Play()
    play.types("ATX1DT5551234\r")
    assert DialRequested("5551234") in play.waits(2.0)


def test_minicom_and_uucico_hang_up_with_a_guarded_escape() -> None:
    play = Play()
    play.calls()
    play.types("+++")
    play.waits(2.0)
    assert HungUp(HangUpReason.COMMAND) in play.types("ATH\r")


def test_c_kermit_hangs_up_with_a_guarded_escape() -> None:
    play = Play()
    play.calls()
    play.types("+++")
    play.waits(1.1)
    assert HungUp(HangUpReason.COMMAND) in play.types("ATQ0H0\r")


def test_the_line_ends_that_wvdial_sends_first_disturb_nothing() -> None:
    assert sent(Play().types("\r" * 10 + "ATZE0\r")) == b"\r\nOK\r\n"


def test_a_guard_time_left_out_sends_the_hang_up_to_the_far_end() -> None:
    play = Play()
    play.calls()
    play.types("+++ath\r")
    assert sent(play.waits(60.0)) == b""
