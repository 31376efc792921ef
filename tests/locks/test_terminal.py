"""Locks of an open port."""

from __future__ import annotations

import errno
import fcntl
import os
import termios

import pytest

from simisp.errors import EndpointError, LockError
from simisp.locks.terminal import clear_exclusive, is_exclusive, set_exclusive, take_flock
from support.started_processes import Processes, Terminal, run_unprivileged

FLOCKER = """
import fcntl, os, sys
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
fcntl.flock(port, fcntl.LOCK_EX)
print('ready', flush=True)
input()
"""


def test_exclusive_use_is_set_seen_and_cleared(pty: Terminal) -> None:
    assert is_exclusive(pty.slave) is False
    set_exclusive(pty.slave)
    assert is_exclusive(pty.slave) is True
    clear_exclusive(pty.slave)
    assert is_exclusive(pty.slave) is False


def test_exclusive_use_that_another_left_behind_is_seen(pty: Terminal) -> None:
    other = os.open(pty.path, os.O_RDWR | os.O_NOCTTY)
    fcntl.ioctl(other, termios.TIOCEXCL)
    os.close(other)
    assert is_exclusive(pty.slave) is True


def test_exclusive_use_keeps_others_out_but_not_root(pty: Terminal) -> None:
    os.chmod(pty.path, 0o666)  # noqa: PTH101
    set_exclusive(pty.slave)
    program = (
        "import errno\n"
        "try: print(os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY) and 'open')\n"
        "except OSError as error: print(error.errno)\n"
    )
    assert run_unprivileged(program, pty.path) == str(errno.EBUSY)
    clear_exclusive(pty.slave)
    assert run_unprivileged(program, pty.path) == "open"


def test_what_is_no_terminal_is_an_error_to_set_and_unknown_to_ask() -> None:
    null = os.open("/dev/null", os.O_RDWR)
    try:
        assert is_exclusive(null) is None
        for change in (set_exclusive, clear_exclusive):
            with pytest.raises(EndpointError, match="not a terminal") as caught:
                change(null)
            assert caught.value.errno == errno.ENOTTY
    finally:
        os.close(null)
    assert is_exclusive(null) is None


def test_a_flock_is_taken_and_ends_with_the_descriptor(pty: Terminal) -> None:
    first = os.open(pty.path, os.O_RDWR | os.O_NOCTTY)
    take_flock(first, pty.path)
    with pytest.raises(LockError, match="has a flock on it") as caught:
        take_flock(pty.slave, pty.path)
    assert (caught.value.pid, caught.value.path) == (os.getpid(), pty.path)
    os.close(first)
    take_flock(pty.slave, pty.path)


def test_a_flock_of_another_process_is_refused_with_pid_and_command(pty: Terminal, processes: Processes) -> None:
    holder = processes.python(FLOCKER, pty.path, stdin=-1)
    with pytest.raises(LockError, match=rf"pid {holder.pid} \(.*python") as caught:
        take_flock(pty.slave, pty.path)
    assert caught.value.pid == holder.pid


def test_a_flock_on_a_closed_descriptor_is_an_error(pty: Terminal) -> None:
    with pytest.raises(EndpointError, match="flock is refused") as caught:
        take_flock(9999, pty.path)
    assert caught.value.errno == errno.EBADF
