"""Diallers of ours and the real programs on one port, in both directions."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess

import pytest

from dialling.lines import Dialled, entry
from simisp.dialling.serial.handover import hand_over
from simisp.locks import find_locks
from simisp.ras.error_codes import Cause
from simisp.ras.outputs import AttemptEnded
from support.lock_programs import PROGRAMS, WITH_LOCK_FILES, Room, room
from support.polling import until
from support.started_processes import Processes

__all__ = ["room"]

ORPHAN = "import signal\nprint('ready', flush=True)\nsignal.pause()\n"


def dialled(place: Room, port: str) -> AttemptEnded:
    """What a dial attempt of ours comes to on a port."""

    async def dial() -> AttemptEnded:
        return await Dialled(entry(port, None), place.locks).task

    return asyncio.run(dial())


@pytest.mark.parametrize("name", WITH_LOCK_FILES)
@pytest.mark.parametrize("given", ["link", "device"])
def test_a_port_that_a_program_holds_is_633_with_its_pid(room: Room, name: str, given: str) -> None:
    running = room.start(name, room.names[given])
    until(lambda: room.locked_by(running), what=f"the lock of {name}")
    ended = dialled(room, room.names[given])
    assert ended.cause is Cause.PORT_IN_USE
    assert f"pid {running.pid} (" in ended.detail


@pytest.mark.runner("picocom")
def test_a_port_that_picocom_holds_by_its_flock_is_633(room: Room) -> None:
    running = room.start("picocom", room.link)
    until(lambda: room.flocked_by(running), what="the flock of picocom")
    ended = dialled(room, room.link)
    assert ended.cause is Cause.PORT_IN_USE
    assert f"pid {running.pid} (" in ended.detail


def left_running(place: Room, processes: Processes) -> subprocess.Popen[str]:
    """A script that was left running with the lock of its dialler."""
    orphan = processes.python(ORPHAN)
    lock = place.ours(place.link)
    lock.acquire()
    hand_over(lock.paths, orphan.pid)
    lock.release()
    return orphan


@pytest.mark.parametrize("name", WITH_LOCK_FILES)
def test_a_program_is_refused_by_the_lock_of_a_script_that_was_left_running(
    room: Room, name: str, processes: Processes
) -> None:
    orphan = left_running(room, processes)
    assert {found.pid for found in find_locks(room.link, [room.locks])} == {orphan.pid}
    status, said = room.start(name, room.link).refusal()
    assert status == PROGRAMS[name].status
    assert PROGRAMS[name].refusal.format(pid=orphan.pid) in said


@pytest.mark.parametrize("name", WITH_LOCK_FILES)
def test_the_lock_of_an_orphan_that_is_gone_is_taken_over(room: Room, name: str, processes: Processes) -> None:
    orphan = left_running(room, processes)
    os.kill(orphan.pid, signal.SIGKILL)
    orphan.wait()
    if name == "cu":
        # It works as the user uucp, who may not remove what root left in a sticky directory.
        for found in find_locks(room.link, [room.locks]):
            shutil.chown(found.path, "uucp")
    running = room.start(name, room.link)
    until(lambda: room.locked_by(running), what=f"the lock of {name}")
