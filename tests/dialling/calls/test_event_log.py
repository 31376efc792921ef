"""The event log on a disk that fills up."""

from __future__ import annotations

import json
import os
from _io import FileIO
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from simisp.dialling.calls.event_log import EventLog
from simisp.mail.events import MailEvent

BEGAN = datetime.fromisoformat("1997-10-10 08:00")


class FullDisk:
    """A log's file, on a disk that takes so many octets more."""

    def __init__(self, file: FileIO, room: int) -> None:
        self.file = file
        self.room = room

    def write(self, line: bytes) -> int:
        taken = self.file.write(line[: self.room])
        self.room -= taken
        return taken

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


@pytest.mark.parametrize("room", [0, 1, 50])
@pytest.mark.parametrize("cut", [True, False])
def test_each_line_of_the_log_is_whole_after_the_disk_was_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int, cut: bool
) -> None:
    log = EventLog(tmp_path / "events.jsonl", BEGAN, lambda at, event: None)
    log.add(1.0, MailEvent.STOPPED.event())
    disk = FullDisk(log._file, room)
    monkeypatch.setattr(log, "_file", disk)
    with monkeypatch.context() as patched:
        if not cut:
            patched.setattr(os, "ftruncate", refused)
        log.add(2.0, MailEvent.QUEUE_FAILED.event(why="no room"))
    disk.room = 10_000
    log.add(3.0, MailEvent.STOPPED.event())
    log.close()
    lines = (tmp_path / "events.jsonl").read_text().splitlines()
    whole = [lines[0], lines[-1]]
    assert [json.loads(line)["at"] for line in whole] == [1.0, 3.0]
    assert len(lines) == 2 or (not cut and room)


def refused(descriptor: int, size: int) -> None:
    raise OSError


def test_a_name_that_is_not_utf8_is_logged(tmp_path: Path) -> None:
    told: list[str] = []
    log = EventLog(tmp_path / "events.jsonl", BEGAN, lambda at, event: told.append(event.text))
    log.add(1.0, MailEvent.SET_ASIDE.event(message="a\udcff", why="x"))
    log.close()
    assert json.loads((tmp_path / "events.jsonl").read_text())["details"]["message"] == r"a\xff"
    assert told == [r"Message a\xff can't be sent and was set aside: x."]


def test_no_event_shows_a_password_in_its_text_or_its_details(tmp_path: Path) -> None:
    told = []
    log = EventLog(tmp_path / "events.jsonl", BEGAN, lambda at, event: told.append(event), ["wonderland"])
    log.add(1.0, MailEvent.SCRIPT_LEFT.event(process="pid 812 (login --with Wonderland)", port="/dev/modem"))
    log.add(2.0, MailEvent.QUEUE_FAILED.event(why="wonderland%20x"))
    log.close()
    assert "wonder" not in (tmp_path / "events.jsonl").read_text().lower()
    assert [event.text for event in told] == [
        "The script processor pid 812 (login --with **********) was left running and holds /dev/modem.",
        "The mail queue failed: **********%20x.",
    ]
