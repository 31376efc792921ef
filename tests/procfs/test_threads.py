"""What the kernel tells about a thread: asleep without end, or not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from simisp.procfs.threads import Blocked, blocked_in, thread_exists
from support.polling import until
from support.slow_forks import SlowFork
from support.started_processes import Processes

NUMBERS = {
    "x86_64": {
        "read": 0, "futex": 202, "poll": 7, "wait4": 61, "fcntl": 72, "clone": 56, "clone3": 435, "vfork": 58
    }
}  # fmt: skip
OWN_SIZES, OTHER_SIZES = "600 300 200 5 0 90 0\n", "600 120 80 5 0 90 0\n"
VFORK, VM, SIGCHLD, CHILD_SETTID = 0x4000, 0x100, 17, 0x1000000
HERE = NUMBERS.get(os.uname().machine, {})

pytestmark = pytest.mark.skipif(not HERE, reason="the made-up process tables have the numbers of x86-64")


@pytest.fixture
def thread(tmp_path: Path) -> Callable[..., Blocked | None]:
    """A made-up /proc with one thread."""

    def made(
        *,
        state: str = "S",
        syscall: str = "running",
        switches: int = 5,
        name: str = "cat",
        function: str = "0",
        children: Mapping[int, str] = {},
        memory: bytes = b"",
    ) -> Blocked | None:
        folder = tmp_path / "7" / "task" / "8"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "children").write_text("".join(f"{child} " for child in children))
        (tmp_path / "7" / "mem").write_bytes(memory)
        for task, sizes in {8: OWN_SIZES, **children}.items():
            (tmp_path / str(task)).mkdir(exist_ok=True)
            (tmp_path / str(task) / "statm").write_text(sizes)
        (folder / "syscall").write_text(syscall + "\n")
        (folder / "wchan").write_text(function)
        (folder / "status").write_text(
            f"Name:\t{name}\nUmask:\t0022\nState:\t{state} (?)\nvoluntary_ctxt_switches:\t{switches}\n"
        )
        return blocked_in(7, 8, proc=tmp_path)

    return made


SPAWN = """
import os, signal, sys
older = os.fork() if sys.argv[2] else 0
if sys.argv[2] and older == 0:
    signal.pause()
print("ready", flush=True)
opened = [(os.POSIX_SPAWN_OPEN, 0, sys.argv[1], os.O_RDONLY, 0)]
os.waitpid(os.posix_spawn("/bin/true", ["true"], os.environ, file_actions=opened), 0)
if older:
    os.kill(older, signal.SIGKILL)
"""


def call(name: str, *arguments: int) -> str:
    six = [*arguments, *[0] * (6 - len(arguments))]
    return " ".join([str(HERE[name]), *map(hex, six), "0x7ffd", "0x7f00"])


@pytest.mark.parametrize("function", ["handle_userfault", "request_wait_answer"])
def test_a_call_that_waits_for_its_memory_does_not_wait_for_what_it_is_about(
    function: str, thread: Callable[..., Blocked | None]
) -> None:
    assert thread(syscall=call("read", 3), function=function) is None
    assert thread(syscall=call("read", 3), function="pipe_read") is not None


@pytest.mark.parametrize(
    ("made_by", "memory"),
    [
        (("vfork",), b""),
        (("clone", VFORK | VM | SIGCHLD), b""),
        (("clone3", 0x20, 88), bytes(0x20) + (VFORK | VM).to_bytes(8, "little") + bytes(80)),
    ],
)
def test_a_parent_waits_for_the_child_that_borrows_its_memory_and_not_before_there_is_one(
    made_by: tuple[str, ...], memory: bytes, thread: Callable[..., Blocked | None]
) -> None:
    def seen(**children: str) -> Blocked | None:
        by_number = {int(name[1:]): sizes for name, sizes in children.items()}
        said = call(made_by[0], *map(int, made_by[1:]))
        return thread(state="D", syscall=said, memory=memory, children=by_number)

    assert seen() is None
    assert seen(_9=OTHER_SIZES) is None  # an older child, which has memory of its own
    blocked = seen(_9=OTHER_SIZES, _10=OWN_SIZES)
    assert blocked is not None
    assert (blocked.call, blocked.descriptor) == (made_by[0], -1)


@pytest.mark.parametrize(
    ("made_by", "memory"),
    [
        (("clone", CHILD_SETTID | SIGCHLD), b""),
        (("clone3", 0, 88), SIGCHLD.to_bytes(8, "little") + bytes(80)),
        (("clone3", 0x7FFF_FFFF_F000, 88), b""),
        (("read", 3), b""),
    ],
)
def test_a_parent_in_the_middle_of_a_fork_goes_on_by_itself(
    made_by: tuple[str, ...], memory: bytes, thread: Callable[..., Blocked | None]
) -> None:
    said = call(made_by[0], *map(int, made_by[1:]))
    assert thread(state="D", syscall=said, memory=memory, children={9: OWN_SIZES}) is None


@pytest.mark.parametrize("has_older_child", [False, True])
def test_a_real_parent_waits_for_the_real_child_that_borrows_its_memory(
    has_older_child: bool, tmp_path: Path, processes: Processes
) -> None:
    """The child opens a FIFO before it calls exec, and nothing writes there yet."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    parent = processes.python(SPAWN, fifo, "older child" * has_older_child)
    until(lambda: blocked_in(parent.pid, parent.pid) is not None, what="the wait for the borrower")
    blocked = blocked_in(parent.pid, parent.pid)
    assert blocked is not None
    assert blocked.call in {"clone", "clone3", "vfork"}

    def calls() -> set[str]:
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text(encoding="ascii").split()
        return {one.call for child in map(int, children) if (one := blocked_in(child, child)) is not None}

    awaited = {"openat", "pause"} if has_older_child else {"openat"}
    until(lambda: calls() == awaited, what="the waits of the children")
    with fifo.open("w"):
        assert parent.wait() == 0


def test_a_real_parent_in_the_middle_of_a_real_fork_goes_on_by_itself(processes: Processes) -> None:
    fork = SlowFork.begin(processes)
    assert blocked_in(fork.process.pid, fork.process.pid) is None
    fork.go_on()


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
