"""Who belongs to a run."""

from __future__ import annotations

import os
import subprocess

import pytest

from simisp.forensics import Family, descendants, family
from simisp.procfs.process import ProcessStatus, process_status
from support.polling import until
from support.started_processes import Processes

SHELL_WITH_SLEEPER = ["sh", "-c", "sleep 1000 & echo $!; wait"]


def sleeper_of(shell: subprocess.Popen[str]) -> int:
    assert shell.stdout is not None
    return int(shell.stdout.readline())


def pids(members: tuple[ProcessStatus, ...]) -> list[int]:
    return [member.pid for member in members]


def test_a_child_and_its_children_are_a_family(processes: Processes) -> None:
    shell = processes.start(SHELL_WITH_SLEEPER, stdout=subprocess.PIPE)
    sleeper = sleeper_of(shell)
    members = Family(shell.pid)
    assert pids(members.look()) == sorted([shell.pid, sleeper])
    assert members.parents == {shell.pid: os.getpid(), sleeper: shell.pid}
    assert pids(descendants(shell.pid)) == [sleeper]


def test_an_orphan_is_found_by_the_group_that_its_dead_parent_led(processes: Processes) -> None:
    shell = processes.start(SHELL_WITH_SLEEPER, stdout=subprocess.PIPE)
    sleeper = sleeper_of(shell)
    processes.end(shell)
    until(lambda: (status := process_status(sleeper)) and status.parent != shell.pid)
    assert pids(descendants(shell.pid)) == [sleeper]


def test_an_orphan_in_a_session_of_its_own_is_recognised_when_it_was_seen_before(processes: Processes) -> None:
    shell = processes.start(["sh", "-c", "setsid sleep 1000 & echo $!; wait"], stdout=subprocess.PIPE)
    sleeper = sleeper_of(shell)
    members = Family(shell.pid)
    until(lambda: (status := process_status(sleeper)) and status.session == sleeper)
    members.look()
    processes.end(shell)
    until(lambda: (status := process_status(sleeper)) and status.parent != shell.pid)
    assert pids(members.look()) == [sleeper]
    assert members.parents[sleeper] == shell.pid


def test_a_child_of_an_orphan_in_a_session_of_its_own_is_found(processes: Processes) -> None:
    script = "setsid sh -c 'sleep 1000 & echo $!; wait' & wait"
    shell = processes.start(["sh", "-c", script], stdout=subprocess.PIPE)
    members = processes.family(shell)
    sleeper = sleeper_of(shell)
    found = members.look()
    leader = next(member.pid for member in found if member.pid == member.session)
    os.kill(leader, 9)
    processes.end(shell)
    until(lambda: (status := process_status(sleeper)) and status.parent != leader)
    assert [member.pid for member in members.look() if not member.ended] == [sleeper]


def test_strangers_do_not_belong(processes: Processes) -> None:
    one, other = (processes.start(["sleep", "1000"]) for _ in range(2))
    assert pids(Family(one.pid).look()) == [one.pid]
    assert pids(Family(other.pid).look()) == [other.pid]


def test_a_member_that_was_not_reaped_is_told_with_its_state(processes: Processes) -> None:
    child = processes.start(["true"])
    until(lambda: (status := process_status(child.pid)) and status.ended)
    (member,) = Family(child.pid).look()
    assert member.state == "Z"


def test_a_family_that_is_gone_is_empty_and_forgotten(processes: Processes) -> None:
    child = processes.start(["sleep", "1000"])
    members = Family(child.pid)
    assert pids(members.look()) == [child.pid]
    processes.end(child)
    assert members.look() == ()
    assert members.parents == {}


def status_of(pid: int, *, parent: int = 1, group: int = 0, session: int = 0, started: int = 0) -> ProcessStatus:
    return ProcessStatus(pid, "x", "S", parent, group or pid, session or pid, 0, 1, started)


class Machine:
    """Processes as the kernel might show them, for what no test can bring about: a number given away again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.processes: dict[int, ProcessStatus] = {}
        monkeypatch.setattr(family, "all_processes", lambda: dict(self.processes))
        monkeypatch.setattr(family, "process_status", self._status)

    def _status(self, pid: int) -> ProcessStatus | None:
        return self.processes.get(pid)

    def runs(self, *processes: ProcessStatus) -> None:
        self.processes = {process.pid: process for process in processes}


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def test_a_process_that_got_the_number_of_a_member_does_not_belong(machine: Machine) -> None:
    machine.runs(status_of(10, started=1), status_of(11, parent=10, session=11, started=2))
    members = Family(10)
    assert pids(members.look()) == [10, 11]
    machine.runs(status_of(10, started=1), status_of(11, started=9), status_of(12, parent=11, started=9))
    assert pids(members.look()) == [10]
    assert 11 not in members.parents


def test_a_process_that_got_the_number_of_a_root_that_was_gone_at_once_does_not_belong(machine: Machine) -> None:
    machine.runs(status_of(11, group=10, started=2))
    members = Family(10)
    assert pids(members.look()) == [11]
    machine.runs(status_of(10, started=9), status_of(12, parent=10, started=9))
    assert pids(members.look()) == []


def test_a_chain_is_followed_whatever_the_order_of_its_numbers(machine: Machine) -> None:
    machine.runs(status_of(10), status_of(7, parent=10), status_of(5, parent=7), status_of(6, parent=5), status_of(8))
    members = Family(10)
    assert pids(members.look()) == [5, 6, 7, 10]
    assert members.parents == {10: os.getpid(), 7: 10, 5: 7, 6: 5}


def test_a_parent_that_adopted_is_not_told_as_the_one_before(machine: Machine) -> None:
    machine.runs(status_of(10, parent=3), status_of(11, parent=1, group=10))
    members = Family(10, parent=3)
    assert pids(members.look()) == [10, 11]
    assert members.parents == {10: 3}
