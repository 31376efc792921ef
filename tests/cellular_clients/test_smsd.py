"""smsd, the daemon of the SMS Server Tools: it sends what is in one folder and puts what arrives into another."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.cellular_clients import cellular_modem, run_program, smsd

pytestmark = pytest.mark.runner("smsd")

ENOUGH = 20.0
"""Seconds of virtual time after which smsd is ended: it looks at its folders and at the modem each second."""


def test_smsd_sends_a_message(tmp_path: Path) -> None:
    command = smsd(tmp_path)
    (tmp_path / "outgoing" / "greeting").write_text("To: 491711234567\n\nHello from smsd\n")
    ended = run_program(cellular_modem(), command, tmp_path, give_up=ENOUGH)
    assert [file.name for file in (tmp_path / "sent").iterdir()] == ["greeting"], ended
    assert not list((tmp_path / "failed").iterdir())
    assert ended.answers.count("+CMGS: ") == 1


def test_smsd_receives_a_message_once_and_deletes_it(tmp_path: Path) -> None:
    modem = cellular_modem(messages="[{from: '+491711234567', text: Hello there}]")
    ended = run_program(modem, smsd(tmp_path), tmp_path, give_up=ENOUGH)
    received = list((tmp_path / "incoming").iterdir())
    assert len(received) == 1, ended
    assert "Hello there" in received[0].read_text()
    assert "From: 491711234567" in received[0].read_text()
    assert sum(line.startswith("AT+CMGR=") for line in ended.sent) == 1
    assert sum(line.startswith("AT+CMGD=") for line in ended.sent) == 1
