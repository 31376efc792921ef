"""The census against real processes: who counts as coming, as left behind, and as gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from simisp.procfs.process import process_status
from simisp.procfs.threads import blocked_in
from simisp.shared_time.clock_page import NEVER, ClockPage
from simisp.shared_time.participants import Census, LeftBehind
from support.polling import until
from support.started_processes import Processes

# Its first thread ends at once; the second goes on until its standard input ends.
HEADLESS = """
import ctypes, os, threading
threading.Thread(target=lambda: (os.read(0, 1), os._exit(0))).start()
ctypes.CDLL(None).pthread_exit(None)
"""
# Starts it, ends it when it is told to, and waits for it only then.
PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=subprocess.PIPE)
print(child.pid, flush=True)
sys.stdin.readline()
child.stdin.close()
sys.stdin.readline()
child.wait()
"""


@pytest.fixture
def census(page: ClockPage) -> Iterator[Census]:
    census = Census(page)
    yield census
    census.close()


def put(page: ClockPage, index: int, *, pid: int, tid: int) -> None:
    """Put a participant that waits into a slot."""
    slot = page.slot(index)
    slot.birth, slot.sequence = index + 1, 1
    slot.deadline = slot.alarm_at = slot.timer_at = NEVER
    slot.pid, slot.tid = pid, tid
    page.layout.slots_used = max(int(page.layout.slots_used), index + 1)


def test_a_child_whose_first_thread_has_ended_is_still_coming(page: ClockPage, census: Census) -> None:
    # Not a child of this process, which may have others.
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, HEADLESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        put(page, 0, pid=parent.pid, tid=parent.pid)
        put(page, 1, pid=-parent.pid, tid=0)
        until(lambda: (status := process_status(child)) and status.state == "Z", what="a first thread that ends")
        assert census.stranger() == LeftBehind(child, "")
        assert page.slot(1).pid == -parent.pid
        parent.stdin.write(b"\n")
        parent.stdin.flush()
        until(lambda: (status := process_status(child)) is not None and status.ended, what="the end of the child")
        assert census.stranger() is None
        assert page.slot(1).pid == 0


@pytest.mark.parametrize("is_up", [True, False], ids=["thread", "process"])
def test_a_process_is_not_coming_because_a_thread_of_it_is(
    page: ClockPage, census: Census, processes: Processes, monkeypatch: pytest.MonkeyPatch, is_up: bool
) -> None:
    """Python waits without end until a new thread runs, which may last where it gets no processor."""
    monkeypatch.setattr("simisp.shared_time.outsiders._LONG", 0.0)
    pid = processes.python("import signal; print('ready', flush=True); signal.pause()").pid
    until(lambda: blocked_in(pid, pid), what="its wait")
    if is_up:
        put(page, 0, pid=pid, tid=pid)
    put(page, 1, pid=pid, tid=0)
    seen = [census.left_behind(census.take(0, thorough=True)) for _ in range(2)]
    assert [found is not None for found in seen] == [not is_up] * 2


def test_a_child_that_ends_is_told_once(census: Census) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        census.watch(child.pid)
        assert census.awaits_child()
        child.wait()
    until(lambda: not census.take(0, thorough=False), what="the burial")
    assert census.take_ended() == (child.pid,)
    assert census.take_ended() == ()
    assert not census.awaits_child()


def test_a_child_that_ended_before_the_watch_is_told(census: Census) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    census.watch(child.pid)
    assert census.take_ended() == (child.pid,)


def test_a_dead_participant_gives_its_slot_back(page: ClockPage, census: Census) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    put(page, 0, pid=child.pid, tid=child.pid)
    assert census.take(1, thorough=False) == ()
    assert page.slot(0).pid == 0


def test_a_thread_that_ended_gives_its_slot_back(page: ClockPage, census: Census) -> None:
    put(page, 0, pid=os.getpid(), tid=os.getpid())
    put(page, 1, pid=os.getpid(), tid=1)
    assert [one.slot for one in census.take(1, thorough=False)] == [0]


def test_a_slot_with_the_number_of_a_stranger_is_struck_out(page: ClockPage, census: Census) -> None:
    """As one written by a process of another PID namespace. To signal the number would be to signal the stranger."""
    said = subprocess.run(
        ["sh", "-c", "sleep 600 >/dev/null & echo $!"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    stranger = int(said)
    try:
        status = process_status(stranger)
        assert status is not None
        if status.parent == os.getpid():
            pytest.skip("orphans come to this process")
        put(page, 0, pid=stranger, tid=stranger)
        assert census.take(1, thorough=False) == ()
        assert page.slot(0).pid == 0
        census.signal_alarm(stranger)
    finally:
        os.kill(stranger, signal.SIGKILL)
