"""What can end a wait though no look at the waiting descriptor alone shows it: nothing of that is ever proven."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import mmap
import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from simisp.runner.verdict import Verdict, VerdictKind
from support.virtual_runs import virtually

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
SYS_exit, SYS_futex, SYS_signalfd = (60, 202, 289) if os.uname().machine == "x86_64" else (93, 98, 74)

def to_far_end():
    far = socket.socket(socket.AF_UNIX)
    far.connect(where)
    return far

def hand_over(*descriptors):
    far = to_far_end()
    socket.send_fds(far, [b"x"], descriptors)
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
    time.sleep(0.1)
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
)


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
        else:
            server = stack.enter_context(socket.socket(socket.AF_UNIX))
            server.bind(str(where))
            server.listen()
            accepted: list[socket.socket] = []
            received: list[int] = []

            def accept() -> None:
                with contextlib.suppress(OSError):
                    accepted.append(server.accept()[0])
                    if kind == "memory that has been handed over":
                        received.extend(socket.recv_fds(accepted[0], 1, 1)[1])

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


def run(kind: str, where: str, folder: Path, deadline: float = 0.3) -> Verdict:
    script = folder / "client.py"
    script.write_text(CLIENT)
    verdict, _ = virtually(SILENT, [sys.executable, str(script), kind, where], deadline=deadline)
    return verdict


@pytest.mark.parametrize("kind", OPEN)
def test_a_wait_that_something_hidden_can_end_is_never_proven(kind: str, tmp_path: Path) -> None:
    with far_end(kind, tmp_path) as where:
        verdict = run(kind, where, tmp_path)
    assert verdict.kind is VerdictKind.HANG
    assert verdict.hang is not None
    assert not verdict.hang.proven


def test_a_fifo_whose_name_is_gone_is_a_pipe_of_the_runs_own(tmp_path: Path) -> None:
    verdict = run("FIFO without a name", str(tmp_path / "far"), tmp_path, deadline=600.0)
    assert verdict.hang is not None
    assert verdict.hang.proven


def test_a_wait_for_a_signal_through_a_descriptor_is_proven_unless_one_is_sent(tmp_path: Path) -> None:
    verdict = run("signalfd", str(tmp_path / "far"), tmp_path, deadline=600.0)
    assert verdict.hang is not None
    assert verdict.hang.proven
    assert verdict.hang.unless_signalled
