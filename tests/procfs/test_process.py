"""Facts about processes."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest

from simisp.procfs.process import (
    LARGEST_PID,
    all_processes,
    command_line,
    is_alive,
    parse_status,
    printable,
    process_status,
)
from support.polling import until
from support.started_processes import Processes, Terminal, run_unprivileged

STAT = b"7 (%b) S 1 7 6 %d -1 4194304 90 0 0 0 1 2 0 0 20 0 3 0 4321 2500000 200 18446744073709551615 0 0"


def test_a_status_tells_parent_group_session_terminal_threads_and_start() -> None:
    status = parse_status(STAT % (b"chat", 0x8803))
    assert status is not None
    assert (status.pid, status.name, status.state, status.parent) == (7, "chat", "S", 1)
    assert (status.group, status.session, status.threads, status.started) == (7, 6, 3, 4321)
    assert status.terminal == os.makedev(0x88, 3)


@pytest.mark.parametrize("name", [b"a b", b"a) S 9 9", b"((", b"\xff\n", b""])
def test_a_process_may_have_any_name(name: bytes) -> None:
    status = parse_status(STAT % (name, 0))
    assert status is not None
    assert (status.name, status.parent) == (printable(name), 1)


def test_a_large_minor_number_of_a_terminal_is_put_together() -> None:
    status = parse_status(STAT % (b"chat", 0x0010882C))
    assert status is not None
    assert status.terminal == os.makedev(0x88, 0x12C)


@pytest.mark.parametrize(
    "text", [b"", b"7", b"7 (chat", b"7 (chat)", b"7 (chat) S 1 2", b"x (chat) " + STAT[9:], b"\0" * 99]
)
def test_a_text_that_is_no_status_is_none(text: bytes) -> None:
    assert parse_status(text) is None


def test_this_process_began_in_the_past_and_after_the_system() -> None:
    status = process_status(os.getpid())
    assert status is not None
    assert time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) <= status.started_at <= time.time()
    assert status.parent == os.getppid()


def test_all_processes_include_this_one_and_a_child(processes: Processes) -> None:
    child = processes.python("print('ready', flush=True); import signal; signal.pause()")
    seen = all_processes()
    assert seen[child.pid].parent == os.getpid()
    assert seen[os.getpid()].pid == os.getpid()


def test_a_process_that_was_reaped_is_not_alive_and_has_no_status(processes: Processes) -> None:
    child = processes.start(["true"])
    child.wait()
    assert not is_alive(child.pid)
    assert process_status(child.pid) is None
    assert command_line(child.pid) == ""


def test_a_process_that_was_not_reaped_is_alive_but_has_ended(processes: Processes) -> None:
    child = processes.start(["true"])
    status = until(lambda: (found := process_status(child.pid)) and found.ended and found)
    assert status
    assert is_alive(child.pid)
    assert command_line(child.pid) == "[true]"


def test_a_process_whose_first_thread_ended_has_not_ended(processes: Processes) -> None:
    child = processes.python(
        "import ctypes, signal, threading\n"
        "threading.Thread(target=threading.Event().wait).start()\n"
        "print('ready', flush=True)\n"
        "ctypes.CDLL(None).syscall(60 if __import__('os').uname().machine == 'x86_64' else 93, 0)\n"
    )
    status = until(lambda: (found := process_status(child.pid)) and found.state == "Z" and found)
    assert status
    assert not status.ended


@pytest.mark.parametrize("pid", [0, -1, pytest.param(-os.getpid(), id="our-own-negated"), LARGEST_PID + 1, 1 << 70])
def test_what_can_be_no_pid_is_not_alive(pid: int) -> None:
    assert not is_alive(pid)


def test_a_process_that_we_may_not_signal_is_alive() -> None:
    program = "import sys; from simisp.procfs.process import is_alive; print(is_alive(int(sys.argv[1])))"
    assert run_unprivileged(program, 1) == "True"


def test_a_command_line_is_quoted_as_for_a_shell(processes: Processes) -> None:
    child = processes.start(["sh", "-c", "read x; exit $?", "", "a b"], stdin=subprocess.PIPE)
    line = until(lambda: (found := command_line(child.pid)).startswith("sh") and found)
    assert line == "sh -c 'read x; exit $?' '' 'a b'"
    child.communicate("")


def test_a_command_line_is_bounded_and_safe_for_a_terminal(processes: Processes) -> None:
    child = processes.python("print('ready', flush=True); input()", "\x1b[2J", "x" * 300, stdin=subprocess.PIPE)
    line = command_line(child.pid)
    assert len(line) == 200
    assert line.endswith("…")
    assert "\x1b" not in line
    assert "\\x1b[2J" in line
    child.communicate("")


def test_known_secrets_in_a_command_line_are_masked(processes: Processes) -> None:
    child = processes.python("print('ready', flush=True); input()", "wonderland", stdin=subprocess.PIPE)
    assert command_line(child.pid, secrets=[b"wonderland"]).endswith(" '**********'")
    assert command_line(child.pid).endswith("wonderland")
    child.communicate("")


def test_a_stopped_process_and_its_terminal_are_seen(processes: Processes, pty: Terminal) -> None:
    child = processes.python(
        "import fcntl, os, signal, sys, termios\n"
        "os.setsid()\n"
        "fcntl.ioctl(os.open(sys.argv[1], os.O_RDWR), termios.TIOCSCTTY, 0)\n"
        "print('ready', flush=True)\n"
        "signal.pause()\n",
        pty.path,
        process_group=None,
    )
    child.send_signal(signal.SIGSTOP)
    status = until(lambda: (found := process_status(child.pid)) and found.state == "T" and found)
    assert status
    assert status.terminal == os.fstat(pty.slave).st_rdev
    assert status.session == child.pid


def test_a_secret_with_a_quotation_mark_is_masked_in_a_command_line_too(processes: Processes) -> None:
    child = processes.start(["sh", "-c", "read x; exit $?", "won't tell"], stdin=subprocess.PIPE)
    line = until(lambda: (found := command_line(child.pid, secrets=[b"won't tell"])).startswith("sh") and found)
    assert line == "sh -c 'read x; exit $?' '**********'"
