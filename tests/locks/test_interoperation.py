"""Locks between simisp and the real programs that dial, in both directions.

Each program runs in a mount namespace of its own, where /run/lock is a directory of the test.
"""

from __future__ import annotations

import os
import shutil

import pytest

from simisp.errors import LockError
from simisp.locks import find_locks
from support.lock_programs import PROGRAMS, WITH_LOCK_FILES, Room, room
from support.polling import until

__all__ = ["room"]

DIALLER = """
import signal, sys
from simisp.locks import PortLock
PortLock(sys.argv[1], directories=[sys.argv[2]]).acquire()
print('ready', flush=True)
signal.pause()
"""


@pytest.mark.parametrize("given", ["link", "device"])
@pytest.mark.parametrize("name", WITH_LOCK_FILES)
def test_a_port_that_a_program_has_locked_is_refused_with_its_pid(room: Room, name: str, given: str) -> None:
    running = room.start(name, room.names[given])
    until(lambda: room.locked_by(running), what=f"the lock of {name}")
    # kermit's lock is that of the device; the others' is that of the name they were given, which is ours too.
    with pytest.raises(LockError) as caught:
        room.ours(room.link).acquire()
    assert caught.value.pid == running.pid
    assert name in caught.value.command
    assert [lock.stale for lock in find_locks(room.link, [room.locks])] == [False]


@pytest.mark.parametrize("given", ["link", "device"])
@pytest.mark.parametrize("name", WITH_LOCK_FILES)
def test_a_program_refuses_a_port_that_we_have_locked(room: Room, name: str, given: str) -> None:
    with room.ours(room.link) as lock:
        status, said = room.start(name, room.names[given]).refusal()
        assert PROGRAMS[name].refusal.format(pid=os.getpid()) in said
        assert status == PROGRAMS[name].status
        assert all(path.exists() for path in lock.paths)


@pytest.mark.parametrize("name", WITH_LOCK_FILES)
def test_the_lock_of_a_program_that_was_killed_is_taken_over(room: Room, name: str) -> None:
    running = room.start(name, room.link)
    until(lambda: room.locked_by(running), what=f"the lock of {name}")
    # Of a program in two processes, as cu, both end.
    room.processes.end_family(running.process)
    with room.ours(room.link) as lock:
        lock.release()
        assert find_locks(room.link, [room.locks]) == []


@pytest.mark.parametrize("name", WITH_LOCK_FILES)
def test_a_program_takes_over_the_lock_that_a_killed_process_of_ours_left(room: Room, name: str) -> None:
    killed = room.processes.python(DIALLER, room.link, room.locks)
    room.processes.end(killed)
    left = find_locks(room.link, [room.locks])
    assert {lock.pid for lock in left if lock.stale} == {killed.pid}
    if name == "cu":
        # It works as the user uucp, who may not remove what root left in a sticky directory.
        for lock in left:
            shutil.chown(lock.path, "uucp")
    running = room.start(name, room.link)
    until(lambda: room.locked_by(running), what=f"the lock of {name}, which said {running.said()!r}")


@pytest.mark.runner("picocom")
def test_picocom_and_we_refuse_each_other_by_flock(room: Room) -> None:
    running = room.start("picocom", room.link)
    until(lambda: room.flocked_by(running), what="the flock of picocom")
    port = os.open(room.link, os.O_RDWR | os.O_NOCTTY)
    try:
        with room.ours(room.link) as lock:
            with pytest.raises(LockError) as caught:
                lock.guard(port)
            assert caught.value.pid == running.pid
            assert "picocom" in caught.value.command
            room.processes.end(running.process)
            lock.guard(port)
            status, said = room.start("picocom", room.names["device"]).refusal()
            assert (status, PROGRAMS["picocom"].refusal in said) == (PROGRAMS["picocom"].status, True)
    finally:
        os.close(port)
