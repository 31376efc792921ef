"""What lock files say, and which of them are stale."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simisp.locks import LockFound, PortDevice, inspect_lock
from simisp.locks.inspection import parse_lock
from simisp.procfs.process import LARGEST_PID, process_status
from support.polling import until
from support.started_processes import Processes, Terminal, run_unprivileged, terminal

HOUR = 3600.0


def hdb(pid: int) -> bytes:
    return b"%10d\n" % pid


def inspected(path: Path, device: PortDevice | None = None) -> LockFound:
    found = inspect_lock(path, device)
    assert found is not None
    return found


def lock_directory(tmp_path: Path) -> Path:
    """Return a directory that every user may enter, as those of the system."""
    directory = tmp_path / "locks"
    directory.mkdir()
    directory.chmod(0o1777)
    return directory


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "LCK..modem"


@pytest.fixture
def dead_pid(processes: Processes) -> int:
    child = processes.start(["true"])
    child.wait()
    return child.pid


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"      1275\n", (1275, "HDB")),
        (b"1275\n", (1275, "ASCII")),
        (b"1275", (1275, "ASCII")),
        (b"123\n", (123, "ASCII")),  # four octets, and yet no integer
        (b"1275 minicom root\n", (1275, "ASCII")),
        (b"      1275 minicom root\n", (1275, "ASCII")),
        (b"  1275\r\nmodem0\r\n", (1275, "ASCII")),
        (b"1275\0", (1275, "ASCII")),
        (b"1\0\0\0", (0x31, "binary")),  # and so are these no ASCII
        (struct.pack("=i", 1275), (1275, "binary")),
        (b"", (None, "empty")),
        (b"0\n", (None, "junk")),
        (b"         0\n", (None, "junk")),
        (b"-1\n", (None, "junk")),
        (b"%d\n" % (LARGEST_PID + 1), (None, "junk")),
        (b"99999999999999999999\n", (None, "junk")),
        (b"1275x\n", (None, "junk")),
        (b"modem0\n", (None, "junk")),
        (b"\xff\xff\xff\xff", (None, "junk")),
        (b"\0\0\0\0", (None, "junk")),
        (b"\x80" * 64, (None, "junk")),
        (b"\n", (None, "junk")),
    ],
)
def test_a_lock_file_is_read_in_each_of_its_forms(content: bytes, expected: tuple[int | None, str]) -> None:
    assert parse_lock(content) == expected


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80))
def test_whatever_a_lock_file_says_is_a_possible_pid_or_none(content: bytes) -> None:
    pid, form = parse_lock(content)
    assert (pid is None) == (form in {"empty", "junk"})
    assert pid is None or 0 < pid <= LARGEST_PID


@settings(max_examples=50, deadline=None)
@given(st.integers(1, LARGEST_PID))
def test_every_pid_is_read_back_from_every_form(pid: int) -> None:
    assert parse_lock(hdb(pid)) == (pid, "HDB")
    assert parse_lock(b"%d" % pid) == (pid, "ASCII")
    assert parse_lock(struct.pack("=i", pid)) == (pid, "binary")


def test_no_file_is_no_lock(path: Path) -> None:
    assert inspect_lock(path) is None


def test_a_lock_of_a_living_process_is_held_and_its_command_told(path: Path) -> None:
    path.write_bytes(hdb(os.getpid()))
    found = inspected(path)
    assert (found.pid, found.stale, found.form) == (os.getpid(), False, "HDB")
    assert "python" in found.command
    assert f"pid {os.getpid()} lives" in found.describe()


def test_a_lock_of_a_dead_process_is_stale(path: Path, dead_pid: int) -> None:
    path.write_bytes(hdb(dead_pid))
    found = inspected(path)
    assert (found.pid, found.stale, found.command) == (dead_pid, True, "")
    assert found.reason == f"its process {dead_pid} is gone"


def test_a_lock_of_a_process_that_only_waits_to_be_reaped_is_stale(path: Path, processes: Processes) -> None:
    child = processes.start(["true"])
    until(lambda: (status := process_status(child.pid)) and status.ended)
    path.write_bytes(hdb(child.pid))
    assert inspected(path).stale
    assert "reaped" in inspected(path).reason


def test_a_lock_older_than_the_process_it_names_is_stale(path: Path) -> None:
    path.write_bytes(hdb(os.getpid()))
    os.utime(path, (time.time() - HOUR * 24 * 365 * 30,) * 2)
    found = inspected(path)
    assert found.stale
    assert f"pid {os.getpid()} began after the lock was written and is another process" in found.reason


def test_a_younger_process_that_has_the_port_open_is_believed(path: Path, pty: Terminal) -> None:
    path.write_bytes(hdb(os.getpid()))
    os.utime(path, (0.0, 0.0))
    assert not inspected(path, PortDevice.at(pty.path)).stale


def test_a_younger_process_that_has_another_port_open_is_not_believed(
    path: Path, pty: Terminal, processes: Processes
) -> None:
    child = processes.python(
        "import os, sys; os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY); print('ready', flush=True); input()",
        pty.path,
        stdin=subprocess.PIPE,
    )
    path.write_bytes(hdb(child.pid))
    os.utime(path, (0.0, 0.0))
    with terminal() as other:
        assert inspected(path, PortDevice.at(other.path)).stale
        assert not inspected(path, PortDevice.at(pty.path)).stale


def test_a_lock_with_a_time_in_the_future_is_held_as_long_as_its_process_lives(path: Path, dead_pid: int) -> None:
    path.write_bytes(hdb(os.getpid()))
    os.utime(path, (time.time() + HOUR,) * 2)
    assert not inspected(path).stale
    path.write_bytes(hdb(dead_pid))
    os.utime(path, (time.time() + HOUR,) * 2)
    assert inspected(path).stale


def test_junk_is_stale_and_told(path: Path) -> None:
    path.write_bytes(b"modem\x1b[2J\xff")
    found = inspected(path)
    assert (found.pid, found.stale, found.form) == (None, True, "junk")
    assert "\x1b" not in found.describe()


def test_only_the_head_of_a_huge_lock_file_is_read(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"x")
        file.truncate(1 << 40)
    assert len(inspected(path).reason) < 500


def test_an_empty_lock_is_held_while_new_and_stale_when_old_or_from_the_future(path: Path) -> None:
    path.touch()
    assert not inspected(path).stale
    os.utime(path, (time.time() - 10.0,) * 2)
    assert inspected(path).stale
    os.utime(path, (time.time() + HOUR,) * 2)
    assert inspected(path).stale


@pytest.mark.parametrize("kind", ["directory", "symlink", "dangling symlink", "fifo"])
def test_what_is_no_regular_file_is_never_taken_for_stale(path: Path, kind: str) -> None:
    if kind == "directory":
        path.mkdir()
    elif kind == "symlink":
        path.symlink_to("/etc/hostname")
    elif kind == "dangling symlink":
        path.symlink_to("gone")
    else:
        os.mkfifo(path)
    found = inspected(path)
    assert (found.stale, found.form, found.pid) == (False, "unreadable", None)
    assert "no program makes as a lock" in found.reason


def test_a_lock_of_another_user_that_we_may_not_read_is_held(tmp_path: Path) -> None:
    directory = lock_directory(tmp_path)
    (directory / "LCK..modem").write_bytes(hdb(1))
    (directory / "LCK..modem").chmod(0)
    program = (
        "from pathlib import Path; from simisp.locks import inspect_lock\n"
        "found = inspect_lock(Path('LCK..modem'))\n"
        "print(found.stale, found.form, found.reason)\n"
    )
    assert run_unprivileged(program, cwd=directory).startswith("False unreadable it can't be read")


def test_a_lock_that_names_a_process_of_another_user_is_held(tmp_path: Path) -> None:
    directory = lock_directory(tmp_path)
    (directory / "LCK..modem").write_bytes(hdb(1))
    program = (
        "from pathlib import Path; from simisp.locks import inspect_lock\n"
        "found = inspect_lock(Path('LCK..modem'))\n"
        "print(found.stale, found.reason)\n"
    )
    assert run_unprivileged(program, cwd=directory) == "False pid 1 lives"


def test_a_younger_process_that_may_not_be_looked_at_is_believed(tmp_path: Path, pty: Terminal) -> None:
    directory = lock_directory(tmp_path)
    (directory / "LCK..modem").write_bytes(hdb(1))
    os.utime(directory / "LCK..modem", (0.0, 0.0))
    program = (
        "from pathlib import Path; from simisp.locks import PortDevice, inspect_lock\n"
        "found = inspect_lock(Path('LCK..modem'), PortDevice.at(sys.argv[1]))\n"
        "print(found.stale, found.reason)\n"
    )
    printed = run_unprivileged(program, pty.path, cwd=directory)
    assert printed == "False pid 1 lives; it began after the lock was written, but cannot be inspected"


def test_a_pid_in_eight_octets_names_its_process(tmp_path: Path) -> None:
    path = tmp_path / "LCK..modem"
    path.write_bytes(os.getpid().to_bytes(8, sys.byteorder))
    found = inspect_lock(path)
    assert found is not None
    assert (found.pid, found.stale, found.form) == (os.getpid(), False, "binary")
