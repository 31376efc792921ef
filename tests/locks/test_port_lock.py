"""A port locked in every way at once."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from simisp.errors import EndpointError, LockError
from simisp.locks import PortLock, is_exclusive
from simisp.locks.terminal import set_exclusive, take_flock
from support.started_processes import Processes, Terminal, terminal


def files(directory: Path) -> set[str]:
    return {entry.name for entry in directory.iterdir()}


def test_a_port_is_locked_under_each_of_its_names(directory: Path, link: Path, pty: Terminal) -> None:
    number = Path(pty.path).name
    with PortLock(str(link), directories=[directory]) as lock:
        assert files(directory) == {"LCK..modem0", f"LCK..{number}", f"LCK..pts_{number}"}
        assert {path.name for path in lock.paths} == files(directory)
    assert files(directory) == set()
    assert lock.paths == ()


def test_a_port_is_locked_in_each_directory(directory: Path, link: Path) -> None:
    second = directory.with_name("second")
    second.mkdir()
    with PortLock(str(link), directories=[directory, second]):
        assert files(directory) == files(second) != set()


@pytest.mark.parametrize("locked", ["link", "device"])
def test_a_port_is_refused_under_whichever_name_another_has_it(
    directory: Path, link: Path, pty: Terminal, locked: str
) -> None:
    first, second = (str(link), pty.path) if locked == "link" else (pty.path, str(link))
    with PortLock(first, directories=[directory]):
        held = files(directory)
        with pytest.raises(LockError, match=f"{second} is locked: .* lives") as caught:
            PortLock(second, directories=[directory]).acquire()
        assert caught.value.pid == os.getpid()
        assert files(directory) == held


def test_all_names_are_locked_or_none(directory: Path, link: Path) -> None:
    (directory / "LCK..modem0").write_bytes(b"%10d\n" % os.getpid())
    lock = PortLock(str(link), directories=[directory])
    with pytest.raises(LockError):
        lock.acquire()
    assert files(directory) == {"LCK..modem0"}
    assert lock.paths == ()


def test_stale_locks_that_were_taken_over_are_told(directory: Path, link: Path, processes: Processes) -> None:
    child = processes.start(["true"])
    child.wait()
    (directory / "LCK..modem0").write_bytes(b"%10d\n" % child.pid)
    with PortLock(str(link), directories=[directory]) as lock:
        assert len(lock.paths) == 3
        lock.release()
        (directory / "LCK..modem0").write_bytes(b"%10d\n" % child.pid)
        (found,) = lock.acquire()
        assert (found.pid, Path(found.path).name) == (child.pid, "LCK..modem0")


def test_a_directory_that_is_missing_is_an_error_and_nothing_is_locked(directory: Path, link: Path) -> None:
    with pytest.raises(EndpointError):
        PortLock(str(link), directories=[directory, directory / "missing"]).acquire()
    assert files(directory) == set()


def test_a_directory_that_can_not_be_written_leaves_no_lock_in_another(directory: Path, link: Path) -> None:
    # Nothing can be made in /proc, not even by root.
    with pytest.raises(EndpointError) as caught:
        PortLock(str(link), directories=[directory, "/proc"]).acquire()
    assert caught.value.errno in {errno.ENOENT, errno.EACCES}
    assert files(directory) == set()


def test_to_take_a_lock_twice_is_misuse(directory: Path, link: Path) -> None:
    with PortLock(str(link), directories=[directory]) as lock, pytest.raises(ValueError, match="already"):
        lock.acquire()


def test_a_port_that_does_not_exist_can_be_locked(directory: Path) -> None:
    with PortLock("/dev/no-such-modem", directories=[directory]):
        assert files(directory) == {"LCK..no-such-modem"}


def test_an_open_port_is_guarded_and_given_back(directory: Path, pty: Terminal) -> None:
    port = os.open(pty.path, os.O_RDWR | os.O_NOCTTY)
    try:
        with PortLock(pty.path, directories=[directory], exclusive=True) as lock:
            lock.guard(port)
            assert is_exclusive(pty.slave)
            with pytest.raises(LockError):
                take_flock(pty.slave, pty.path)
        assert not is_exclusive(pty.slave)
        take_flock(pty.slave, pty.path)
    finally:
        os.close(port)


def test_exclusive_use_that_somebody_else_set_is_not_taken_back(directory: Path, pty: Terminal) -> None:
    set_exclusive(pty.slave)
    with PortLock(pty.path, directories=[directory], exclusive=True) as lock:
        lock.guard(pty.slave)
    assert is_exclusive(pty.slave)


def test_a_port_that_was_closed_before_the_release_is_no_error(directory: Path, pty: Terminal) -> None:
    port = os.open(pty.path, os.O_RDWR | os.O_NOCTTY)
    with PortLock(pty.path, directories=[directory], exclusive=True) as lock:
        lock.guard(port)
        os.close(port)
    assert files(directory) == set()


def test_a_descriptor_that_stands_for_another_port_by_now_is_left_alone(directory: Path, pty: Terminal) -> None:
    with terminal() as other, PortLock(pty.path, directories=[directory], exclusive=True) as lock:
        port = os.open(pty.path, os.O_RDWR | os.O_NOCTTY)
        try:
            lock.guard(port)
            os.dup2(other.slave, port)
            set_exclusive(other.slave)
            lock.release()
            assert is_exclusive(other.slave)
        finally:
            os.close(port)


def test_a_guard_without_flock_lets_another_take_one(directory: Path, pty: Terminal) -> None:
    port = os.open(pty.path, os.O_RDWR | os.O_NOCTTY)
    try:
        with PortLock(pty.path, directories=[directory], flock=False) as lock:
            lock.guard(port)
            take_flock(pty.slave, pty.path)
            assert not is_exclusive(pty.slave)
    finally:
        os.close(port)


def test_a_port_that_is_locked_by_another_name_of_its_device_is_refused(
    directory: Path, link: Path, pty: Terminal
) -> None:
    other = link.with_name("other-modem")
    other.symlink_to(pty.path)
    held = directory / "LCK..other-modem"
    held.write_text(f"{os.getppid():10}\n")
    with pytest.raises(LockError, match=r"LCK\.\.other-modem"):
        PortLock(str(link), directories=[directory]).acquire()
    assert files(directory) == {"LCK..other-modem"}
