"""Where threads are blocked, seen from outside."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
from typing import NoReturn

import pytest

from simisp.forensics import waits
from simisp.forensics.waits import Wait, wait_of
from simisp.procfs.system_calls import system_calls
from support.polling import until
from support.started_processes import Processes, Terminal, run_unprivileged

PORT_AS_7 = """
import asyncio, fcntl, os, select, signal, socket, sys, termios, threading, time
os.dup2(os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY), 7)
print("ready", flush=True)
"""


def blocked(processes: Processes, pty: Terminal, program: str, *calls: str) -> Wait:
    """Start a program that has the port as descriptor 7; return its wait, once it is in one of the calls."""
    child = processes.python(PORT_AS_7 + program, pty.path, stdin=subprocess.PIPE)

    def in_call() -> Wait | None:
        wait = wait_of(child.pid, child.pid)
        return wait if wait.call in calls else None

    wait = until(in_call, what=f"a wait in {calls}")
    assert wait is not None
    return wait


def test_a_read_tells_its_descriptor(processes: Processes, pty: Terminal) -> None:
    assert blocked(processes, pty, "os.read(7, 1)", "read") == Wait("blocked in read(7, …)", "read", (7,))


def test_a_write_that_nobody_takes_tells_its_descriptor(processes: Processes, pty: Terminal) -> None:
    assert blocked(processes, pty, "os.write(7, bytes(1 << 20))", "write").descriptors == (7,)


def test_a_poll_tells_what_it_waits_on(processes: Processes, pty: Terminal) -> None:
    program = "p = select.poll()\nfor d in 7, 0: p.register(d, select.POLLIN)\np.poll()"
    wait = blocked(processes, pty, program, "poll", "ppoll")
    assert wait == Wait(f"blocked in {wait.call}([0, 7], …)", wait.call, (0, 7))


@pytest.mark.parametrize(
    ("sets", "expected"),
    [("[7], [], []", (7,)), ("[], [], [7]", (7,)), ("[0, 7], [], [7]", (0, 7)), ("[0], [], [], 3600", (0,))],
)
def test_a_select_tells_what_it_waits_on(
    processes: Processes, pty: Terminal, sets: str, expected: tuple[int, ...]
) -> None:
    wait = blocked(processes, pty, f"select.select({sets})", "select", "pselect6")
    assert wait.descriptors == expected
    assert wait.text == f"blocked in {wait.call}([{', '.join(map(str, expected))}], …)"


def test_a_select_on_nothing_waits_on_nothing(processes: Processes, pty: Terminal) -> None:
    assert blocked(processes, pty, "select.select([], [], [], 3600)", "select", "pselect6").descriptors == ()


def test_an_epoll_tells_what_it_watches(processes: Processes, pty: Terminal) -> None:
    program = "p = select.epoll()\np.register(7, select.EPOLLIN)\nos.dup2(p.fileno(), 9)\nselect.epoll.fromfd(9).poll()"
    wait = blocked(processes, pty, program, "epoll_wait", "epoll_pwait")
    assert wait == Wait(f"blocked in {wait.call}(9 on [7], …)", wait.call, (7,))


def test_a_wait_for_the_flock_of_a_port_tells_its_descriptor(processes: Processes, pty: Terminal) -> None:
    program = "fcntl.flock(os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY), 2)\nfcntl.flock(7, fcntl.LOCK_EX)"
    assert blocked(processes, pty, program, "flock").descriptors == (7,)


@pytest.mark.parametrize(
    ("program", "calls"),
    [
        ("time.sleep(3600)", ("clock_nanosleep", "nanosleep")),
        ("signal.pause()", ("pause", "ppoll")),
        ("signal.sigwait([signal.SIGUSR1])", ("rt_sigtimedwait",)),
        ("threading.Event().wait()", ("futex",)),
        ("os.fork() or time.sleep(3600)\nos.wait()", ("wait4",)),
    ],
)
def test_a_wait_for_no_descriptor_says_so(
    processes: Processes, pty: Terminal, program: str, calls: tuple[str, ...]
) -> None:
    wait = blocked(processes, pty, program, *calls)
    assert wait == Wait(f"blocked in {wait.call}({'[], ' if wait.call == 'ppoll' else ''}…)", wait.call, ())


def test_a_long_list_of_descriptors_is_cut_where_it_is_shown_only(processes: Processes, pty: Terminal) -> None:
    program = "many = [os.dup(0) for _ in range(20)]\nselect.select(many, [], [])"
    wait = blocked(processes, pty, program, "select", "pselect6")
    assert wait.descriptors is not None
    assert len(wait.descriptors) == 20
    assert wait.text.count(",") == 9


def test_a_thread_that_runs_is_running(processes: Processes, pty: Terminal) -> None:
    child = processes.python(PORT_AS_7 + "while True: pass", pty.path)
    until(lambda: wait_of(child.pid, child.pid) == Wait("running", "", ()))


def test_a_process_that_is_gone_is_gone(processes: Processes) -> None:
    child = processes.start(["true"])
    child.wait()
    assert wait_of(child.pid, child.pid).descriptors is None
    assert wait_of(child.pid, child.pid).text.startswith("in a system call that can't be seen (no such")


def test_a_process_of_another_user_is_told_as_one_that_can_not_be_seen() -> None:
    program = "from simisp.forensics.waits import wait_of; print(wait_of(1, 1).text)"
    printed = run_unprivileged(program)
    assert "can't be seen" in printed
    assert "permitted" in printed or "denied" in printed


def test_a_32_bit_program_is_not_judged_by_the_64_bit_table(monkeypatch: pytest.MonkeyPatch) -> None:
    # Its auxiliary vector has 4 octets of type and 4 of value where a 64-bit one has 8 of type.
    monkeypatch.setattr(waits, "auxiliary_vector", lambda _: struct.pack("<II", 33, 0xF7F00000))
    assert waits._wait_in(1, 3, [0] * 6).text == "blocked in system call 3 of the 32-bit table"
    monkeypatch.setattr(waits, "auxiliary_vector", lambda _: struct.pack("<Q", 33))
    assert waits._wait_in(1, 9999, [0] * 6).text == "blocked in system call 9999"


def refused(*_: int) -> NoReturn:
    raise PermissionError(1, "Operation not permitted")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"running\n", Wait("running", "", ())),
        (b"-1 0x7ff 0x7f0\n", Wait("blocked outside of any system call, as in a page fault", "", ())),
        (b"16 0x3 0x5409 0x1 0x0 0x0 0x0 0x7ff 0x7f0\n", Wait("blocked in ioctl(3, TCSBRK)", "ioctl", (3,))),
        (b"16 0x3 0x1234 0x1 0x0 0x0 0x0 0x7ff 0x7f0\n", Wait("blocked in ioctl(3, 0x1234)", "ioctl", (3,))),
        (b"0 0xffffffff 0x0 0x1 0x0 0x0 0x0 0x7ff 0x7f0\n", Wait("blocked in read(-1, …)", "read", (-1,))),
        (b"9999 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0\n", Wait("blocked in system call 9999")),
        (b"7 0x0 0xffffffff 0x0 0x0 0x0 0x0 0x0 0x0\n", Wait("blocked in poll(…)", "poll")),
        (b"7 0x10 0x1 0x0 0x0 0x0 0x0 0x0 0x0\n", Wait("blocked in poll(…)", "poll")),
        (b"7 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0\n", Wait("blocked in poll([], …)", "poll", ())),
        (b"7 0xffffffffffffffff 0x1 0x0 0x0 0x0 0x0 0x0 0x0\n", Wait("blocked in poll(…)", "poll")),
        (b"270 0xffffffff 0x0 0x0 0x0 0x0 0x0 0x0 0x0\n", Wait("blocked in pselect6(…)", "pselect6")),
        (b"270 0x8 0x10 0x0 0x0 0x0 0x0 0x0 0x0\n", Wait("blocked in pselect6(…)", "pselect6")),
        (b"232 0x7fff 0x0 0x0 0x0 0x0 0x0 0x0 0x0\n", Wait("blocked in epoll_wait(32767, …)", "epoll_wait")),
        (b"", Wait("in a state that the kernel describes as ''")),
        (b"0 0x1\n", Wait("in a state that the kernel describes as '0 0x1'")),
        (b"x\x1b\xff\n", Wait("in a state that the kernel describes as 'x\\x1b�'")),
    ],
)
def test_each_answer_of_an_x86_64_kernel_is_understood(
    text: bytes, expected: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waits, "system_call_of", lambda *_: text.decode(errors="replace"))
    for name in ("auxiliary_vector", "descriptor_information"):
        monkeypatch.setattr(waits, name, refused)
    monkeypatch.setattr(waits, "_CALLS", system_calls("x86_64"))
    assert wait_of(os.getpid(), os.getpid()) == expected


def test_a_kernel_function_stands_in_for_a_system_call_that_may_not_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "system_call_of", refused)
    monkeypatch.setattr(waits, "kernel_function_of", lambda *_: "n_tty_read")
    expected = "blocked in the kernel's n_tty_read (the system call can't be seen: operation not permitted)"
    assert wait_of(1, 1) == Wait(expected)


def test_a_stopped_process_still_tells_its_call(processes: Processes, pty: Terminal) -> None:
    child = processes.python(PORT_AS_7 + "os.read(7, 1)", pty.path)
    until(lambda: wait_of(child.pid, child.pid).call == "read")
    child.send_signal(signal.SIGSTOP)
    until(lambda: os.waitpid(child.pid, os.WUNTRACED | os.WNOHANG)[0] == child.pid)
    assert wait_of(child.pid, child.pid).call in {"read", "restart_syscall"}
