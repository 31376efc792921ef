"""wvdialconf, which looks for modems at the machine's serial ports."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.cellular_clients import cellular_modem, run_program
from support.private_namespace import in_private_namespace, needs_private_namespace

AT_A_SERIAL_PORT = 'port=$(readlink -f "$1"); shift; : >/dev/ttyUSB0; mount --bind "$port" /dev/ttyUSB0; exec "$@"'
"""A shell's script: there is one serial port, and it is the simulated modem's."""


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
