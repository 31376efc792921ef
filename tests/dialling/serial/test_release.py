"""Ports made free, with real processes that hold them."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest

from simisp.dialling.calls.dial_command import hang_up, release_port, status
from simisp.dialling.calls.state_file import StateFile
from simisp.dialling.serial.holders import holders
from simisp.dialling.serial.release import Released, held_by, release
from simisp.locks import PortLock
from simisp.ras.phonebook import Entry
from simisp.ras.port import PortHolder
from support.narrowed import known
from support.started_processes import Processes, Terminal

HOLDS = """
import os, signal, sys
os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
for name in sys.argv[2:]:
    signal.signal(getattr(signal, name), signal.SIG_IGN)
print("ready", flush=True)
signal.pause()
"""
LOCKS = """
import signal, sys
from simisp.locks import PortLock
lock = PortLock(sys.argv[1], directories=[sys.argv[2]])
lock.acquire()
print("ready", flush=True)
signal.pause()
"""
SIMULATES = """
import os, signal, sys
master, slave = os.openpty()
os.symlink(os.ttyname(slave), sys.argv[1])
print("ready", flush=True)
signal.pause()
"""


def entry(port: str) -> Entry:
    return Entry("OzEmail", "5551234", str(port))


def test_who_has_the_port_open_holds_it(pty: Terminal, processes: Processes) -> None:
    held = processes.python(HOLDS, pty.path)
    (found,) = holders(pty.path)
    assert found.pid == held.pid
    assert sys.executable.rpartition("/")[2] in found.command or "python" in found.command


def test_a_simulator_does_not_hold_its_own_port(tmp_path: Path, processes: Processes) -> None:
    link = tmp_path / "port"
    processes.python(SIMULATES, link)
    assert holders(str(link)) == ()
    held = processes.python(HOLDS, link)
    assert [holder.pid for holder in holders(str(link))] == [held.pid]


def test_nobody_holds_a_port_that_is_not_there(tmp_path: Path, lock_directory: Path) -> None:
    assert holders(str(tmp_path / "none")) == ()
    assert held_by(str(tmp_path / "none"), [lock_directory]) == ()


def test_a_release_ends_the_holder_and_clears_its_lock(
    pty: Terminal, processes: Processes, lock_directory: Path
) -> None:
    held = processes.python(HOLDS, pty.path)
    lock = lock_directory / f"LCK..{Path(pty.path).name}"
    lock.write_text(f"{held.pid:10}\n")
    released = release(pty.path, [lock_directory], patience=60.0)
    assert held.wait() == -signal.SIGTERM
    assert [holder.pid for holder in released.ended] == [held.pid]
    assert released.cleared == (str(lock),)
    assert released.is_free
    assert list(lock_directory.iterdir()) == []
    assert f"ended pid {held.pid}" in released.describe()


def test_a_holder_that_does_not_heed_sigterm_is_killed(
    pty: Terminal, processes: Processes, lock_directory: Path
) -> None:
    held = processes.python(HOLDS, pty.path, "SIGTERM")
    assert release(pty.path, [lock_directory], patience=0.2).is_free
    assert held.wait() == -signal.SIGKILL


def test_a_stopped_holder_is_ended_too(pty: Terminal, processes: Processes, lock_directory: Path) -> None:
    held = processes.python(HOLDS, pty.path)
    os.kill(held.pid, signal.SIGSTOP)
    assert release(pty.path, [lock_directory], patience=60.0).is_free
    assert held.wait() == -signal.SIGTERM


def test_all_holders_are_ended(pty: Terminal, processes: Processes, lock_directory: Path) -> None:
    held = [processes.python(HOLDS, pty.path) for _ in range(3)]
    released = release(pty.path, [lock_directory])
    assert {holder.pid for holder in released.ended} == {process.pid for process in held}


def test_a_process_that_only_a_lock_file_names_is_not_ended(
    pty: Terminal, processes: Processes, lock_directory: Path
) -> None:
    innocent = processes.python(LOCKS, pty.path, lock_directory)
    released = release(pty.path, [lock_directory])
    assert innocent.poll() is None
    assert released.ended == ()
    assert [holder.pid for holder in released.remaining] == [innocent.pid]
    assert not released.is_free
    assert f"still held by pid {innocent.pid}" in released.describe()


def test_stale_and_junk_locks_are_cleared(pty: Terminal, lock_directory: Path) -> None:
    name = Path(pty.path).name
    (lock_directory / f"LCK..{name}").write_text(f"{2**22 - 1:10}\n")
    (lock_directory / f"LCK..pts_{name}").write_bytes(b"\xffjunk")
    released = release(pty.path, [lock_directory])
    assert len(released.cleared) == 2
    assert released.is_free
    assert list(lock_directory.iterdir()) == []


def test_a_free_port_stays_free(pty: Terminal, lock_directory: Path) -> None:
    assert release(pty.path, [lock_directory]).describe() == f"{pty.path}: no process held it"


def test_a_release_that_leaves_something_says_so() -> None:
    released = Released("/dev/modem", (), (), (PortHolder(7, "pppd"),))
    assert released.describe() == "/dev/modem: still held by pid 7 (pppd)"
    assert Released("/dev/modem", (), (), (), "the directory is full").describe() == "/dev/modem: the directory is full"


def test_the_status_of_a_port_names_who_holds_it(pty: Terminal, processes: Processes, lock_directory: Path) -> None:
    assert status(entry(pty.path), [lock_directory]) == f"{pty.path}: closed"
    held = processes.python(HOLDS, pty.path)
    assert f"locked, held by pid {held.pid} (" in status(entry(pty.path), [lock_directory])


DIALS = """
import os, signal, sys, time
from simisp.dialling.calls.state_file import StateFile
os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
state = StateFile(sys.argv[1])
state.write("OzEmail", "connected", time.time() - 100)
def end(*_):
    state.remove()
    sys.exit()
if len(sys.argv) < 3:
    signal.signal(signal.SIGTERM, end)
else:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
while True:
    signal.pause()
"""


def test_the_status_tells_what_a_dialler_of_ours_is_at(
    pty: Terminal, processes: Processes, lock_directory: Path
) -> None:
    dialler = processes.python(DIALS, pty.path)
    before = time.time()
    words = re.fullmatch(r"(.*) for (\d+) s, (.*)", status(entry(pty.path), [lock_directory]))
    state = known(StateFile(pty.path).read())
    assert words is not None
    assert words.group(1, 3) == (f"{pty.path}: connected ('OzEmail')", f"pid {dialler.pid}")
    assert round(before - state.since) <= int(words[2]) <= round(time.time() - state.since)


def test_hanging_up_asks_our_dialler_and_waits(pty: Terminal, processes: Processes, lock_directory: Path) -> None:
    dialler = processes.python(DIALS, pty.path)
    done, words = hang_up(entry(pty.path), [lock_directory], patience=60.0)
    assert (done, words) == (True, f"{pty.path}: pid {dialler.pid} has hung up")
    dialler.wait()


def test_hanging_up_a_deaf_dialler_fails(pty: Terminal, processes: Processes, lock_directory: Path) -> None:
    dialler = processes.python(DIALS, pty.path, "deaf")
    done, words = hang_up(entry(pty.path), [lock_directory], patience=0.1)
    assert not done
    assert f"pid {dialler.pid} does not hang up" in words
    assert dialler.poll() is None


def test_hanging_up_what_is_no_dialler_of_ours_ends_nothing(
    pty: Terminal, processes: Processes, lock_directory: Path
) -> None:
    held = processes.python(HOLDS, pty.path)
    done, words = hang_up(entry(pty.path), [lock_directory])
    assert not done
    assert "--release" in words
    assert held.poll() is None


def test_hanging_up_a_free_port_is_done_already(pty: Terminal, lock_directory: Path) -> None:
    assert hang_up(entry(pty.path), [lock_directory]) == (True, f"{pty.path}: there is no call")


def test_a_state_file_of_a_process_that_is_gone_counts_as_none(pty: Terminal, processes: Processes) -> None:
    dialler = processes.python(DIALS, pty.path)
    assert known(StateFile(pty.path).read()).pid == dialler.pid
    processes.end(dialler)
    assert StateFile(pty.path).read() is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"pid": "x", "started": 1}'])
def test_a_state_file_with_junk_counts_as_none(pty: Terminal, text: str) -> None:
    state = StateFile(pty.path)
    state.write("OzEmail", "connected", 0.0)
    state._path().write_text(text)
    assert state.read() is None


def test_only_its_own_state_file_is_removed(pty: Terminal, processes: Processes) -> None:
    dialler = processes.python(DIALS, pty.path)
    StateFile(pty.path).remove()
    assert known(StateFile(pty.path).read()).pid == dialler.pid


def test_releasing_an_entry_is_releasing_its_port(pty: Terminal, processes: Processes, lock_directory: Path) -> None:
    processes.python(HOLDS, pty.path)
    assert release_port(entry(pty.path), [lock_directory]).is_free
    with PortLock(pty.path, directories=[lock_directory]):
        pass
