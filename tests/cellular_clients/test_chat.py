"""chat with scripts for cellular modems, in the manner of those in public use: each ends as its abort list says."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.cellular_clients import ClientRun, cellular_modem, chat, run_program

pytestmark = pytest.mark.runner("chat")

ABORTS = "ABORT BUSY ABORT VOICE ABORT 'NO CARRIER' ABORT 'NO DIALTONE' ABORT 'NO ANSWER' ABORT ERROR\n"
"""Their exit statuses: 4 for the first, 9 for ERROR."""
ERROR_STATUS = 9

CDMA = (
    ABORTS
    + r"""TIMEOUT 30
'' ATZ
OK ATDT#777
CONNECT \c
"""
)
CDMA_PACKET = CDMA.replace("OK ATDT", "OK AT+CRM=1\nOK ATDT")


def run(folder: Path, *scripts: str, modem: str) -> ClientRun:
    return run_program(modem, chat(folder, *scripts), folder)


def test_a_script_for_cdma_gets_to_connect(tmp_path: Path) -> None:
    ended = run(tmp_path, CDMA, modem=cellular_modem())
    assert ended.status == 0, ended


def test_a_script_for_cdma_packet_data_ends_at_the_command_that_only_cdma_has(tmp_path: Path) -> None:
    ended = run(tmp_path, CDMA_PACKET, modem=cellular_modem())
    assert ended.status == ERROR_STATUS, ended
    assert ended.sent[-1] == "AT+CRM=1"
