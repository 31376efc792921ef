"""What can end a wait though no look at the waiting descriptor alone shows it: nothing of that is ever proven."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import itertools
import mmap
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from simisp.forensics import far_ends
from simisp.procfs.cgroups import memory_groups
from simisp.runner.verdict import Verdict, VerdictKind
from support.c_programs import compiled
from support.neighbours import left_alone
from support.virtual_runs import once_virtually, virtually


@pytest.fixture(autouse=True)
def _no_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Descriptors that are on their way here are to stay so."""
    monkeypatch.setattr("simisp.shared_time.clock._MOMENT", 0.1)


SILENT = """
title: An ISP that says nothing
port: {starts: raw}
isp: {dialogue: [silence]}
"""

CLIENT = """
import array, ctypes, fcntl, mmap, os, select, signal, socket, sys, threading, time
os.write(1, b"ATDT1\\r")
kind, where = sys.argv[1:3]
libc = ctypes.CDLL(None, use_errno=True)
numbers = (60, 202, 289, 206) if os.uname().machine == "x86_64" else (93, 98, 74, 0)
SYS_exit, SYS_futex, SYS_signalfd, SYS_io_setup = numbers

def to_far_end():
    far = socket.socket(socket.AF_UNIX)
    far.connect(where)
    return far

def lend(*descriptors):
    far = to_far_end()
    socket.send_fds(far, [b"x"], descriptors)
    far.recv(1)  # sent when they have been received, or are to stay on their way
    return far

def hand_over(*descriptors):
    far = lend(*descriptors)
    for each in descriptors:
        os.close(each)
    return far

if kind == "socket in flight":
    near, other = socket.socketpair()
    kept = hand_over(other.detach())
    near.recv(1)
elif kind == "pipe in flight":
    near, other = os.pipe()
    kept = hand_over(other)
    os.read(near, 1)
elif kind == "copy of a pipe in flight":
    near, other = os.pipe()
    kept = hand_over(os.dup(other))
    os.read(near, 1)
elif kind == "link to a lock":
    fcntl.flock(os.open(where, os.O_RDWR), fcntl.LOCK_EX)
elif kind == "message queue":
    queue = libc.mq_open(b"/" + os.path.basename(where).encode(), os.O_RDONLY)
    select.select([queue], [], [])
elif kind == "mounts":
    looks = select.poll()
    looks.register(os.open("/proc/self/mounts", os.O_RDONLY), select.POLLPRI)
    looks.poll()
elif kind == "epoll of a number that is another file's by now":
    far = to_far_end()
    copy = far.dup()
    poll = select.epoll()
    poll.register(far.fileno(), select.EPOLLIN)
    os.dup2(os.open("/dev/null", os.O_RDONLY), far.fileno())
    poll.poll()
elif kind == "epoll of a closed number":
    far = to_far_end()
    copy = far.dup()
    poll = select.epoll()
    poll.register(far.fileno(), select.EPOLLIN)
    far.close()
    poll.poll()
elif kind == "thread that outlives the first":
    far = to_far_end()
    threading.Thread(target=far.recv, args=(1,)).start()
    time.sleep(0.1)
    libc.syscall(SYS_exit, 0)
elif kind == "thread with a table of its own":
    def wait():
        libc.unshare(0x400)
        far = to_far_end()
        os.dup2(far.fileno(), 77)
        os.read(77, 1)
    near, other = socket.socketpair()
    os.dup2(near.fileno(), 77)
    threading.Thread(target=wait).start()
    near.recv(1)
elif kind == "SIGIO":
    far = to_far_end()
    signal.signal(signal.SIGIO, lambda *_: sys.exit(0))
    fcntl.fcntl(far, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(far, fcntl.F_SETFL, fcntl.fcntl(far, fcntl.F_GETFL) | os.O_ASYNC)
    signal.pause()
elif kind == "memory of a file that another has open":
    file = os.open(where, os.O_RDWR)
    memory = mmap.mmap(file, 4096)
    word = ctypes.c_uint32.from_buffer(memory)
    libc.syscall(SYS_futex, ctypes.byref(word), 0, 0, None, None, 0)
elif kind == "memory that has been handed over":
    file = os.memfd_create("shared")
    os.ftruncate(file, 4096)
    word = ctypes.c_uint32.from_buffer(mmap.mmap(file, 4096))
    kept = hand_over(file)
    libc.syscall(SYS_futex, ctypes.byref(word), 0, 0, None, None, 0)
elif kind == "memory that is only read":
    libc.mmap.restype = ctypes.c_void_p
    file = os.open(where, os.O_RDONLY)
    word = libc.mmap(None, ctypes.c_size_t(4096), 1, 1, file, ctypes.c_long(0))
    libc.syscall(SYS_futex, ctypes.c_void_p(word), 0, 0, None, None, 0)
elif kind == "FIFO with a name":
    os.mkfifo(where + ".fifo")
    end = os.open(where + ".fifo", os.O_RDWR)
    copy = os.dup(end)
    os.read(end, 1)
elif kind == "FIFO without a name":
    os.mkfifo(where + ".fifo")
    end = os.open(where + ".fifo", os.O_RDWR)
    copy = os.dup(end)
    os.unlink(where + ".fifo")
    os.read(end, 1)
elif kind in ("socket that another has too", "copy of a socket in flight"):
    near, other = socket.socketpair()
    kept = lend(near.fileno())
    near.recv(1)
elif kind in ("epoll that another has too", "epoll in flight"):
    near, other = os.pipe()
    poll = select.epoll()
    poll.register(near, select.EPOLLIN)
    kept = lend(poll.fileno())
    poll.poll()
elif kind in ("timerfd that another has too", "timerfd in flight"):
    timer = libc.timerfd_create(time.CLOCK_MONOTONIC, 0)
    kept = lend(timer)
    os.read(timer, 8)
elif kind == "lock in flight":
    file = os.open(where + ".lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(file, fcntl.LOCK_EX)
    kept = hand_over(file)
    fcntl.flock(os.open(where + ".lock", os.O_RDWR), fcntl.LOCK_EX)
elif kind == "memory in flight":
    file = os.memfd_create("shared")
    os.ftruncate(file, 4096)
    word = ctypes.c_uint32.from_buffer(mmap.mmap(file, 4096))
    kept = hand_over(file)
    libc.syscall(SYS_futex, ctypes.byref(word), 0, 0, None, None, 0)
elif kind == "datagrams for another than the peer":
    near, other = socket.socketpair(type=socket.SOCK_DGRAM)
    while True:
        near.sendto(b"x", where)
elif kind == "a process that it traces":
    pid = int(open(where).read())
    SEIZE, WALL = 0x4206, 0x40000000
    if libc.ptrace(SEIZE, pid, None, None) == 0:
        libc.waitpid(pid, None, WALL)
elif kind in ("a queue that notifies", "a queue without a name that notifies"):
    class Event(ctypes.Structure):
        _fields_ = [("value", ctypes.c_long), ("signal", ctypes.c_int), ("rest", ctypes.c_char * 52)]
    signal.signal(signal.SIGUSR1, lambda *_: sys.exit(0))
    name = b"/" + where.replace("/", "_")[-60:].encode()
    queue = libc.mq_open(name, os.O_RDWR | os.O_CREAT, 0o600, None)
    if "without" in kind:
        libc.mq_unlink(name)
    libc.mq_notify(queue, ctypes.byref(Event(0, signal.SIGUSR1)))
    near, other = os.pipe()
    os.read(near, 1)
elif kind == "a folder that notifies":
    signal.signal(signal.SIGIO, lambda *_: sys.exit(0))
    fcntl.fcntl(os.open(os.path.dirname(where), os.O_RDONLY), fcntl.F_NOTIFY, fcntl.DN_CREATE | fcntl.DN_MULTISHOT)
    near, other = os.pipe()
    os.read(near, 1)
elif kind in ("a lease on a file", "a lease that was given back"):
    file = os.open(where + ".lease", os.O_RDONLY | os.O_CREAT)
    signal.signal(signal.SIGIO, lambda *_: sys.exit(0))
    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    if "back" in kind:
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    near, other = os.pipe()
    os.read(near, 1)
elif kind == "eventfd that is registered":
    try:
        control = os.open(where + "/cgroup.event_control", os.O_WRONLY)
        usage = os.open(where + "/memory.usage_in_bytes", os.O_RDONLY)
        number = os.eventfd(0)
        os.write(control, f"{number} {usage} {1 << 62}".encode())
    except OSError:
        os._exit(77)
    os.read(number, 8)
elif kind in ("eventfd of one that uses aio", "eventfd of its own", "eventfd beside a device"):
    number = os.eventfd(0)
    context = ctypes.c_long(0)
    if "aio" in kind and libc.syscall(SYS_io_setup, 1, ctypes.byref(context)) != 0:
        os._exit(77)
    device = os.open("/dev/null", os.O_RDWR)
    os.read(number, 8)
elif kind in ("another terminal whose master another has", "another terminal of its own"):
    if "own" in kind:
        master, slave = os.openpty()
    else:
        slave = os.open(open(where).read(), os.O_RDWR | os.O_NOCTTY)
    os.read(slave, 1)
elif kind == "a time limit while its far end is handed over":
    near, other = os.pipe()
    waiting = lambda: os._exit(0 if select.select([near], [], [], 20)[0] else 5)
    far = to_far_end()
    threading.Thread(target=waiting).start()
    for _ in range(20):
        time.sleep(0.001)
    socket.send_fds(far, [b"x"], [other])
    os.close(other)
    time.sleep(3600)
elif kind == "pipe that another's io_uring has too":
    near, other = os.pipe()
    kept = lend(other)
    os.read(near, 1)
elif kind == "signalfd":
    mask = ctypes.c_uint64(1 << (signal.SIGUSR1 - 1))
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    os.read(libc.syscall(SYS_signalfd, -1, ctypes.byref(mask), 8, 0), 128)
"""

OPEN = (
    "socket in flight",
    "pipe in flight",
    "copy of a pipe in flight",
    "link to a lock",
    "message queue",
    "mounts",
    "epoll of a number that is another file's by now",
    "epoll of a closed number",
    "thread that outlives the first",
    "thread with a table of its own",
    "SIGIO",
    "memory of a file that another has open",
    "memory that has been handed over",
    "memory that is only read",
    "FIFO with a name",
    "socket that another has too",
    "copy of a socket in flight",
    "epoll that another has too",
    "pipe that another's io_uring has too",
    "epoll in flight",
    "timerfd that another has too",
    "timerfd in flight",
    "lock in flight",
    "memory in flight",
    "datagrams for another than the peer",
    "a process that it traces",
    "a queue that notifies",
    "a folder that notifies",
    "a lease on a file",
    "eventfd of one that uses aio",
    "another terminal whose master another has",
)

CLOSED = (
    "FIFO without a name",
    "a queue without a name that notifies",
    "a lease that was given back",
    "eventfd of its own",
    "another terminal of its own",
)


@contextlib.contextmanager
def started(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command) as process:
        try:
            yield process
        finally:
            process.kill()


def ring_with(descriptor: int) -> int:
    """Return a new io_uring that keeps a descriptor's file, and close the descriptor."""
    libc, setup, register, files = ctypes.CDLL(None), 425, 427, 2
    ring = int(libc.syscall(setup, 8, ctypes.byref((ctypes.c_uint8 * 120)())))
    kept = libc.syscall(register, ring, files, ctypes.byref(ctypes.c_int(descriptor)), 1)
    if ring < 0 or kept < 0:
        return descriptor  # a system without io_uring: it stays an ordinary copy
    os.close(descriptor)
    return ring


@contextlib.contextmanager
def far_end(kind: str, folder: Path) -> Iterator[str]:
    """Hold what the client waits for; yields where it is."""
    where = folder / "far"
    with contextlib.ExitStack() as stack:
        if kind in ("link to a lock", "memory of a file that another has open", "memory that is only read"):
            where.write_bytes(bytes(4096))
            os.link(where, folder / "link")
            held = os.open(folder / "link", os.O_RDWR)
            stack.callback(os.close, held)
            if kind == "link to a lock":
                fcntl.flock(held, fcntl.LOCK_EX)
            elif kind == "memory that is only read":
                stack.enter_context(mmap.mmap(held, 4096))
        elif kind == "message queue":
            libc = ctypes.CDLL(None, use_errno=True)
            name = b"/far"
            queue = libc.mq_open(name, os.O_RDWR | os.O_CREAT, 0o600, None)
            if queue < 0:
                pytest.skip("this kernel has no POSIX message queues")
            stack.callback(os.close, queue)
            stack.callback(libc.mq_unlink, name)
        elif kind == "a queue that notifies":
            name = b"/" + str(where).replace("/", "_")[-60:].encode()
            stack.callback(ctypes.CDLL(None).mq_unlink, name)
        elif kind == "datagrams for another than the peer":
            stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)).bind(str(where))
        elif kind == "a process that it traces":
            where.write_text(str(stack.enter_context(started("sleep", "60")).pid))
        elif kind == "another terminal whose master another has":
            for descriptor in (ends := os.openpty()):
                stack.callback(os.close, descriptor)
            where.write_text(os.ttyname(ends[1]))
        else:
            server = stack.enter_context(socket.socket(socket.AF_UNIX))
            server.bind(str(where))
            server.listen()
            accepted: list[socket.socket] = []
            received: list[int] = []

            def accept() -> None:
                with contextlib.suppress(OSError):
                    accepted.append(server.accept()[0])
                    if "has too" in kind or "handed over" in kind:
                        received.extend(socket.recv_fds(accepted[0], 1, 1)[1])
                    if "io_uring" in kind:
                        received.append(ring_with(received.pop()))
                    if any(word in kind for word in ("has too", "handed over", "in flight")):
                        accepted[0].send(b"x")
                    if "time limit" in kind:
                        threading.Event().wait(0.3)
                        os.write(received[0], b"x")

            accepting = threading.Thread(target=accept)
            accepting.start()

            def end() -> None:
                server.shutdown(socket.SHUT_RDWR)
                accepting.join()
                for each in accepted:
                    each.close()
                for descriptor in received:
                    os.close(descriptor)

            stack.callback(end)
        yield str(where)


def client(kind: str, where: str, folder: Path) -> list[str]:
    """Return the command that waits."""
    script = folder / "client.py"
    script.write_text(CLIENT)
    return [sys.executable, str(script), kind, where]


def run(kind: str, where: str, folder: Path, deadline: float = 0.3) -> Verdict:
    verdict, _ = virtually(SILENT, client(kind, where, folder), deadline=deadline)
    return verdict


def run_against(kind: str, folder: Path, deadline: float = 0.3) -> Verdict:
    """Run it with a far end, which a second run has anew."""
    places = itertools.count()

    def once() -> Verdict:
        place = folder / str(next(places))
        place.mkdir()
        with far_end(kind, place) as where:
            return once_virtually(SILENT, client(kind, where, place), deadline=deadline)[0]

    return left_alone(once, lambda verdict: verdict)


@pytest.mark.parametrize("kind", OPEN)
def test_a_wait_that_something_hidden_can_end_is_never_proven(kind: str, tmp_path: Path) -> None:
    verdict = run_against(kind, tmp_path)
    assert verdict.kind is VerdictKind.HANG
    assert verdict.hang is not None
    assert not verdict.hang.proven


def test_a_thread_that_libc_did_not_start_may_wait_for_what_is_outside(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    command = [str(compiled("unseen.c", tmp_path, "-DCLONE")), str(tmp_path / "fifo")]
    verdict, _ = virtually(SILENT, command, deadline=0.3, allow_unopened=True)
    assert verdict.hang is not None
    assert not verdict.hang.proven
    assert "a process that may open its FIFO" in verdict.hang.outside


def test_a_far_end_that_is_handed_over_during_a_wait_is_asked_about_before_the_next_jump(tmp_path: Path) -> None:
    kind = "a time limit while its far end is handed over"
    verdict = run_against(kind, tmp_path, deadline=60.0)
    assert verdict.client is not None
    assert verdict.client.exit_status == 0


@pytest.mark.parametrize("kind", CLOSED)
def test_a_wait_that_nothing_hidden_can_end_is_proven(kind: str, tmp_path: Path) -> None:
    verdict = run(kind, str(tmp_path / "far"), tmp_path, deadline=600.0)
    assert verdict.hang is not None
    assert verdict.hang.proven


def test_an_eventfd_that_a_program_registers_with_a_control_group_is_signalled_by_the_kernel(tmp_path: Path) -> None:
    """The kernel shows that registration nowhere."""
    group = next(memory_groups(), None)
    if group is None:
        pytest.skip("there are no memory control groups of version 1")
    verdict, _ = once_virtually(SILENT, client("eventfd that is registered", group, tmp_path), deadline=0.3)
    if verdict.client is not None and verdict.client.exit_status == 77:
        pytest.skip("this user may not register an eventfd")
    assert verdict.hang is not None
    assert not verdict.hang.proven
    assert "control groups" in verdict.hang.outside


@pytest.mark.parametrize("device", ["anon_inode:kvm-vm", "a device that is no terminal"])
def test_an_eventfd_may_be_registered_with_a_device_that_the_run_has_open(
    device: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(far_ends, "_MUTE_DEVICES", set() if "terminal" in device else far_ends._MUTE_DEVICES)
    monkeypatch.setattr(far_ends, "_MUTE", set() if "kvm" in device else far_ends._MUTE)
    verdict = run("eventfd beside a device", str(tmp_path / "far"), tmp_path)
    assert verdict.hang is not None
    assert not verdict.hang.proven
    assert "with which an eventfd may be registered" in verdict.hang.outside


def test_a_wait_for_a_signal_through_a_descriptor_is_proven_unless_one_is_sent(tmp_path: Path) -> None:
    verdict = run("signalfd", str(tmp_path / "far"), tmp_path, deadline=600.0)
    assert verdict.hang is not None
    assert verdict.hang.proven
    assert verdict.hang.unless_signalled
