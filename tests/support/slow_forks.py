"""A process whose fork takes as long as a test wants: the kernel has it wait until another process has heard of it.

A plain fork is over in a moment, but on a busy machine that moment can be long: the memory can be copied only when a
lock is free that other processes have too. The kernel then shows the parent in uninterruptible sleep inside clone(2),
as it does with one that waits for its child of vfork(2). Here the lock is a userfaultfd(2) that asks to be told of
forks: its reader is the test.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass

import pytest

from simisp.procfs.descriptors import borrowed_descriptor
from simisp.procfs.process import process_status
from support.polling import until
from support.started_processes import Processes

__all__ = ["SlowFork"]

_CLIENT = """
import ctypes, errno, mmap, os, struct, fcntl, sys
number = {"x86_64": 323, "aarch64": 282}.get(os.uname().machine, -1)
watch = ctypes.CDLL(None, use_errno=True).syscall(number, os.O_CLOEXEC)
try:
    fcntl.ioctl(watch, 0xC018AA3F, struct.pack("=QQQ", 0xAA, 1 << 1, 0))  # UFFDIO_API, UFFD_FEATURE_EVENT_FORK
    memory = mmap.mmap(-1, mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    fcntl.ioctl(watch, 0xC020AA00, struct.pack("=QQQQ", address, mmap.PAGESIZE, 1, 0))  # UFFDIO_REGISTER
except OSError as refusal:
    print("refused", refusal, flush=True)
    sys.exit()
print("watched by", watch, flush=True)
input()
if os.fork() == 0:
    os._exit(0)
print("forked", flush=True)
input()
"""


@dataclass
class SlowFork:
    """A process in the middle of a plain fork.

    Attributes:
        process: The process, whose child does not exist yet.
    """

    process: subprocess.Popen[str]
    _watch: int

    @classmethod
    def begin(cls, processes: Processes) -> SlowFork:
        """Start a process, and have it fork; skip the test where the kernel does not allow to watch that."""
        process = processes.start([sys.executable, "-c", _CLIENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdin is not None
        assert process.stdout is not None
        first, *_, last = process.stdout.readline().split()
        if first == "refused":
            pytest.skip("the kernel lets no process of this user watch a fork (userfaultfd(2))")
        watch = borrowed_descriptor(process.pid, int(last))
        process.stdin.write("\n")
        process.stdin.flush()
        until(lambda: (seen := process_status(process.pid)) is not None and seen.state == "D", what="the fork to begin")
        return cls(process, watch)

    def go_on(self) -> None:
        """Let the fork go on, and wait until it is over."""
        event = os.read(self._watch, 32)
        os.close(int.from_bytes(event[8:12], "little"))
        os.close(self._watch)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "forked\n"
