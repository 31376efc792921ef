"""chat with scripts for cellular modems, in the manner of those in public use: each ends as its abort list says."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.cellular_clients import ClientRun, cellular_modem, chat, run_program

pytestmark = pytest.mark.runner("chat")

ABORTS = "ABORT BUSY ABORT VOICE ABORT 'NO CARRIER' ABORT 'NO DIALTONE' ABORT 'NO ANSWER' ABORT ERROR\n"
"""Their exit statuses: 4 for the first, 9 for ERROR."""
FIRST_ABORT_STATUS = 4
ERROR_STATUS = 9
TIME_OUT_STATUS = 3

SIMCOM = (
    ABORTS
    + r"""TIMEOUT 60
'' AT
OK ATE1
OK ATI;+CSQ;+CPIN?;+COPS?;+CGREG?;&D2
OK AT+CNMP=2
OK AT+CGDCONT=1,"IP","internet"
OK ATD*99#
CONNECT ''
"""
)
QUECTEL = (
    ABORTS
    + r"""TIMEOUT 30
'' AT
OK ATE0
OK ATI;+CSUB;+CSQ;+CPIN?;+COPS?;+CGREG?;&D2
OK AT+QNWINFO
OK AT+CGDCONT=1,"IP","internet",,0,0
OK ATD*99#
CONNECT \c
"""
)
HUAWEI = (
    ABORTS
    + r"""TIMEOUT 30
'' ATZ
OK 'ATQ0 V1 E1 S0=0 &C1 &D2'
OK AT\^SYSCFGEX="00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,
OK AT+CGDCONT=1,"IP","internet"
OK ATDT*99***1#
CONNECT \c
"""
)
CDMA = (
    ABORTS
    + r"""TIMEOUT 30
'' ATZ
OK ATDT#777
CONNECT \c
"""
)
CDMA_PACKET = CDMA.replace("OK ATDT", "OK AT+CRM=1\nOK ATDT")
PIN_ENTRY = (
    ABORTS
    + r"""TIMEOUT 20
'' AT
OK AT+CPIN?
'SIM PIN' \c
OK AT+CPIN=1234
OK AT+CGDCONT=1,"IP","internet"
OK ATD*99***1#
CONNECT \c
"""
)
SIM_CHECK = r"""TIMEOUT 2
'' ATE0
OK-AT-OK AT+CPIN?
READY-AT+CPIN?-READY-AT+CPIN?-READY AT+CSQ
OK \c
"""
SIM_CHECK_ABORTED = ABORTS + SIM_CHECK
LOCK = r"""ABORT ERROR
TIMEOUT 5
'' AT
OK AT+CLCK="SC",1,"1234"
OK AT+CLCK="SC",2
'+CLCK: 1' \c
OK \c
"""
UNLOCK = r"""ABORT ERROR
TIMEOUT 5
'' AT
OK AT+CLCK="SC",0,"1234"
OK AT+CLCK="SC",2
'+CLCK: 0' \c
OK \c
"""
RUNG = r"""ABORT RING ABORT ERROR
TIMEOUT 20
'' ATE0
OK AT+CGATT?
'+CGATT: 2' \c
"""
DISCONNECT = r"""ABORT BUSY ABORT ERROR ABORT 'NO DIALTONE'
TIMEOUT 5
'' \d\d+++\d\d\c
OK ATH
OK \c
"""
DISCONNECT_AT_ONCE = r"""ABORT ERROR
TIMEOUT 5
'' +++
'' +++
'' ATH
OK \c
"""


def run(folder: Path, *scripts: str, modem: str) -> ClientRun:
    return run_program(modem, chat(folder, *scripts), folder)


def test_a_script_for_simcom_modules_gets_to_connect(tmp_path: Path) -> None:
    ended = run(tmp_path, SIMCOM, modem=cellular_modem("simcom-7600"))
    assert ended.status == 0, ended
    assert "CONNECT" in ended.answers


def test_a_script_for_quectel_modules_gets_to_connect(tmp_path: Path) -> None:
    ended = run(tmp_path, QUECTEL, modem=cellular_modem("quectel-ec2x"))
    assert ended.status == 0, ended
    assert "SubEdition" in ended.answers


def test_a_script_for_huawei_sticks_gets_to_connect(tmp_path: Path) -> None:
    ended = run(tmp_path, HUAWEI, modem=cellular_modem("huawei-stick"))
    assert ended.status == 0, ended
    assert "CONNECT" in ended.answers


def test_a_script_for_cdma_gets_to_connect(tmp_path: Path) -> None:
    ended = run(tmp_path, CDMA, modem=cellular_modem())
    assert ended.status == 0, ended


def test_a_script_for_cdma_packet_data_ends_at_the_command_that_only_cdma_has(tmp_path: Path) -> None:
    ended = run(tmp_path, CDMA_PACKET, modem=cellular_modem())
    assert ended.status == ERROR_STATUS, ended
    assert ended.sent[-1] == "AT+CRM=1"


def test_a_script_enters_the_pin_and_connects(tmp_path: Path) -> None:
    ended = run(tmp_path, PIN_ENTRY, modem=cellular_modem(sim="{pin: '1234'}"))
    assert ended.status == 0, ended


def test_a_wrong_pin_ends_the_script_that_aborts_at_an_error(tmp_path: Path) -> None:
    ended = run(tmp_path, PIN_ENTRY, modem=cellular_modem(sim="{pin: '9999'}"))
    assert ended.status == ERROR_STATUS, ended
    assert ended.sent[-1] == "AT+CPIN=1234"


def test_a_script_asks_a_busy_sim_again_until_it_is_ready(tmp_path: Path) -> None:
    ended = run(tmp_path, SIM_CHECK, modem=cellular_modem(sim="{busy for: 3s}"))
    assert ended.status == 0, ended


def test_without_a_sim_the_check_ends_as_its_abort_list_says(tmp_path: Path) -> None:
    ended = run(tmp_path, SIM_CHECK_ABORTED, modem=cellular_modem(sim="{present: no}"))
    assert ended.status == ERROR_STATUS, ended


def test_without_a_sim_and_an_abort_list_the_check_runs_out_of_time(tmp_path: Path) -> None:
    ended = run(tmp_path, SIM_CHECK, modem=cellular_modem(sim="{present: no}"))
    assert ended.status == TIME_OUT_STATUS, ended
    assert ended.sent.count("AT+CPIN?") == 3


def test_one_script_locks_the_sim_and_another_unlocks_it(tmp_path: Path) -> None:
    ended = run(tmp_path, LOCK, UNLOCK, modem=cellular_modem(sim="{pin: '1234', locked: no}"))
    assert ended.status == 0, ended


def test_the_disconnect_script_with_a_guard_time_ends_the_call(tmp_path: Path) -> None:
    ended = run(tmp_path, SIMCOM, DISCONNECT, modem=cellular_modem("simcom-7600"))
    assert ended.status == 0, ended


def test_the_disconnect_script_that_does_not_wait_only_sends_to_the_provider(tmp_path: Path) -> None:
    ended = run(tmp_path, SIMCOM, DISCONNECT_AT_ONCE, modem=cellular_modem("simcom-7600"))
    assert ended.status == TIME_OUT_STATUS, ended


def test_a_script_that_aborts_at_a_ring_is_stopped_by_one(tmp_path: Path) -> None:
    modem = cellular_modem() + "exchange: {calls in: [{at: 3s}]}\n"
    ended = run(tmp_path, RUNG, modem=modem)
    assert ended.status == FIRST_ABORT_STATUS, ended
