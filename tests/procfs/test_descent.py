"""The processes that descend from one, where others come and go while they are looked for."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from simisp.procfs import descent as module
from simisp.procfs.descent import descent
from simisp.procfs.process import ProcessStatus
from support.rounds import rounds
from support.started_processes import Processes

TREE = """
import os, threading, time
class Threaded(threading.Thread):
    def run(self):
        global grandchild
        reading, writing = os.pipe()
        if os.fork() == 0:
            if (child := os.fork()) > 0:
                os.write(writing, b"%d" % child)
            time.sleep(1000)
        grandchild = os.read(reading, 20)
        stays.wait()
stays = threading.Event()
thread = Threaded()
thread.daemon = True
thread.start()
while "grandchild" not in globals():
    time.sleep(0.001)
zombie = os.fork()
if zombie == 0:
    os._exit(0)
os.waitid(os.P_PID, zombie, os.WEXITED | os.WNOWAIT)
print("ready", flush=True)
print(int(grandchild), zombie, flush=True)
time.sleep(1000)
"""


def test_what_threads_have_started_and_what_has_ended_descends(processes: Processes) -> None:
    root = processes.python(TREE)
    assert root.stdout is not None
    grandchild, zombie = map(int, root.stdout.readline().split())
    found = descent(os.getpid())
    if found is None:
        pytest.skip("the kernel does not list children")
    assert {root.pid, grandchild, zombie} <= found.keys()
    assert (found[zombie].ended, found[zombie].parent) == (True, root.pid)
    assert found[found[grandchild].parent].parent == root.pid
    below = descent(root.pid)
    assert below is not None
    assert below.keys() == {root.pid, found[grandchild].parent, grandchild, zombie}


def test_of_a_process_that_is_gone_nothing_descends(processes: Processes) -> None:
    gone = processes.start(["true"])
    gone.wait()
    assert descent(gone.pid) in ({}, None)


def test_where_the_kernel_lists_no_children_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_lists_children", lambda: False)
    assert descent(os.getpid()) is None


@dataclass
class Kernel:
    """Processes as the kernel keeps them. Something happens to them between any two looks, also within one list.

    Process 1 adopts orphans.
    """

    chance: random.Random
    busy: float
    """How probable it is that something happens between two looks."""
    children: dict[int, dict[int, list[int]]] = field(default_factory=lambda: {1: {1: []}})
    """By process and thread, in the order in which they came."""
    ended: set[int] = field(default_factory=set)
    settled: set[int] = field(default_factory=lambda: {1})
    """The processes that have lived since the call began."""
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(2, 100_000)))

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "_lists_children", lambda: True)
        monkeypatch.setattr(module, "thread_ids", self.thread_ids)
        monkeypatch.setattr(module, "read_bounded", self.listed)
        monkeypatch.setattr(module, "process_status", self.status)

    def happen(self) -> None:
        while self.chance.random() < self.busy:
            self.chance.choice([self.fork, self.fork, self.end, self.reap, self.start_thread, self.end_thread])()

    def living(self) -> list[int]:
        return [pid for pid in self.children if pid not in self.ended]

    def fork(self) -> None:
        parent, pid = self.chance.choice(self.living()), next(self.numbers)
        self.chance.choice(list(self.children[parent].values())).append(pid)
        self.children[pid] = {pid: []}

    def end(self) -> None:
        pid = self.chance.choice(self.living())
        if pid == 1:
            return
        orphans = [child for each in self.children[pid].values() for child in each]
        self.ended.add(pid)
        self.settled.discard(pid)
        self.children[pid] = {pid: []}
        self.children[1][1] += orphans

    def reap(self) -> None:
        zombies = [pid for pid in self.ended if pid in self.children]
        if zombies:
            pid = self.chance.choice(zombies)
            for threads in self.children.values():
                for each in threads.values():
                    if pid in each:
                        each.remove(pid)
            del self.children[pid]

    def start_thread(self) -> None:
        pid = self.chance.choice(self.living())
        self.children[pid].setdefault(next(self.numbers), [])

    def end_thread(self) -> None:
        pid = self.chance.choice(self.living())
        others = [tid for tid in self.children[pid] if tid != pid]
        if others:
            self.children[pid][pid] += self.children[pid].pop(self.chance.choice(others))

    def thread_ids(self, pid: int) -> list[int]:
        self.happen()
        if pid not in self.children:
            raise ProcessLookupError
        return list(self.children[pid])

    def listed(self, path: str, limit: int) -> bytes:
        """Return a thread's children, one by one as get_children_pid() of fs/proc/array.c does it."""
        pid, tid = int(path.split("/")[2]), int(path.split("/")[4])
        shown: list[int] = []
        while True:
            self.happen()
            if tid not in self.children.get(pid, {}):
                raise ProcessLookupError
            now = self.children[pid][tid]
            # It goes on behind the last one, or, when that is gone, by position.
            at = now.index(shown[-1]) + 1 if shown and shown[-1] in now else len(shown)
            if at >= len(now):
                return b"".join(b"%d " % each for each in shown)
            shown.append(now[at])

    def status(self, pid: int) -> ProcessStatus | None:
        self.happen()
        if pid not in self.children:
            return None
        return ProcessStatus(pid, "x", "Z" if pid in self.ended else "S", 0, pid, pid, 0, 1, pid)


def missed(busy: float, seed: int, monkeypatch: pytest.MonkeyPatch, look: Callable[[int], object]) -> set[int]:
    """Return the processes that lived all the while and were missed."""
    kernel = Kernel(random.Random(seed), busy=0.9)
    for _ in range(5):
        kernel.happen()
    kernel.settled = set(kernel.living())
    kernel.busy = busy
    kernel.install(monkeypatch)
    found = look(1)
    return set() if found is None else kernel.settled - set(found)  # type: ignore[call-overload]


@pytest.mark.parametrize("busy", [0.0, 0.02, 0.1])
def test_what_lives_all_the_while_is_found_whatever_happens_meanwhile(
    busy: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(rounds(100)):
        assert missed(busy, seed, monkeypatch, descent) == set(), seed


def test_a_single_walk_would_miss_some(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the test above would be no test."""
    seen = [missed(0.1, seed, monkeypatch, lambda pid: module._walk((pid,))) for seed in range(150)]
    assert any(seen)
