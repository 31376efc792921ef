"""A proof needs that nothing outside of the run can end a wait, and a jump that nothing can come before it."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import pty
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simisp.runner.verdict import Verdict, VerdictKind
from simisp.shared_time.real_pace import RealPace, in_words
from support.neighbours import left_alone
from support.shared_library import needs_library
from support.virtual_runs import once_virtually, virtually

SILENT = """
title: An ISP that says nothing
port: {starts: raw}
isp: {dialogue: [silence]}
"""

# Each waits for the far end of its second word, with a limit when there is a third; 0: answered, 5: timed out.
CLIENT = """
import ctypes, fcntl, os, select, signal, socket, sys, time
os.write(1, b"ATDT1\\r")
kind, where, *limit = sys.argv[1:]
limit = float(limit[0]) if limit else None
def await_input(descriptor):
    answered = select.select([descriptor], [], [], limit)[0] if limit else [os.read(descriptor, 1)]
    sys.exit(0 if answered else 5)
if kind == "tcp":
    far = socket.create_connection(("127.0.0.1", int(where)))
    await_input(far.fileno())
elif kind == "unix":
    far = socket.socket(socket.AF_UNIX)
    far.connect(where)
    await_input(far.fileno())
elif kind == "udp":
    far = socket.socket(type=socket.SOCK_DGRAM)
    far.bind(("127.0.0.1", 0))
    far.sendto(b"x", ("127.0.0.1", int(where)))
    await_input(far.fileno())
elif kind in ("fifo", "terminal"):
    await_input(os.open(where, os.O_RDWR | os.O_NOCTTY))
elif kind == "listening":
    far = socket.create_server(("127.0.0.1", 0))
    await_input(far.fileno())
elif kind == "lock":
    fcntl.flock(os.open(where, os.O_RDWR), fcntl.LOCK_EX)
    sys.exit(0)
elif kind == "pause":
    signal.signal(signal.SIGUSR1, lambda *_: None)
    signal.pause()
elif kind == "pair":
    near, far = socket.socketpair()
    if os.fork() == 0:
        far.recv(1)
    near.recv(1)
elif kind == "held lock":
    file = os.open(where, os.O_RDWR)
    fcntl.flock(file, fcntl.LOCK_EX)
    if os.fork() == 0:
        fcntl.flock(os.open(where, os.O_RDWR), fcntl.LOCK_EX)
    os.read(0, 1)
    os.read(0, 1000)
    os.wait()
elif kind == "descendant":
    libc = ctypes.CDLL(None)
    if libc.syscall(57) == 0:  # fork
        libc.syscall(35, (ctypes.c_long * 2)(0, 300000000), 0)  # nanosleep
        os._exit(0)
    os.wait()
    sys.exit(0)
"""


@pytest.fixture
def client(tmp_path: Path) -> Path:
    needs_library()
    script = tmp_path / "client.py"
    script.write_text(CLIENT)
    return script


@contextlib.contextmanager
def far_end(kind: str, folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """Hold the other end of something; yields where it is, and what answers."""
    where = folder / "far"
    with contextlib.ExitStack() as stack:
        answer: Callable[[], None] = lambda: None  # noqa: E731
        if kind in ("tcp", "unix"):
            server = socket.socket(socket.AF_INET if kind == "tcp" else socket.AF_UNIX)
            stack.enter_context(server)
            server.bind(("127.0.0.1", 0) if kind == "tcp" else str(where))
            server.listen()
            place = str(server.getsockname()[1]) if kind == "tcp" else str(where)

            accepted: list[socket.socket] = []
            accepting = threading.Thread(target=lambda: accepted.append(server.accept()[0]))
            accepting.start()
            stack.callback(lambda: accepted[0].close() if accepted else None)

            def answer() -> None:
                accepting.join()
                accepted[0].send(b"x")

        elif kind == "udp":
            receiver = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
            receiver.bind(("127.0.0.1", 0))
            place = str(receiver.getsockname()[1])

            def answer() -> None:
                receiver.sendto(b"y", receiver.recvfrom(1)[1])

        elif kind == "terminal":
            master, slave = pty.openpty()
            place = os.ttyname(slave)
            os.close(slave)
            stack.callback(os.close, master)

            def answer() -> None:
                os.write(master, b"x\n")

        elif kind == "fifo":
            os.mkfifo(where)
            end = os.open(where, os.O_RDWR)
            stack.callback(os.close, end)
            place = str(where)

            def answer() -> None:
                os.write(end, b"x")

        else:
            where.touch()
            place = str(where)
            held = os.open(where, os.O_RDWR)
            stack.callback(os.close, held)
            if kind == "lock":
                fcntl.flock(held, fcntl.LOCK_EX)

                def answer() -> None:
                    fcntl.flock(held, fcntl.LOCK_UN)

            elif kind != "outside":
                stack.pop_all().close()
        yield place, answer


def run(client: Path, kind: str, where: str, *, deadline: float) -> Verdict:
    return virtually(SILENT, [sys.executable, str(client), kind, where], deadline=deadline)[0]


def run_against(
    client: Path, kind: str, folder: Path, *limit: str, deadline: float = 0.3, answers_after: float | None = None
) -> Verdict:
    """Run it with a far end, which a second run has anew, and which answers after so many real seconds or never."""
    places = itertools.count()

    def once() -> Verdict:
        place = folder / str(next(places))
        place.mkdir()
        with far_end(kind, place) as (where, answer):
            answering = threading.Timer(answers_after or 0.0, answer if answers_after is not None else lambda: None)
            answering.start()
            try:
                command = [sys.executable, str(client), kind, where, *limit]
                return once_virtually(SILENT, command, deadline=deadline)[0]
            finally:
                answering.join()

    return left_alone(once, lambda verdict: verdict)


@pytest.mark.parametrize("kind", ["tcp", "unix", "udp", "fifo", "terminal", "listening", "lock"])
def test_a_wait_that_a_process_outside_can_end_is_never_proven(kind: str, client: Path, tmp_path: Path) -> None:
    for number, deadline in enumerate((0.3, 3.0, 30.0)):
        (folder := tmp_path / f"{number}").mkdir()
        verdict = run_against(client, kind, folder, deadline=deadline)
        if "yet to accept its connection" not in verdict.reason:
            break
    assert verdict.kind is VerdictKind.HANG
    assert verdict.hang is not None
    assert not verdict.hang.proven
    assert "waits for" in verdict.hang.outside
    if kind in ("tcp", "unix", "fifo", "terminal", "lock"):
        assert f"pid {os.getpid()} (" in verdict.hang.outside
    assert verdict.reason.endswith(f"; not proven: {verdict.hang.outside}")


@pytest.mark.parametrize("kind", ["tcp", "unix", "udp", "fifo", "terminal"])
def test_a_time_limit_does_not_pass_before_an_outsider_has_had_its_real_time(
    kind: str, client: Path, tmp_path: Path
) -> None:
    verdict = run_against(client, kind, tmp_path, "20", deadline=60.0, answers_after=0.5)
    assert verdict.client is not None
    assert verdict.client.exit_status == 0
    assert verdict.at < 20.0


def test_a_lock_that_an_outsider_lets_go_of_is_waited_for(client: Path, tmp_path: Path) -> None:
    verdict = run_against(client, "lock", tmp_path, deadline=60.0, answers_after=0.5)
    assert verdict.client is not None
    assert verdict.client.exit_status == 0


def test_the_verdict_says_for_how_long_time_passed_no_faster_than_real_and_why(client: Path, tmp_path: Path) -> None:
    # Not one that has to be accepted: while it is not, that is what is waited for.
    verdict = run_against(client, "fifo", tmp_path, "0.3", deadline=60.0)
    assert verdict.client is not None
    assert verdict.client.exit_status == 5
    (pace,) = verdict.real_paces
    assert pace.pid == verdict.client.pid
    assert pace.waited_for.startswith(f"pid {os.getpid()} (")
    assert pace.seconds == pytest.approx(0.3)
    why = f"while pid {pace.pid} waited for {pace.waited_for}"
    assert f"for 0.3 s time passed no faster than real, {why}" in verdict.describe()
    (told,) = json.loads(verdict.to_json())["clock"]["real_pace"]
    assert told == {"pid": pace.pid, "waited_for": pace.waited_for, "seconds": pace.seconds}


def test_of_many_waits_at_real_pace_the_verdict_names_the_longest() -> None:
    paces = [RealPace(7, f"pid {10 + number} (nc)", 5.0 - number) for number in range(5)]
    assert in_words(paces[:1]) == ["for 5.0 s time passed no faster than real, while pid 7 waited for pid 10 (nc)"]
    *named, others = in_words(paces)
    assert [line.split()[1] for line in named] == ["5.0", "4.0", "3.0"]
    assert others == "for 3.0 s more because of 2 other waits"
    assert in_words([RealPace(7, "pid 8", 0.001)])[0].startswith("for less than 0.1 s time passed")


@pytest.mark.parametrize("kind", ["pair", "held lock"])
def test_a_wait_that_only_the_run_itself_can_end_is_proven(kind: str, client: Path, tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.touch()
    verdict = run(client, kind, str(lock), deadline=600.0)
    assert verdict.hang is not None
    assert verdict.hang.proven
    assert not verdict.hang.unless_signalled


def test_a_pause_is_proven_unless_a_signal_is_sent(client: Path) -> None:
    verdict = run(client, "pause", "", deadline=600.0)
    assert verdict.hang is not None
    assert verdict.hang.proven
    assert verdict.reason.endswith("it would stay so forever, unless a signal is sent")


@pytest.mark.parametrize("call", ["select.poll().poll()", "select.select([], [], [])", "select.epoll().poll()"])
def test_a_wait_for_no_descriptor_at_all_is_one_for_a_signal(call: str) -> None:
    """It is how programs wait for a signal that they block otherwise (ppoll, pselect), or wait forever."""
    verdict, _ = virtually(SILENT, [sys.executable, "-c", f"import select; {call}"], deadline=600.0)
    assert verdict.hang is not None
    assert verdict.reason.endswith("it would stay so forever, unless a signal is sent")


READ_ONLY = """
import ctypes, mmap, os, sys
file = os.open(sys.argv[1], os.O_RDONLY)
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
word = libc.mmap(None, ctypes.c_size_t(4096), mmap.PROT_READ, mmap.MAP_PRIVATE, file, ctypes.c_long(0))
os.close(file)
libc.syscall(202, ctypes.c_void_p(word), 0, 0, None)  # futex, FUTEX_WAIT
"""


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the number of its system call is that of x86-64")
def test_a_futex_in_a_file_that_is_mapped_read_only_is_shared_with_all_that_have_the_file(tmp_path: Path) -> None:
    """Though it is mapped as the process's own: until it has written there it has no copy."""
    word = tmp_path / "word"
    word.write_bytes(bytes(4096))
    verdict, _ = virtually(SILENT, [sys.executable, "-c", READ_ONLY, str(word)], deadline=0.3)
    assert verdict.hang is not None
    assert not verdict.hang.proven
    assert str(word) in verdict.hang.outside


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers of its system calls are those of x86-64")
def test_a_descendant_that_libc_did_not_fork_is_waited_for(client: Path) -> None:
    verdict = run(client, "descendant", "", deadline=60.0)
    assert verdict.client is not None
    assert verdict.client.exit_status == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_a_client_that_becomes_another_user_and_sleeps_is_not_proven_to_hang(client: Path) -> None:
    del client
    words = 'chmod 666 "$(readlink -f {port})"; exec setpriv --reuid=65534 --regid=65534 --clear-groups'
    command = ["sh", "-c", f'{words} sh -c "exec 3<>{{port}}; sleep 0.4; sleep 0.4; sleep 0.4"']
    verdict, _ = virtually(SILENT, command, deadline=40.0)
    assert verdict.kind is not VerdictKind.HANG


def test_a_stopped_client_is_not_proven_to_hang() -> None:
    verdict, _ = virtually(SILENT, ["sh", "-c", "kill -STOP $$"], deadline=0.3)
    assert verdict.hang is not None
    assert not verdict.hang.proven
    assert "it is stopped" in verdict.hang.outside


# Reads through stdio, whose reads the library does not stand in for: what came is fewer octets than VMIN.
INTER_OCTET = """
import ctypes, os, sys, termios, tty
tty.setraw(0)
settings = termios.tcgetattr(0)
settings[6][termios.VMIN], settings[6][termios.VTIME] = 200, int(sys.argv[1])
termios.tcsetattr(0, termios.TCSANOW, settings)
os.write(1, b"AT\\r")
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
libc.fgetc(ctypes.c_void_p(libc.fdopen(0, b"r")))
"""


def test_a_read_that_the_terminal_ends_after_a_pause_between_octets_is_not_proven_to_last() -> None:
    """VMIN above 1 and VTIME set: the read ends VTIME after the last octet, and the kernel doesn't tell if one came."""
    for tenths in (5, 20, 80):
        verdict, _ = virtually(SILENT, [sys.executable, "-c", INTER_OCTET, str(tenths)], deadline=60.0)
        assert verdict.kind is not VerdictKind.HANG
        assert verdict.client is not None
        assert verdict.client.exit_status == 0
        if is_paced := any("VTIME" in pace.waited_for for pace in verdict.real_paces):
            break  # else the read was over before simisp got a processor
    assert is_paced


# A session on the port whose second process group reads from it, or writes to it where TOSTOP forbids that.
BACKGROUND = """
import fcntl, os, sys, termios, time
if os.fork():
    os.wait()
    sys.exit()
os.setsid()
port = os.open(sys.argv[2], os.O_RDWR)
fcntl.ioctl(port, termios.TIOCSCTTY, 0)
settings = termios.tcgetattr(port)
settings[3] |= termios.TOSTOP
termios.tcsetattr(port, termios.TCSANOW, settings)
if os.fork():
    os.wait()
    sys.exit()
os.setpgid(0, 0)
time.sleep(0.1)
os.read(port, 1) if sys.argv[1] == "SIGTTIN" else os.write(port, b"x")
"""


@pytest.mark.parametrize("signal", ["SIGTTIN", "SIGTTOU"])
def test_a_client_in_the_background_that_its_terminal_stops_is_named_as_stopped(signal: str) -> None:
    verdict, _ = virtually(SILENT, [sys.executable, "-c", BACKGROUND, signal, "{port}"], deadline=0.5)
    assert verdict.hang is not None
    assert not verdict.hang.proven
    assert "it is stopped" in verdict.hang.outside
    assert verdict.report is not None
    assert any(thread.state == "T" for holder in verdict.report.holders for thread in holder.threads)
    assert sum("is stopped, until a signal continues it" in one.describe() for one in verdict.hang.participants) == 1


def test_what_waits_outside_is_told_from_the_line_by_the_kernel() -> None:
    with subprocess.Popen(["sleep", "60"]) as stranger:
        try:
            verdict, _ = virtually(SILENT, ["cat"], deadline=600.0)
        finally:
            stranger.kill()
    assert verdict.hang is not None
    assert verdict.hang.proven


# Opens the port that the client names, and only then answers the client; again for a second run, with another port.
STRANGER = """
import os, sys
asked, answer = sys.argv[1:]
while True:
    with open(asked) as file:
        port = os.open(file.readline().strip(), os.O_RDWR | os.O_NOCTTY)
    with open(answer, "w") as file:
        file.write("held\\n")
"""


def test_a_port_that_a_process_outside_holds_is_not_proven_to_stay_held(tmp_path: Path) -> None:
    """The command waits forever; the process outside may close the port at any time."""
    asked, answer = tmp_path / "asked", tmp_path / "answer"
    os.mkfifo(asked)
    os.mkfifo(answer)
    command = ["sh", "-c", f"echo {{port}} >{asked}; read held <{answer}; exec 3<>{{port}}; read never <&3"]
    with subprocess.Popen([sys.executable, "-c", STRANGER, asked, answer]) as stranger:
        try:
            verdict, _ = virtually(SILENT, command, deadline=600.0)
        finally:
            stranger.kill()
    assert verdict.kind is VerdictKind.HANG
    assert verdict.hang is not None
    assert not verdict.hang.proven
    assert f"not proven: pid {stranger.pid} (" in verdict.reason
    assert verdict.reason.endswith("holds the port and does not share the clock")


TRACER = """
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    char octet;
    int status;
    pid_t child = fork();
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        return (int)read(0, &octet, 1);
    }
    while (waitpid(child, &status, 0) == child && !WIFEXITED(status) && !WIFSIGNALED(status))
        ptrace(PTRACE_CONT, child, NULL, NULL);
    return 0;
}
"""


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no compiler")
def test_a_process_that_is_traced_has_real_time_and_is_not_proven_to_hang(tmp_path: Path) -> None:
    (tmp_path / "tracer.c").write_text(TRACER)
    subprocess.run(["cc", "-o", tmp_path / "tracer", tmp_path / "tracer.c"], check=True)
    verdict, _ = virtually(SILENT, [str(tmp_path / "tracer")], clock="auto", deadline=0.5)
    assert verdict.clock.used == "real"
    assert "it is traced by pid " in verdict.clock.why
    assert verdict.hang is not None
    assert not verdict.hang.proven
