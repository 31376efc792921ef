"""Who waits where the shared clock can't see it is found out and named, and nobody else is."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from support.c_programs import compiled
from support.virtual_line import Outcome, VirtualLine


def run(*command: str | Path) -> Outcome:
    with VirtualLine() as line:
        return line.run([str(word) for word in command], on_line=False)


def assert_left_behind(outcome: Outcome, reason: str) -> None:
    assert outcome.left_behind is not None
    assert reason in outcome.left_behind.reason


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("-DRAW -DGO", "unseen: it is a Go program, which makes its system calls itself"),
        ("-DRAW", "unseen: it sleeps in nanosleep, where the clock can't see it"),
        ("-static", "unseen: it is linked statically, so no library can be loaded into it"),
    ],
)
def test_a_program_that_waits_past_libc_is_left_behind_with_the_reason(
    options: str, reason: str, tmp_path: Path
) -> None:
    program = compiled("unseen.c", tmp_path, *options.split())
    assert_left_behind(run("sh", "-c", f"{program}; sleep 5"), reason)


def test_a_go_program_is_never_proven_to_wait_forever(tmp_path: Path) -> None:
    """Its first thread may sleep for good while one that libc knows nothing of sleeps for a while."""
    program = compiled("unseen.c", tmp_path, "-DGO", "-DENDLESS")
    assert_left_behind(run("sh", "-c", f"{program}; sleep 5"), "unseen: it is a Go program")


def test_a_child_that_opens_a_fifo_before_it_becomes_a_program_is_left_behind(tmp_path: Path) -> None:
    """Its parent is blocked in the kernel for as long, so no thread of the run moves on."""
    os.mkfifo(tmp_path / "fifo")
    action = f"(os.POSIX_SPAWN_OPEN, 0, {str(tmp_path / 'fifo')!r}, os.O_RDONLY, 0)"
    spawn = f"import os; os.posix_spawn('/bin/true', ['true'], os.environ, file_actions=[{action}])"
    assert_left_behind(run(sys.executable, "-c", spawn), "it sleeps in openat, where the clock can't see it")
    program = compiled("unseen.c", tmp_path, "-DVFORK")
    assert_left_behind(run(program, tmp_path / "fifo"), "unseen: it sleeps in openat, where the clock can't see it")


def test_a_child_of_vfork_that_sleeps_past_libc_is_left_behind(tmp_path: Path) -> None:
    program = compiled("unseen.c", tmp_path, "-DRAW", "-DVFORK")
    assert_left_behind(run(program), "unseen: it sleeps in nanosleep, where the clock can't see it")


@pytest.mark.parametrize("wait", ["recv(1)", "accept()"])
def test_a_socket_with_a_time_limit_of_its_own_is_no_wait_forever(wait: str) -> None:
    code = "import socket, struct\n"
    code += "waiting = socket.create_server(('localhost', 0))\n" if "accept" in wait else ""
    code += "waiting, other = socket.socketpair()\n" if "recv" in wait else ""
    code += "waiting.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 3, 0))\n"
    call = "recvfrom" if "recv" in wait else "accept4"
    outcome = run(sys.executable, "-c", f"{code}waiting.{wait}")
    assert_left_behind(outcome, f"it sleeps in {call}, where the clock can't see it")


def test_a_socket_without_one_is() -> None:
    outcome = run(sys.executable, "-c", "import socket; waiting, other = socket.socketpair(); waiting.recv(1)")
    assert outcome.proof is not None
    assert [one.asleep for one in outcome.proof.participants] == ["recvfrom"]


@pytest.mark.runner("setpriv")
def test_a_program_of_another_user_may_not_open_the_clock_page() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can be another user")
    outcome = run("setpriv", "--reuid=65534", "--clear-groups", "sleep", "3")
    assert_left_behind(outcome, "the clock library is not in it, for it runs as another user")


def test_a_program_whose_environment_was_emptied_past_libc_is_left_behind() -> None:
    code = "import ctypes; ctypes.CDLL(None).syscall({number}, b'/bin/sleep', {arguments}, {nothing})"
    pointers = "(ctypes.c_char_p * {n})(*{words})"
    number = 59 if os.uname().machine == "x86_64" else 221
    arguments, nothing = pointers.format(n=3, words="[b'sleep', b'3']"), pointers.format(n=1, words="[]")
    outcome = run(sys.executable, "-c", code.format(number=number, arguments=arguments, nothing=nothing))
    assert_left_behind(outcome, "the clock library is not in it")


@pytest.mark.parametrize(
    ("command", "seconds"),
    [
        ((sys.executable, "-c", "import time; sum(range(20_000_000)); time.sleep(5)"), 5.0),
        (("sh", "-c", "(exec ./a 5) & sleep 1; rm a; wait"), 5.0),
        (("sh", "-c", "cp a b; ./b 1; mv a b; ./b 4"), 5.0),
    ],
    ids=["computes", "deleted", "replaced"],
)
def test_nobody_else_is(
    command: Sequence[str], seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy("/bin/sleep", "a")
    outcome = run(*command)
    assert (outcome.left_behind, outcome.status, outcome.seconds) == (None, 0, seconds)
