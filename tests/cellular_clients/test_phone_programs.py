"""gammu and gnokii take the modem for a phone: they find out what it is, read its messages and send one."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.cellular_clients import ClientRun, cellular_modem, gammu, gnokii, run_program

NOT_IMPLEMENTED = 5
"""gnokii's exit status for a function that a driver does not have."""
A_MESSAGE = "[{from: '+491711234567', text: Hello there}]"


def run_gammu(folder: Path, *arguments: str, modem: str | None = None) -> ClientRun:
    return run_program(modem or cellular_modem(), gammu(folder, *arguments), folder)


def run_gnokii(folder: Path, *arguments: str, typed: str = "", modem: str | None = None) -> ClientRun:
    return run_program(modem or cellular_modem(), gnokii(folder, *arguments), folder, typed=typed)


@pytest.mark.runner("gammu")
def test_gammu_identifies_the_modem(tmp_path: Path) -> None:
    ended = run_gammu(tmp_path, "identify")
    assert ended.status == 0, ended
    for line in ("Manufacturer", "Model", "Firmware", "IMEI", "SIM IMSI"):
        assert line in ended.output


@pytest.mark.runner("gammu")
def test_gammu_says_which_network_the_modem_is_in(tmp_path: Path) -> None:
    ended = run_gammu(tmp_path, "networkinfo")
    assert ended.status == 0, ended
    assert "home network" in ended.output


@pytest.mark.runner("gammu")
def test_gammu_reads_all_messages(tmp_path: Path) -> None:
    ended = run_gammu(tmp_path, "getallsms", modem=cellular_modem(messages=A_MESSAGE))
    assert ended.status == 0, ended
    assert "Hello there" in ended.output
    assert "+491711234567" in ended.output


@pytest.mark.runner("gammu")
def test_gammu_asks_for_the_service_centre(tmp_path: Path) -> None:
    ended = run_gammu(tmp_path, "getsmsc")
    assert ended.status == 0, ended
    assert "Number" in ended.output


@pytest.mark.runner("gammu")
def test_gammu_monitors_the_modem_once(tmp_path: Path) -> None:
    ended = run_gammu(tmp_path, "monitor", "1")
    assert ended.status == 0, ended


@pytest.mark.runner("gammu")
def test_gammu_sends_a_message(tmp_path: Path) -> None:
    ended = run_gammu(tmp_path, "sendsms", "TEXT", "+491711234567", "-text", "Hello from gammu")
    assert ended.status == 0, ended
    assert "+CMGS: " in ended.answers


@pytest.mark.runner("gnokii")
def test_gnokii_identifies_the_modem(tmp_path: Path) -> None:
    ended = run_gnokii(tmp_path, "--identify")
    assert ended.status == 0, ended
    assert "Unknown" not in ended.output


@pytest.mark.runner("gnokii")
def test_gnokii_reads_a_message(tmp_path: Path) -> None:
    ended = run_gnokii(tmp_path, "--getsms", "ME", "1", "1", "-", modem=cellular_modem(messages=A_MESSAGE))
    assert ended.status == 0, ended
    assert "Hello there" in ended.output


@pytest.mark.runner("gnokii")
def test_gnokii_says_which_network_the_modem_is_in(tmp_path: Path) -> None:
    ended = run_gnokii(tmp_path, "--getnetworkinfo")
    assert ended.status == 0, ended
    assert "undefined" not in ended.output


@pytest.mark.runner("gnokii")
def test_gnokii_monitors_the_modem_once(tmp_path: Path) -> None:
    ended = run_gnokii(tmp_path, "--monitor", "once")
    # The last thing that it asks its driver for is one that the driver for AT modems does not have.
    assert ended.status == NOT_IMPLEMENTED, ended
    for line in (
        "(001 01)",
        "RFLevel: 20",
        "Phone: Used 0, Free 250",
        "SMS Messages: Unread 0",
        "Leaving monitor mode",
    ):
        assert line in ended.output


@pytest.mark.runner("gnokii")
def test_gnokii_sends_a_message(tmp_path: Path) -> None:
    ended = run_gnokii(tmp_path, "--sendsms", "+491711234567", typed="Hello from gnokii\n")
    assert ended.status == 0, ended
    assert "+CMGS: " in ended.answers
