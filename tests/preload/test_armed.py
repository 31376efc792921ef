"""A wait that the kernel ends by a time limit of its own is exact in the run's time, or never proven."""

from __future__ import annotations

import ctypes
import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simisp.preload import library
from support.c_programs import compiled
from support.virtual_line import Outcome, VirtualLine

_LIBC = ctypes.CDLL(None)
_CALLS = {
    "x86_64": {"alarm": 37, "setitimer": 38, "timer_create": 222, "timer_settime": 223, "timerfd_settime": 286},
    "aarch64": {"setitimer": 103, "timer_create": 107, "timer_settime": 110, "timerfd_settime": 86},
}.get(os.uname().machine, {})

_PRELUDE = """
import ctypes, os, signal, struct, socket
libc = ctypes.CDLL(None)
signal.signal(signal.SIGALRM, lambda *_: os.write(1, b"rang"))
def three(): return struct.pack("4q", 0, 0, 3, 0)
"""


def run(*command: str | Path, on_line: bool = False) -> Outcome:
    with VirtualLine() as line:
        return line.run([str(word) for word in command], on_line=on_line)


def run_python(code: str) -> Outcome:
    return run(sys.executable, "-c", _PRELUDE + code)


def number(name: str) -> int:
    if name not in _CALLS:
        pytest.skip(f"this machine has no {name} that we know the number of")
    return _CALLS[name]


def assert_left_behind(outcome: Outcome, reason: str) -> None:
    assert outcome.left_behind is not None, outcome
    assert reason in outcome.left_behind.reason


@pytest.mark.parametrize("call", ["alarm", "setitimer"])
def test_an_alarm_that_is_set_by_syscall_rings_in_the_time_of_the_run(call: str) -> None:
    arguments = "5" if call == "alarm" else "0, struct.pack('4q', 0, 0, 5, 0), None"
    outcome = run_python(f"libc.syscall({number(call)}, {arguments}); signal.pause()")
    assert (outcome.status, outcome.seconds, outcome.output) == (0, 5.0, b"rang")


def test_a_timer_descriptor_that_is_set_by_syscall_expires_in_the_time_of_the_run() -> None:
    code = f"timer = libc.timerfd_create(1, 0); libc.syscall({number('timerfd_settime')}, timer, 0, three(), None)\n"
    outcome = run_python(code + "os.read(timer, 8)")
    assert (outcome.status, outcome.seconds) == (0, 3.0)


def test_a_read_of_a_socket_with_a_time_limit_ends_at_the_limit_in_the_time_of_the_run() -> None:
    code = "one, other = socket.socketpair()\n"
    code += "one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 3, 0))\n"
    code += "try: os.read(one.fileno(), 1)\nexcept BlockingIOError: os.write(1, b'limit')"
    outcome = run_python(code)
    assert (outcome.status, outcome.seconds, outcome.output) == (0, 3.0, b"limit")


def test_a_posix_timer_that_was_made_past_libc_is_never_proven_to_wait_forever() -> None:
    code = "timer = ctypes.c_int()\n"
    code += f"libc.syscall({number('timer_create')}, 1, None, ctypes.byref(timer))\n"
    code += f"libc.syscall({number('timer_settime')}, timer, 0, three(), None)\n"
    assert_left_behind(run_python(code + "signal.pause()"), "it has a POSIX timer")


def test_a_timer_descriptor_that_the_kernel_has_armed_is_never_proven_to_wait_forever() -> None:
    """It was armed outside the run, and the client inherited it."""
    timer = _LIBC.timerfd_create(time.CLOCK_MONOTONIC, 0)
    _LIBC.timerfd_settime(timer, 0, struct.pack("4q", 0, 0, 60, 0), None)
    with VirtualLine() as line:
        child = subprocess.Popen(
            [sys.executable, "-c", "import signal; signal.pause()"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=line.page.environment(library(), None),
            pass_fds=[timer],
        )
        os.close(timer)
        outcome = line.attend(child)
    assert_left_behind(outcome, "is a timer that the kernel rings in real time")


@pytest.mark.parametrize("reader", ["sed -n 1q", "awk '{ exit }'"])
def test_a_read_with_vtime_past_the_library_is_never_proven_to_wait_forever(reader: str) -> None:
    assert_left_behind(run("sh", "-c", f"stty raw min 0 time 30; {reader}; exit 0", on_line=True), "it sleeps in read")


def test_a_connect_that_nobody_answers_is_never_proven_to_wait_forever() -> None:
    code = "full = socket.create_server(('127.0.0.1', 0), backlog=0)\n"
    code += "all = [socket.socket() for _ in range(9)]\n"
    code += "for one in all: one.connect(full.getsockname())"
    assert_left_behind(run_python(code), "it sleeps in connect")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled("armed.c", tmp_path_factory.mktemp("armed"))


@pytest.mark.parametrize(("way", "seconds"), [("thread", 2.0), ("thrice", 3.0), ("receiving", 3.0)])
def test_a_timer_goes_off_in_the_time_of_the_run(way: str, seconds: float, program: Path) -> None:
    outcome = run(program, way)
    assert (outcome.status, outcome.seconds) == (0, seconds)


@pytest.mark.parametrize("way", ["borrowed", "first"])
def test_a_thread_that_waits_for_another_to_end_does_not_keep_time_from_passing(way: str, program: Path) -> None:
    outcome = run(program, way)
    assert (outcome.status, outcome.seconds) == (0, 3.0)


def test_a_condition_that_processes_share_is_signalled(program: Path) -> None:
    outcome = run(program, "shared")
    assert (outcome.status, outcome.seconds) == (0, 3.0)


def test_a_timer_of_a_parent_that_has_ended_is_rung_by_the_kernel(program: Path) -> None:
    assert_left_behind(run(program, "inherited"), "is a timer that the kernel rings in real time")


def test_a_timer_on_processor_time_goes_off_while_the_client_computes(program: Path) -> None:
    outcome = run(program, "processor")
    assert (outcome.status, outcome.seconds) == (0, 0.0)
