"""The other kinds of time: scaled, let go, and left alone by a coordinator that is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simisp.preload import library
from simisp.shared_time.clock import ClockJump, LeftBehind
from simisp.shared_time.clock_page import ClockMode, ClockPage
from support.virtual_line import REALTIME, VirtualLine

WAITS = {
    "sleep": "import time; time.sleep(60)",
    "poll": "import select; select.poll().poll(60_000)",
    "select": "import select; select.select([], [], [], 60)",
    "epoll": "import select; select.epoll().poll(60)",
    # Blocked, or on a busy machine it might come before the wait for it.
    "alarm": "import signal as s; s.pthread_sigmask(s.SIG_BLOCK, {s.SIGALRM}); s.alarm(60); s.sigwait({s.SIGALRM})",
    "lock": "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire(timeout=60)",
    "condition": "import threading; c = threading.Condition()\nwith c: c.wait(60)",
    "timer": "import threading; t = threading.Timer(60, print); t.start(); t.join()",
    "asyncio": "import asyncio; asyncio.run(asyncio.sleep(60))",
    "child": "import subprocess; subprocess.run(['sleep', '60'])",
}
CLOCKED = "import time; a = time.time(), time.monotonic()\n{}\nprint(time.time() - a[0], time.monotonic() - a[1])"


@pytest.mark.parametrize("wait", WAITS)
def test_a_scaled_wait_takes_its_time_by_the_scaled_clocks(wait: str) -> None:
    with ClockPage.create() as page:
        page.begin(ClockMode.SCALED, factor=600.0)
        code = CLOCKED.format(WAITS[wait])
        done = subprocess.run(
            [sys.executable, "-c", code], env=page.environment(library()), capture_output=True, text=True, check=True,
            timeout=50,
        )  # fmt: skip
    for passed in done.stdout.splitlines()[-1].split():
        assert float(passed) >= 60.0


FUTEX = """
import ctypes, os, struct, time
wait, private, bitset, by_day = 0, 128, 9, 256
number = {"x86_64": 202, "aarch64": 98}[os.uname().machine]
def futex(operation, end):
    time_out = struct.pack("2q", *divmod(round(end * 1e9), 10**9))
    ctypes.CDLL(None).syscall(number, ctypes.byref(ctypes.c_int(7)), operation | private, 7, time_out, None, -1)
"""
READ = """
import os, pty, termios, tty, time
master, slave = pty.openpty()
def read(minimum, tenths, waiting):
    tty.setraw(slave)
    settings = termios.tcgetattr(slave)
    settings[6][termios.VMIN], settings[6][termios.VTIME] = minimum, tenths
    termios.tcsetattr(slave, termios.TCSANOW, settings)
    os.write(master, waiting)
    assert os.read(slave, 9) == waiting
"""
KERNEL_WAITS = {
    "futex for a while": FUTEX + "a = time.monotonic(); futex(wait, 25)",
    "futex until a time": FUTEX + "a = time.monotonic(); futex(bitset, a + 25)",
    "futex until an hour of the day": FUTEX + "a = time.monotonic(); futex(bitset | by_day, time.time() + 25)",
    "read with MIN 0, TIME 250": READ + "a = time.monotonic(); read(0, 250, b'')",
    "read with MIN 9, TIME 250": READ + "a = time.monotonic(); read(9, 250, b'some')",
}
"""Waits of 25 s that the kernel would end by a time limit that it was given past libc's own functions."""


@pytest.mark.parametrize("wait", KERNEL_WAITS)
def test_a_scaled_wait_that_libc_knows_nothing_of_takes_its_time_by_the_scaled_clocks(wait: str) -> None:
    factor = 600.0
    with ClockPage.create() as page:
        page.begin(ClockMode.SCALED, factor=factor)
        code = f"{KERNEL_WAITS[wait]}\nprint(time.monotonic() - a)"
        done = subprocess.run(
            [sys.executable, "-c", code], env=page.environment(library()), capture_output=True, text=True, check=True,
            timeout=50,
        )  # fmt: skip
    assert 25.0 <= float(done.stdout) < 25.0 * factor


def test_a_scaled_fraction_of_a_second_is_not_lost() -> None:
    """Dividing alarm(1) to whole seconds would give alarm(0), which cancels it."""
    code = f"{WAITS['alarm'].replace('60', '1')}; print('rang')"
    with ClockPage.create() as page:
        page.begin(ClockMode.SCALED, factor=60.0)
        environment = page.environment(library())
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=50
        )
    assert done.stdout == "rang\n"


@pytest.mark.parametrize("factor", [0.0, -1.0, float("inf"), float("nan")])
def test_a_clock_needs_a_factor_that_makes_it_go(factor: float) -> None:
    with ClockPage.create() as page, pytest.raises(ValueError, match="more than 0"):
        page.begin(ClockMode.SCALED, factor=factor)


@pytest.mark.parametrize("wait", ["sleep", "poll", "alarm", "lock", "asyncio", "child"])
def test_a_clock_that_is_let_go_runs_on_from_where_it_stood(wait: str) -> None:
    with VirtualLine() as line:
        code = CLOCKED.format(WAITS[wait])
        child = line.start([sys.executable, "-c", code], on_line=False)
        line.clock.watch(child.pid)
        while not any(slot.sequence & 1 and slot.pid > 0 for _, slot in line.page.slots()):
            line.page.listen(line.page.bell(), 0.01)
        line.page.let_go(factor=600.0)
        output, _ = child.communicate(timeout=50)
        assert child.returncode == 0
        assert all(float(passed) >= 60.0 for passed in output.split())


def test_children_of_a_coordinator_that_was_killed_go_on_in_real_time(tmp_path: Path) -> None:
    program = tmp_path / "coordinator.py"
    program.write_text(
        "import subprocess, time\nfrom simisp.preload import library\n"
        "from simisp.shared_time.clock_page import ClockMode, ClockPage\n"
        "page = ClockPage.create()\npage.begin(ClockMode.VIRTUAL)\n"
        "child = subprocess.Popen(['sh', '-c', 'sleep 1; echo woke'], env=page.environment(library()))\n"
        "print(page.path, flush=True)\ntime.sleep(100)\n"
    )
    coordinator = subprocess.Popen(
        [sys.executable, str(program)],
        stdout=subprocess.PIPE,
        env={
            **os.environ,
            "PYTHONPATH": str(Path.cwd()),
            "TMPDIR": str(tmp_path),  # out of the reach of other runs, which sweep
        },
    )
    assert coordinator.stdout is not None
    page = Path(coordinator.stdout.readline().decode().strip())
    coordinator.send_signal(signal.SIGKILL)
    assert coordinator.stdout.readline() == b"woke\n"
    coordinator.stdout.close()
    coordinator.wait()
    page.unlink()


def test_the_date_in_a_child_shell_is_the_runs() -> None:
    with VirtualLine() as line:
        outcome = line.run(["sh", "-c", "sleep 3600; date -u +%Y-%m-%dT%H:%M:%S"], on_line=False)
    assert outcome.output == b"2001-09-09T02:46:40\n"
    assert time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(REALTIME / 1e9)) == "2001-09-09T01:46:40"


def test_a_static_program_is_left_behind_with_the_reason(tmp_path: Path) -> None:
    source, program = tmp_path / "static.c", tmp_path / "static"
    source.write_text("#include <unistd.h>\nint main(void) { sleep(1); return 0; }\n")
    built = subprocess.run(["cc", "-static", "-o", str(program), str(source)], capture_output=True, check=False)
    if built.returncode != 0:
        pytest.skip("no static libc to link with")
    for command in ([str(program)], ["sh", "-c", f"{program}; true"]):
        with VirtualLine() as line:
            outcome = line.run(command, on_line=False)
        assert isinstance(outcome.left_behind, LeftBehind)
        assert "it is linked statically" in outcome.left_behind.reason


def test_a_stopped_participant_does_not_stop_the_clock() -> None:
    with VirtualLine() as line:
        outcome = line.run(
            ["sh", "-c", "sleep 50 & sleep 1; kill -STOP $!; sleep 5; kill -CONT $!; wait"], on_line=False
        )
    assert (outcome.status, outcome.seconds) == (0, 50.0)


def test_the_slot_of_a_killed_participant_does_not_block_the_others() -> None:
    with VirtualLine() as line:
        outcome = line.run(["sh", "-c", "sleep 500 & sleep 5; kill -KILL $!; sleep 5"], on_line=False)
    assert (outcome.status, outcome.seconds) == (0, 10.0)


def test_slots_of_the_dead_are_used_again() -> None:
    with VirtualLine() as line:
        script = "i=0; while [ $i -lt 400 ]; do /bin/true & i=$((i+1)); done; wait; sleep 2"
        outcome = line.run(["sh", "-c", script], on_line=False)
        assert (outcome.status, outcome.seconds) == (0, 2.0)


def test_more_threads_than_there_are_slots_come_and_go() -> None:
    each = "t = threading.Thread(target=time.sleep, args=(0.001,)); t.start(); t.join()"
    code = f"import threading, time\nfor _ in range(400): {each}"
    with VirtualLine() as line:
        outcome = line.run([sys.executable, "-c", code], on_line=False)
    assert outcome.status == 0
    assert outcome.seconds == pytest.approx(0.4)


def test_the_clock_goes_on_for_those_whom_the_client_left_behind() -> None:
    with VirtualLine() as line:
        child = line.start(["sh", "-c", "(sleep 30; echo late) & sleep 1"], on_line=False)
        line.clock.watch(child.pid)
        while child.poll() is None:
            line.clock.step(None)
        assert line.clock.now == 1.0
        decision = line.clock.step(None)
        while not isinstance(decision, ClockJump):
            decision = line.clock.step(None)
        assert decision == ClockJump(30.0)
        child.communicate()


MANY = """
import _thread, time
for _ in range(260):
    _thread.start_new_thread(time.sleep, (0.05,))
time.sleep(0.1)
"""


def test_more_threads_than_the_page_has_slots_for_are_told_and_go_on_in_real_time() -> None:
    with VirtualLine() as line:
        child = line.start([sys.executable, "-c", MANY], on_line=False)
        line.clock.watch(child.pid)
        while not isinstance(decision := line.clock.step(None), LeftBehind):
            assert child.poll() is None
        line.page.let_go()
        assert child.communicate(timeout=50) == (b"", b"")
    assert decision.reason == "more than 248 threads at a time"
