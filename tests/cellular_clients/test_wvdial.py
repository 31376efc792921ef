"""wvdial with an APN, and wvdialconf, which looks for modems at the machine's serial ports."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.cellular_clients import cellular_modem, run_program
from support.dialling_programs import wvdial
from support.private_namespace import in_private_namespace, needs_private_namespace

SETTINGS = """[Dialer Defaults]
Modem = {port}
Baud = 115200
Init1 = ATZ
Init2 = ATQ0 V1 E1 S0=0 &C1 &D2 +FCLASS=0
Init3 = AT+CGDCONT=1,"IP","internet"
Phone = *99***1#
Username = any
Password = any
Stupid Mode = yes
Carrier Check = no
Auto Reconnect = off
Dial Attempts = 1
Check DNS = off
Check Def Route = off
Auto DNS = off
"""
AT_A_SERIAL_PORT = 'port=$(readlink -f "$1"); shift; : >/dev/ttyUSB0; mount --bind "$port" /dev/ttyUSB0; exec "$@"'
"""A shell's script: there is one serial port, and it is the simulated modem's."""


@pytest.mark.runner("wvdial", "setarch")
def test_wvdial_sets_the_apn_and_finds_a_carrier(tmp_path: Path, lock_directory: Path) -> None:
    needs_private_namespace()
    settings = tmp_path / "wvdial.conf"
    settings.write_text(SETTINGS.format(port=tmp_path / "modem"))
    command = in_private_namespace(wvdial(str(settings)), locks=lock_directory, scratch=tmp_path)
    ended = run_program(cellular_modem(), command, tmp_path)
    assert ended.status == 0, ended
    assert "Carrier detected" in ended.output
    assert 'AT+CGDCONT=1,"IP","internet"' in ended.sent
    assert ended.verdict.calls == 1


@pytest.mark.runner("wvdialconf", "setarch")
def test_wvdialconf_finds_the_modem(tmp_path: Path, lock_directory: Path) -> None:
    needs_private_namespace()
    settings = tmp_path / "wvdial.conf"
    search = ["setarch", "-R", "sh", "-c", AT_A_SERIAL_PORT, "sh", str(tmp_path / "modem"), "wvdialconf"]
    command = in_private_namespace([*search, str(settings)], locks=lock_directory, scratch=tmp_path)
    ended = run_program(cellular_modem(), command, tmp_path)
    assert ended.status == 0, ended
    assert "Found a modem on /dev/ttyUSB0" in ended.output or "Found an USB modem" in ended.output
    assert "Modem = /dev/ttyUSB0" in settings.read_text()
