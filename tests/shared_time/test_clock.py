"""The coordinator against participants that are played by hand: what it asks, moves, grants and proves."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import subprocess
import sys
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from simisp.shared_time.clock import _LISTENS_BEFORE_ASKING, Busy, ClockJump, ProcessesEnded, Proof, SharedClock
from simisp.shared_time.clock_page import NEVER, Call, ClockPage, SlotLayout
from simisp.shared_time.open_waits import OpenWait
from support.polling import until
from support.slow_forks import SlowFork
from support.started_processes import Processes

LOCKING = """
import fcntl, signal, sys
fcntl.flock(0, int(sys.argv[1]))
print("ready", flush=True)
signal.pause()
"""


class Played:
    """Participants in slots of the page. Each answers a round as soon as it is asked for, unless it is deaf."""

    def __init__(self, page: ClockPage, pid: int) -> None:
        self.page = page
        self.pid = pid
        self.deaf: set[int] = set()
        self._ask = page.ask
        page.ask = self._answered  # type: ignore[method-assign]

    def _answered(self) -> int:
        number = self._ask()
        for index, slot in self.page.slots():
            if slot.sequence & 1 and index not in self.deaf:
                slot.acknowledged = number
        return number

    def wait(self, index: int = 0, *, deadline: float | None = None, alarm: float | None = None) -> SlotLayout:
        """Have a participant wait anew."""
        slot = self.page.slot(index)
        slot.birth = index + 1
        slot.sequence = (slot.sequence | 1) + 2 if slot.sequence else 1
        slot.deadline = NEVER if deadline is None else round(deadline * 1e9)
        slot.alarm_at = NEVER if alarm is None else round(alarm * 1e9)
        slot.timer_at = NEVER
        slot.pid = slot.tid = self.pid
        self.page.layout.slots_used = max(self.page.layout.slots_used, index + 1)
        return slot


@pytest.fixture
def played(page: ClockPage, processes: Processes) -> Played:
    # Not this process: a test runner's other threads wait in pipes of processes outside.
    return Played(page, processes.start(["sleep", "infinity"]).pid)


@pytest.fixture
def line() -> Iterator[tuple[int, int]]:
    master, slave = pty.openpty()
    tty.setraw(slave)
    yield master, slave
    os.close(master)
    os.close(slave)


@pytest.fixture
def clock(page: ClockPage, line: tuple[int, int]) -> Iterator[SharedClock]:
    clock = SharedClock(page, slaves=[line[1]], descriptors=[line[0]])
    yield clock
    clock.census.close()


def test_the_clock_jumps_to_a_deadline_and_lets_it_pass(played: Played, clock: SharedClock) -> None:
    slot = played.wait(deadline=90.0)
    assert clock.step(None) == ClockJump(90.0)
    assert (clock.now, slot.granted, clock.page.now_ns) == (90.0, 90 * 10**9 + 1, 90 * 10**9)


def test_a_jump_for_the_simulator_grants_nothing(played: Played, clock: SharedClock) -> None:
    slot = played.wait(deadline=90.0)
    assert clock.step(60.0) == ClockJump(60.0)
    assert slot.granted == 0


@pytest.mark.parametrize("due", [0.1 + 0.2, 1 / 3, 86.03, 24.5 + 1e-10, 123456.7890123456])
def test_the_simulators_time_comes_back_as_the_very_number_that_it_was(
    due: float, played: Played, clock: SharedClock
) -> None:
    played.wait()
    assert clock.step(due) == ClockJump(due)
    assert clock.now >= due


def test_the_clock_never_goes_back(played: Played, clock: SharedClock) -> None:
    played.wait()
    assert clock.step(10.0) == ClockJump(10.0)
    assert clock.step(4.0) == ClockJump(10.0)


def test_two_deadlines_at_one_instant_pass_one_after_the_other(played: Played, clock: SharedClock) -> None:
    slots = [played.wait(index, deadline=5.0) for index in (0, 1)]
    assert clock.step(None) == ClockJump(5.0)
    assert [slot.granted for slot in slots] == [5 * 10**9 + 1, 0]
    played.wait(0)
    assert clock.step(None) == ClockJump(5.0)
    assert slots[1].granted == 5 * 10**9 + 1


def test_who_does_not_wait_holds_the_clock(played: Played, clock: SharedClock) -> None:
    played.wait(deadline=90.0).sequence = 2
    decision = clock.step(None, patience=0.0)
    assert isinstance(decision, Busy)
    assert [one.pid for one in decision.running] == [played.pid]


def test_who_does_not_answer_holds_the_clock(played: Played, clock: SharedClock) -> None:
    played.wait(0, deadline=90.0)
    played.wait(1)
    played.deaf.add(1)
    for _ in range(20):
        assert clock.step(None, patience=0.0) == Busy()
    assert clock.now == 0.0


def test_octets_of_the_client_hold_the_clock(played: Played, clock: SharedClock, line: tuple[int, int]) -> None:
    played.wait(deadline=90.0)
    os.write(line[1], b"ATZ\r")
    assert clock.step(60.0) == Busy(octets=True)
    assert os.read(line[0], 10) == b"ATZ\r"
    assert clock.step(60.0) == ClockJump(60.0)


def test_octets_that_the_owner_still_holds_hold_the_clock(played: Played, clock: SharedClock) -> None:
    played.wait(deadline=90.0)
    assert clock.step(60.0, unsent=True) == Busy()


def test_octets_that_the_client_does_not_read_do_not_hold_the_clock(
    played: Played, clock: SharedClock, line: tuple[int, int]
) -> None:
    played.wait(deadline=90.0)
    os.write(line[0], b"NO CARRIER\r\n")
    assert clock.step(None) == ClockJump(90.0)


def test_everybody_waiting_forever_is_a_proof_that_names_them(played: Played, clock: SharedClock) -> None:
    played.wait(0)
    played.wait(1)
    decision = clock.step(None)
    assert isinstance(decision, Proof)
    assert [one.slot for one in decision.participants] == [0, 1]


def test_a_timer_of_the_simulators_makes_it_no_proof(played: Played, clock: SharedClock) -> None:
    played.wait()
    assert clock.step(3600.0) == ClockJump(3600.0)


def test_an_alarm_is_sent_to_its_process_and_rings_again_after_its_interval(
    page: ClockPage, clock: SharedClock
) -> None:
    code = (
        "import signal, time; signal.signal(signal.SIGALRM, lambda *_: print('rang', flush=True))\nprint(flush=True)\n"
    )
    code += "while True: time.sleep(1000)"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    played = Played(page, child.pid)
    slot = played.wait(alarm=7.0)
    slot.alarm_interval = 5 * 10**9
    assert clock.step(None) == ClockJump(7.0)
    assert child.stdout.readline() == b"rang\n"
    assert slot.alarm_at == 12 * 10**9
    slot.alarm_interval = 0
    assert clock.step(None) == ClockJump(12.0)
    assert child.stdout.readline() == b"rang\n"
    assert slot.alarm_at == NEVER
    child.kill()
    child.communicate()


def test_a_timer_is_granted_to_its_process(played: Played, clock: SharedClock) -> None:
    slot = played.wait(deadline=9.0)
    slot.timer_at = 4 * 10**9
    assert clock.step(None) == ClockJump(4.0)
    assert (slot.timer_granted, slot.granted) == (4 * 10**9, 0)


def test_the_end_of_a_watched_process_is_told_before_the_clock_moves(page: ClockPage, clock: SharedClock) -> None:
    child = subprocess.Popen(["sleep", "1000"])
    played = Played(page, child.pid)
    clock.watch(child.pid)
    played.wait(deadline=1.0)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    played.deaf.add(0)
    assert clock.step(5.0) == ProcessesEnded((child.pid,))
    assert clock.now == 0.0
    assert list(page.slots()) == []
    child.wait()
    assert clock.step(5.0) == ClockJump(5.0)


def test_a_watched_process_that_has_not_come_up_holds_the_clock(page: ClockPage, clock: SharedClock) -> None:
    child = subprocess.Popen(["sleep", "1000"])
    clock.watch(child.pid)
    assert isinstance(clock.step(5.0, patience=0.0), Busy)
    Played(page, child.pid).wait(deadline=1.0)
    assert clock.step(5.0) == ClockJump(1.0)
    child.kill()
    child.wait()


def test_a_process_that_died_before_it_was_watched_has_ended(clock: SharedClock) -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    clock.watch(child.pid)
    assert clock.step(None) == ProcessesEnded((child.pid,))


def test_an_alarm_for_a_process_that_died_is_no_error(page: ClockPage, clock: SharedClock) -> None:
    child = subprocess.Popen(["sleep", "1000"])
    Played(page, child.pid).wait(alarm=1.0)
    assert isinstance(clock.step(None, patience=0.0), ClockJump | Busy)
    child.send_signal(signal.SIGKILL)
    child.wait()
    clock.census.signal_alarm(child.pid)


def test_a_child_that_was_announced_and_never_came_makes_no_hang_of_it(page: ClockPage, clock: SharedClock) -> None:
    child = subprocess.Popen(["sleep", "1000"])
    played = Played(page, child.pid)
    played.wait(0, deadline=6.0)
    page.slot(1).pid = -child.pid
    page.slot(1).birth = 2
    page.slot(1).deadline = page.slot(1).alarm_at = page.slot(1).timer_at = NEVER
    page.layout.slots_used = 2
    assert isinstance(clock.step(None, patience=0.0), Busy)
    assert clock.step(None) == ClockJump(6.0)
    assert [index for index, _ in page.slots()] == [0]
    child.kill()
    child.wait()


def test_a_process_in_the_middle_of_a_fork_holds_the_clock_and_its_announced_child_stays_announced(
    page: ClockPage, clock: SharedClock, processes: Processes
) -> None:
    """Its child does not exist yet, and the kernel shows it as it shows one that waits for a child of vfork."""
    fork = SlowFork.begin(processes)
    played = Played(page, fork.process.pid)
    played.wait(0).sequence = 2
    announced = played.wait(1)
    announced.pid, announced.tid, announced.sequence = -fork.process.pid, 0, 2
    for _ in range(5 * _LISTENS_BEFORE_ASKING):
        assert isinstance(clock.step(None), Busy)
        assert announced.pid == -fork.process.pid
    fork.go_on()
    played.wait(0, deadline=6.0)
    until(lambda: clock.step(None) == ClockJump(6.0), what="the jump, when the child that has ended is no more awaited")


@pytest.mark.parametrize("is_locked", [False, True])
def test_a_wait_for_a_lock_is_one_forever_only_while_the_file_is_locked(
    is_locked: bool, page: ClockPage, clock: SharedClock, processes: Processes, tmp_path: Path
) -> None:
    """One that a process outside let go of just now can be had, although all have looked and nothing is to be seen."""
    with (tmp_path / "lock").open("w") as file:
        client = processes.python(LOCKING, fcntl.LOCK_EX if is_locked else fcntl.LOCK_UN, stdin=file)
    slot = Played(page, client.pid).wait()
    slot.call, slot.descriptor = Call.LOCK, 0
    # Not at once: the file may be among descriptors on their way to any other program of the machine.
    until(lambda: isinstance(clock.step(None), Proof if is_locked else ClockJump), what="the decision")


def test_a_new_child_is_noticed_before_a_jump_where_the_kernel_lists_no_children(
    page: ClockPage, clock: SharedClock, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simisp.shared_time.open_waits.children_of", lambda *_: "")
    parent = processes.start(["sh", "-c", "echo; read -r go; sleep 1000 & echo $!; wait"], stdin=-1, stdout=-1)
    assert parent.stdin is not None
    assert parent.stdout is not None
    parent.stdout.readline()
    played = Played(page, parent.pid)
    played.wait(deadline=6.0)
    assert clock.step(None) == ClockJump(6.0)
    parent.stdin.write("\n")
    parent.stdin.flush()
    parent.stdout.readline()
    played.wait(deadline=3600.0)
    jump = clock.step(None)
    assert isinstance(jump, ClockJump)
    assert jump.to < 3600.0


class Outsider:
    """Something outside that can end a wait, for some looks; then it has done so, and is gone."""

    def __init__(self, clock: SharedClock, slot: SlotLayout, *, looks: int, ender: str = "an outsider") -> None:
        self._slot = slot
        self._looks = looks
        self._ender = ender
        clock._open.find = self._find  # type: ignore[method-assign, assignment]

    def _find(self, _: object, *, afresh: bool) -> OpenWait | None:
        del afresh
        self._looks -= 1
        if self._looks >= 0:
            return OpenWait(7, self._ender)
        if self._looks == -1:
            self._slot.sequence += 1  # what it has done wakes the participant
        return None


@pytest.mark.parametrize("looks", [0, 1, 3])
def test_an_outsider_that_acts_after_everybody_has_looked_and_is_gone_makes_no_proof(
    clock: SharedClock, played: Played, looks: int
) -> None:
    Outsider(clock, played.wait(), looks=looks)
    for _ in range(looks):
        assert isinstance(clock.step(None), ClockJump)
    assert isinstance(clock.step(None, patience=0.0), Busy)
    played.wait()
    assert isinstance(clock.step(None), Proof)


@pytest.mark.parametrize("looks", [1, 3])
def test_an_outsider_that_acts_after_everybody_has_looked_and_is_gone_is_not_jumped_over(
    clock: SharedClock, played: Played, looks: int
) -> None:
    Outsider(clock, played.wait(deadline=90.0), looks=looks)
    for _ in range(looks):
        assert isinstance(clock.step(None), ClockJump)
    assert isinstance(clock.step(None, patience=0.0), Busy)
    assert clock.now < 90.0
    played.wait(deadline=100.0)
    assert clock.step(None) == ClockJump(100.0)


IN_FLIGHT = "pid 812 (browser), to which descriptors are on their way"


@pytest.mark.parametrize("deadline", [None, 90.0])
def test_descriptors_that_are_on_their_way_for_a_moment_cost_no_time(
    clock: SharedClock, played: Played, deadline: float | None
) -> None:
    Outsider(clock, played.wait(deadline=deadline), looks=5, ender=IN_FLIGHT)
    for _ in range(5):
        assert clock.step(None) == Busy()
    assert isinstance(clock.step(None, patience=0.0), Busy)  # what they did meanwhile is seen before a jump
    assert (clock.now, clock.paced_by) == (0.0, None)
    played.wait(deadline=100.0)
    assert clock.step(None) == ClockJump(100.0)


def test_descriptors_that_stay_on_their_way_bring_the_real_pace(
    clock: SharedClock, played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simisp.shared_time.clock._MOMENT", 0.0)
    Outsider(clock, played.wait(deadline=90.0), looks=3, ender=IN_FLIGHT)
    for _ in range(3):
        assert isinstance(clock.step(None), ClockJump)
    assert clock.paced_by is not None
    assert clock.now < 90.0
    assert isinstance(clock.step(None, patience=0.0), Busy)
    monkeypatch.setattr("simisp.shared_time.clock._MOMENT", 60.0)
    for pid, decision in ((812, ClockJump), (813, Busy)):  # those of pid 812 are known to stay
        Outsider(clock, played.wait(deadline=90.0), looks=1, ender=IN_FLIGHT.replace("812", str(pid)))
        assert isinstance(clock.step(None), decision)
        assert isinstance(clock.step(None, patience=0.0), Busy)


def test_an_earlier_proof_counts_no_more_once_an_outsider_has_come_and_gone(clock: SharedClock, played: Played) -> None:
    slot = played.wait()
    assert isinstance(clock.step(None), Proof)
    Outsider(clock, slot, looks=1)
    assert isinstance(clock.step(90.0), ClockJump)
    assert isinstance(clock.step(None, patience=0.0), Busy)


def test_without_a_line_only_the_participants_count(page: ClockPage, played: Played) -> None:
    clock = SharedClock(page)
    played.wait(deadline=2.0)
    assert clock.step(None) == ClockJump(2.0)
    clock.census.close()
