"""comgt's own scripts, as its package has them, for data cards."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.cellular_clients import ClientRun, cellular_modem, run_program

pytestmark = pytest.mark.runner("comgt")

OPERATOR = Path("/etc/comgt/operator")
"""A script of the package: where comgt is, it is."""


def comgt(folder: Path, *arguments: str, modem: str | None = None, typed: str = "", pin: str = "") -> ClientRun:
    command = ["comgt", "-d", str(folder / "modem"), *arguments]
    return run_program(modem or cellular_modem(), command, folder, typed=typed, environment={"COMGTPIN": pin})


def test_its_first_script_waits_for_the_network(tmp_path: Path) -> None:
    ended = comgt(tmp_path)
    assert ended.status == 0, ended
    for said in ("SIM ready", "Registered on Home network", "Signal Quality"):
        assert said in ended.output


def test_its_first_script_asks_for_the_pin_where_the_sim_wants_one(tmp_path: Path) -> None:
    ended = comgt(tmp_path, modem=cellular_modem(sim="{pin: '1234'}"), typed="1234\n")
    assert ended.status == 0, ended
    assert 'AT+CPIN="1234"\r\r\nOK\r\n' in ended.answers
    assert "Registered on Home network" in ended.output


def test_it_asks_for_the_signal(tmp_path: Path) -> None:
    ended = comgt(tmp_path, "sig")
    assert ended.status == 0, ended
    assert re.search(r"Signal Quality: *\d+,\d+", ended.output), ended


def test_it_waits_until_the_modem_is_registered(tmp_path: Path) -> None:
    ended = comgt(tmp_path, "reg")
    assert ended.status == 0, ended
    assert "Registered on Home network" in ended.output


def test_it_prints_what_the_card_is(tmp_path: Path) -> None:
    ended = comgt(tmp_path, "info")
    assert ended.status == 0, ended
    assert re.search(r"IMEI and Serial Number: \d{15}", ended.output), ended
    assert "##### END #####" in ended.output


def test_its_operator_script_lists_the_networks_and_chooses_by_itself(tmp_path: Path) -> None:
    ended = comgt(tmp_path, "-s", str(OPERATOR), typed="\n")
    assert ended.status == 0, ended
    assert "Registration request accepted" in ended.output


def test_its_pin_script_enters_the_pin(tmp_path: Path) -> None:
    ended = comgt(tmp_path, "PIN", modem=cellular_modem(sim="{pin: '1234'}"), pin="1234")
    assert ended.status == 0, ended
    assert 'AT+CPIN="1234"\r\r\nOK\r\n' in ended.answers
