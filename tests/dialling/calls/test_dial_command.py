"""What a person is told of a dial attempt, and small parts of the dialling side."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dialling.lines import LOGIN, NAIVE, SILENT, Dialled, entry, line, scenario, script_file
from simisp.dialling.calls.dial_command import DialStatus, dial, status
from simisp.dialling.calls.dialler import DialOptions
from simisp.dialling.calls.event_log import EventLog
from simisp.dialling.serial.handover import hand_over
from simisp.dialling.serial.terminal import SerialTerminal
from simisp.errors import FileError
from simisp.ras.error_codes import Cause
from simisp.ras.events import Event, EventType
from simisp.ras.outputs import LineUp

SPEED = 20.0


def options(lock_directory: Path) -> Any:
    return DialOptions("wonderland", lock_directories=[lock_directory], speed=SPEED)


async def test_a_call_that_is_ended_as_asked_is_done(tmp_path: Path, lock_directory: Path) -> None:
    with line() as isp:
        port = isp.port
        said: list[str] = []
        connected = asyncio.Event()

        def say(words: str) -> None:
            said.append(words)
            if words.startswith("connected"):
                connected.set()

        the_entry = entry(port, script_file(tmp_path, NAIVE))
        task = asyncio.ensure_future(dial(the_entry, options(lock_directory), say=say))
        waiting = asyncio.ensure_future(connected.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        assert connected.is_set(), said
        task.cancel()
        assert await task is DialStatus.DONE
    assert "connected at 33600 bit/s" in said
    assert said[-1] == "[631] The user closed the connection."
    assert f"{port}: dialling (5551234)" in said


async def test_a_refused_dial_says_633_and_who_holds_the_port(tmp_path: Path, lock_directory: Path) -> None:
    with line(scenario(SILENT, LOGIN)) as isp:
        the_entry = entry(isp.port, script_file(tmp_path, NAIVE), patience=20.0)
        said: list[str] = []
        assert await dial(the_entry, options(lock_directory), say=said.append) is DialStatus.FAILED
        assert "out of patience: the script is left running" in said
        pid = int(said[-1].split()[1])
        try:
            said.clear()
            assert await dial(the_entry, options(lock_directory), say=said.append) is DialStatus.PORT_IN_USE
            assert said[0] == "[633] The port is already in use or is not configured for Remote Access dial out."
            assert said[1].startswith(f"held by pid {pid} (")
            assert f"locked, held by pid {pid} (" in status(the_entry, [lock_directory])
        finally:
            os.kill(pid, signal.SIGKILL)


async def test_a_busy_number_says_so_and_that_it_is_dialled_again(lock_directory: Path) -> None:
    with line(scenario(LOGIN, default="busy")) as isp:
        said: list[str] = []
        the_entry = entry(isp.port, None, redials=1, redial_pause=5.0)
        assert await dial(the_entry, options(lock_directory), say=said.append) is DialStatus.FAILED
    assert said.count("dials again after a pause") == 1
    assert said[-1] == "[676] The line is busy."


async def test_where_the_port_has_dcd_its_loss_ends_the_call(
    lock_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = [True]
    monkeypatch.setattr(SerialTerminal, "carrier", lambda self: states[0])
    with line() as isp:
        dialled = Dialled(entry(isp.port, None), lock_directory)
        await dialled.until(LineUp)
        states[0] = False
        assert (await dialled.task).cause is Cause.CARRIER_LOST


def test_a_lock_file_that_can_not_be_replaced_stays_as_it_is(tmp_path: Path) -> None:
    kept, gone = tmp_path / "LCK..modem", tmp_path / "none" / "LCK..modem"
    kept.write_text("x")
    hand_over([gone, kept], 4711)
    assert kept.read_text() == "      4711\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["LCK..modem"]


EVENT = Event(1, "a", "b", EventType.INFORMATION, "x")


def test_an_event_log_that_can_not_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="the event log can't be opened"):
        EventLog(tmp_path / "file" / "events", datetime.fromisoformat("1997-10-10 08:00"), lambda at, event: None)


def test_an_event_log_without_room_still_tells() -> None:
    told = []
    began = datetime.fromisoformat("1997-10-10 08:00")
    log = EventLog(Path("/dev/full"), began, lambda at, event: told.append((at, event)))
    log.add(2.0, EVENT)
    log.close()
    assert told == [(2.0, EVENT)]
