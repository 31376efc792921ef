"""Which locks lie on a port."""

from __future__ import annotations

import fcntl
import os
import subprocess
from pathlib import Path

import pytest

from simisp.locks import FlockFound, PortDevice, find_locks, flocks_on
from simisp.locks.holders import parse_flocks
from support.polling import until
from support.started_processes import Processes, Terminal

OURS = b"%10d\n" % os.getpid()


def names(port: object, *directories: Path, **options: int) -> list[str]:
    return [Path(lock.path).name for lock in find_locks(str(port), directories, **options)]  # type: ignore[arg-type]


def test_locks_under_each_name_of_a_port_are_found(directory: Path, link: Path, pty: Terminal) -> None:
    number = Path(pty.path).name
    for name in ("LCK..modem0", f"LCK..{number}", f"LCK..pts_{number}", "LCK..ttyS7", "LCK..modem00", "modem0"):
        (directory / name).write_bytes(OURS)
    expected = sorted(["LCK..modem0", f"LCK..{number}", f"LCK..pts_{number}"])
    assert names(link, directory) == expected
    assert names(pty.path, directory) == [name for name in expected if name != "LCK..modem0"]


def test_a_lock_under_another_symlink_to_the_port_is_found(directory: Path, link: Path, pty: Terminal) -> None:
    link.with_name("other").symlink_to(pty.path)
    link.with_name("elsewhere").symlink_to("/dev/null")
    (directory / "LCK..other").write_bytes(OURS)
    (directory / "LCK..elsewhere").write_bytes(OURS)
    (directory / "LCK..").write_bytes(OURS)
    assert names(link, directory) == ["LCK..other"]


def test_a_lock_that_names_a_holder_is_found_under_any_name(directory: Path, link: Path) -> None:
    (directory / "LCK..some-system").write_bytes(OURS)
    assert names(link, directory) == []
    assert names(link, directory, holders={os.getpid()}) == ["LCK..some-system"]  # type: ignore[arg-type]


def test_a_stale_lock_is_found_and_told_as_stale(directory: Path, link: Path, processes: Processes) -> None:
    child = processes.start(["true"])
    child.wait()
    (directory / "LCK..modem0").write_bytes(b"%10d\n" % child.pid)
    (found,) = find_locks(str(link), [directory])
    assert (found.pid, found.stale) == (child.pid, True)


def test_the_lock_of_a_port_that_is_gone_is_found(directory: Path, link: Path) -> None:
    link.unlink()
    (directory / "LCK..modem0").write_bytes(OURS)
    assert names(link, directory) == ["LCK..modem0"]


def test_both_directories_are_searched_and_a_missing_one_passed_over(directory: Path, link: Path) -> None:
    second = directory.with_name("more-locks")
    second.mkdir()
    (directory / "LCK..modem0").write_bytes(OURS)
    (second / "LCK..modem0").write_bytes(OURS)
    found = find_locks(str(link), [directory, directory / "missing", second])
    assert [lock.path for lock in found] == [str(directory / "LCK..modem0"), str(second / "LCK..modem0")]


def test_a_file_name_that_is_no_text_is_no_obstacle(directory: Path, link: Path) -> None:
    (directory / os.fsdecode(b"LCK..\xff\x1b[2J")).write_bytes(OURS)
    (found,) = find_locks(str(link), [directory], holders={os.getpid()})
    assert found.describe().isprintable()


def test_an_exclusive_and_a_shared_flock_are_seen(pty: Terminal) -> None:
    device = PortDevice.at(pty.path)
    assert flocks_on(device) == []
    fcntl.flock(pty.slave, fcntl.LOCK_EX)
    assert flocks_on(device) == [FlockFound("flock", "exclusive", os.getpid())]
    fcntl.flock(pty.slave, fcntl.LOCK_SH)
    assert flocks_on(device) == [FlockFound("flock", "shared", os.getpid())]


def test_a_posix_lock_is_told_apart(pty: Terminal) -> None:
    fcntl.lockf(pty.slave, fcntl.LOCK_EX)
    assert flocks_on(PortDevice.at(pty.path)) == [FlockFound("POSIX", "exclusive", os.getpid())]


def test_a_process_that_waits_for_a_flock_is_seen_as_waiting(pty: Terminal, processes: Processes) -> None:
    fcntl.flock(pty.slave, fcntl.LOCK_EX)
    child = processes.python(
        "import fcntl, os, sys\n"
        "port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\n"
        "print('ready', flush=True)\n"
        "fcntl.flock(port, fcntl.LOCK_EX)\n",
        pty.path,
    )
    waiting = FlockFound("flock", "exclusive", child.pid, waiting=True)
    until(lambda: waiting in flocks_on(PortDevice.at(pty.path)))


def test_a_flock_outlives_its_taker_in_the_takers_child(pty: Terminal, processes: Processes) -> None:
    taker = processes.start(["flock", pty.path, "sh", "-c", "sleep 1000 & echo; wait"], stdout=subprocess.PIPE)
    assert taker.stdout is not None
    taker.stdout.readline()
    processes.end(taker)
    assert flocks_on(PortDevice.at(pty.path)) == [FlockFound("flock", "exclusive", taker.pid)]


@pytest.mark.parametrize(
    "text", ["", "\n", "9:", "9: FLOCK", "9: FLOCK ADVISORY WRITE x 00:18:6 0 EOF", "9: -> ", "junk"]
)
def test_a_text_that_lists_no_lock_names_nobody(text: str) -> None:
    found = parse_flocks(text, PortDevice("/dev/pts/3", 0, 0x18, 6))
    assert [lock.pid for lock in found] in ([], [None])
    assert found == [] or " x " in text


def test_a_taker_outside_of_our_pid_namespace_has_no_number() -> None:
    text = "9: FLOCK  ADVISORY  READ 0 00:18:6 0 EOF\n9: LEASE ACTIVE READ 7 00:18:6 0 EOF"
    assert parse_flocks(text, PortDevice("/dev/pts/3", 0, 0x18, 6)) == [FlockFound("flock", "shared", None)]
