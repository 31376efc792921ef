"""The daemons that a Linux system leaves its cellular modem to, without hardware, udev or the system's bus."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import pytest
import serial

from simisp.testing import Line
from support.cellular_clients import cellular_modem
from support.modem_daemons import modem_manager, multiplexer, ofono
from support.private_namespace import needs_private_namespace

BUS = ("dbus-daemon", "gdbus")


@pytest.mark.runner("ModemManager", *BUS)
def test_modem_manager_comes_to_registered_and_to_connected(tmp_path: Path) -> None:
    socket = f"abstract:simisp-{os.getpid()}"
    with Line(cellular_modem(), endpoint=f"unix:@{socket}", judged=False) as line, modem_manager(tmp_path) as manager:
        manager.set_profile("generic", socket)
        assert manager.reach("disabled", "failed") == "disabled"
        manager.enable()
        manager.reach("registered")
        assert len(manager.property("EquipmentIdentifier")) == 15
        assert manager.property("OperatorName", "Modem.Modem3gpp")
        manager.connect("internet")
        assert manager.reach("connected", "registered") == "connected"
        assert 'AT+CGDCONT=1,"IP","internet"' in line.received
        assert "\r\nCONNECT" in line.text
        assert line.calls == 1


@pytest.mark.runner("ModemManager", *BUS)
def test_modem_manager_finds_a_sim_that_wants_its_pin(tmp_path: Path) -> None:
    socket = f"abstract:simisp-{os.getpid()}"
    modem = cellular_modem(sim="{pin: '1234'}")
    with Line(modem, endpoint=f"unix:@{socket}", judged=False), modem_manager(tmp_path) as manager:
        manager.set_profile("generic", socket)
        assert manager.reach("locked", "disabled", "failed") == "locked"


def tcp_port(line: Line) -> int:
    return int(line.url.rpartition(":")[2])


@pytest.mark.runner("ofonod", "unshare", *BUS)
def test_ofono_comes_to_online_and_registered(tmp_path: Path) -> None:
    needs_private_namespace()
    with Line(cellular_modem(), endpoint="tcp", judged=False) as line, ofono(tmp_path, tcp_port(line)) as daemon:
        daemon.switch_on("Powered")
        daemon.switch_on("Online")
        assert "'Online': <true>" in daemon.properties()
        assert "'Name': <'" in daemon.reach("'registered'", "NetworkRegistration")


@pytest.mark.runner("ofonod", "unshare", *BUS)
def test_ofono_comes_to_online_through_its_own_multiplexer(tmp_path: Path) -> None:
    needs_private_namespace()
    with (
        Line(cellular_modem(), endpoint="tcp", judged=False) as line,
        ofono(tmp_path, tcp_port(line), "Multiplexer=internal") as daemon,
    ):
        daemon.switch_on("Powered")
        daemon.switch_on("Online")
        assert "'Online': <true>" in daemon.reach("'Serial'")
        assert "AT+CMUX=1," in line.received


@pytest.mark.runner("gsm0710muxd", *BUS)
@pytest.mark.starts_first
def test_commands_go_through_the_channels_of_gsm0710muxd_in_both_options(tmp_path: Path) -> None:
    with ExitStack() as opened:
        channels = []
        for option in ("basic", "advanced"):
            folder = tmp_path / option
            folder.mkdir()
            # each takes a quarter of a minute to begin, so they do it at the same time
            line = opened.enter_context(Line(cellular_modem(), link=folder / "modem", judged=False))
            channels.append(opened.enter_context(multiplexer(folder, line.port, option)))
        for daemon in channels:
            with serial.Serial(daemon.channel(), 115200, timeout=0.1) as port:
                assert daemon.answer(port, "AT").endswith("\r\nOK\r\n")
                assert daemon.answer(port, "AT+CGMI").endswith("\r\n\r\nOK\r\n")
