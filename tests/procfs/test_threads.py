"""What the kernel tells about a thread: asleep without end, or not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from simisp.procfs.threads import Blocked, blocked_in, thread_exists

NUMBERS = {"x86_64": {"read": 0, "futex": 202, "poll": 7, "wait4": 61, "fcntl": 72, "clone": 56}}
HERE = NUMBERS.get(os.uname().machine, {})

pytestmark = pytest.mark.skipif(not HERE, reason="the made-up process tables have the numbers of x86-64")


@pytest.fixture
def thread(tmp_path: Path) -> Callable[..., Blocked | None]:
    """A made-up /proc with one thread."""

    def made(
        *, state: str = "S", syscall: str = "running", switches: int = 5, name: str = "cat", function: str = "0"
    ) -> Blocked | None:
        folder = tmp_path / "7" / "task" / "8"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "syscall").write_text(syscall + "\n")
        (folder / "wchan").write_text(function)
        (folder / "status").write_text(
            f"Name:\t{name}\nUmask:\t0022\nState:\t{state} (?)\nvoluntary_ctxt_switches:\t{switches}\n"
        )
        return blocked_in(7, 8, proc=tmp_path)

    return made


def call(name: str, *arguments: int) -> str:
    six = [*arguments, *[0] * (6 - len(arguments))]
    return " ".join([str(HERE[name]), *map(hex, six), "0x7ffd", "0x7f00"])


@pytest.mark.parametrize("function", ["handle_userfault", "request_wait_answer"])
def test_a_call_that_waits_for_its_memory_does_not_wait_for_what_it_is_about(
    function: str, thread: Callable[..., Blocked | None]
) -> None:
    assert thread(syscall=call("read", 3), function=function) is None
    assert thread(syscall=call("read", 3), function="pipe_read") is not None


def test_a_fork_that_another_process_is_told_of_is_no_wait_for_the_child(
    thread: Callable[..., Blocked | None],
) -> None:
    assert thread(state="D", syscall=call("clone"), function="userfaultfd_event_wait_completion") is None
    assert thread(state="D", syscall=call("clone"), function="kernel_clone") is not None


def test_a_thread_that_reads_waits_without_end(thread: Callable[..., Blocked | None]) -> None:
    blocked = thread(syscall=call("read", 3))
    assert blocked is not None
    assert (blocked.call, blocked.descriptor) == ("read", 3)


@pytest.mark.parametrize(
    ("what", "endless"),
    [
        (("wait4", 0xFFFFFFFF), True),
        (("futex", 0x1000, 0, 2, 0), True),
        (("futex", 0x1000, 0, 2, 0x7FFD), False),
        (("poll", 0x1000, 1, 0xFFFFFFFF), True),
        (("poll", 0x1000, 1, 5000), False),
        (("fcntl", 3, 7), True),
        (("fcntl", 3, 6), False),
    ],
)
def test_a_call_with_a_time_out_has_an_end(
    what: tuple[str, ...], endless: bool, thread: Callable[..., Blocked | None]
) -> None:
    assert (thread(syscall=call(*what)) is not None) is endless  # type: ignore[arg-type]


def test_a_thread_that_was_woken_runs_before_it_gets_a_processor(thread: Callable[..., Blocked | None]) -> None:
    assert thread(syscall="running") is None


def test_a_thread_that_waits_for_a_disk_will_go_on_by_itself(thread: Callable[..., Blocked | None]) -> None:
    assert thread(state="D", syscall=call("read", 3)) is None


def test_a_stopped_thread_waits_whatever_it_was_in(thread: Callable[..., Blocked | None]) -> None:
    blocked = thread(state="T", syscall="-1 0x7ffd 0x7f00")
    assert blocked is not None
    assert blocked.call == "stop"


def test_a_call_that_we_do_not_know_is_no_wait(thread: Callable[..., Blocked | None]) -> None:
    assert thread(syscall="9999 0x0 0x0 0x0 0x0 0x0 0x0 0x0 0x0") is None


@pytest.mark.parametrize("name", ["a b", "State:\tR", "State: R", ")", ""])
def test_a_name_may_hold_anything(name: str, thread: Callable[..., Blocked | None]) -> None:
    assert thread(syscall=call("read", 3), name=name) is not None


def test_the_evidence_differs_once_the_thread_has_run(thread: Callable[..., Blocked | None]) -> None:
    first, same = thread(syscall=call("read", 3)), thread(syscall=call("read", 3))
    later = thread(syscall=call("read", 3), switches=6)
    assert first == same
    assert first != later


def test_a_thread_that_is_no_more_is_not_blocked(tmp_path: Path) -> None:
    assert blocked_in(7, 8, proc=tmp_path) is None


def test_a_real_program_is_seen_asleep() -> None:
    child = subprocess.Popen([sys.executable, "-c", "print(1, flush=True); input()"], stdin=-1, stdout=-1)
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdout.readline()
    try:
        blocked = None
        while blocked is None:
            blocked = blocked_in(child.pid, child.pid)
        assert (blocked.call, blocked.descriptor) == ("read", 0)
        assert thread_exists(child.pid, child.pid)
    finally:
        child.communicate()
    assert not thread_exists(child.pid, child.pid)
