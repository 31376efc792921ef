"""What was found out about a port, in plain words and as plain data."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from simisp.forensics import Holder, PortReport, Thread, Wait
from simisp.locks import Descriptor, FlockFound, LockFound

NOW = 1_700_000_000.0
READ = Wait("blocked in read(0, …)", "read", (0,))
ASLEEP = Thread(1234, "chat", "S", READ, on_port=True, started=5000, switches=12)
CHAT = Holder(
    pid=1234,
    command="chat -v -f naive.chat",
    state="S",
    started=5000,
    started_at=NOW - 44.0,
    parent=1,
    parent_name="init",
    parent_gone=True,
    group=1230,
    session=900,
    terminal="",
    descriptors=(Descriptor(0, "read"), Descriptor(1, "write")),
    threads=(ASLEEP,),
)
STALE = LockFound("/run/lock/LCK..modem0", 1230, "", stale=True, reason="its process 1230 is gone", form="HDB")
HELD = LockFound("/run/lock/LCK..3", 1234, "chat", stale=False, reason="pid 1234 lives", form="HDB")


def test_a_hang_is_told_with_pid_command_descriptors_call_and_orphanhood() -> None:
    report = PortReport("/tmp/modem0", "/dev/pts/3", NOW, (CHAT,), exclusive=False, quiet_since=NOW - 41.0)
    assert report.describe() == (
        "pid 1234 (chat -v -f naive.chat) holds the port on descriptors 0 (read) and 1 (write), "
        "blocked in read(0, …), started 44 s ago; its parent is gone (adopted by pid 1, init)\n"
        "lock files: none; flock: none; TIOCEXCL: no\n"
        "nothing has passed the port for 41 s"
    )
    assert report.held
    assert not report.free


def test_since_when_a_thread_sleeps_is_told_when_two_looks_prove_it() -> None:
    holder = replace(CHAT, threads=(replace(ASLEEP, asleep_since=NOW - 4.25),))
    assert "blocked in read(0, …) for at least 4.2 s, started" in holder.describe(NOW)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"parent_gone": False, "parent": 1230, "parent_name": "sh"}, "; its parent is pid 1230, sh"),
        ({"parent_gone": False, "parent": 1230, "parent_name": ""}, "; its parent is pid 1230"),
        ({"parent_gone": None, "parent": 0, "parent_name": ""}, "; its parent can't be seen"),
        ({"command": ""}, "pid 1234 (command unknown) holds"),
        ({"terminal": "/dev/pts/3"}, ", controlling terminal /dev/pts/3; "),
        ({"state": "T"}, ", stopped, blocked in read"),
        ({"state": "D"}, ", in uninterruptible sleep, blocked in read"),
        ({"threads": ()}, ", in a state that can't be seen, started"),
        ({"descriptors": (Descriptor(7, "read and write", "exclusive"),)}, "on descriptor 7 (read and write, flock), "),
    ],
)
def test_each_fact_of_a_holder_is_told(change: dict[str, object], words: str) -> None:
    assert words in replace(CHAT, **change).describe(NOW)  # type: ignore[arg-type]


def test_of_many_threads_the_one_that_waits_on_the_port_is_told() -> None:
    first = replace(ASLEEP, wait=Wait("blocked in futex(…)", "futex", ()), on_port=False)
    second = replace(ASLEEP, number=1236, name="reader")
    holder = replace(CHAT, threads=(first, replace(first, number=1235), second))
    assert holder.waiting == second
    assert "its thread 1236 (reader) blocked in read(0, …)" in holder.describe(NOW)
    assert replace(CHAT, threads=(first,)).waiting == first
    assert replace(CHAT, threads=()).waiting is None


def test_each_lock_is_told_with_its_reason() -> None:
    flock = FlockFound("flock", "exclusive", 1234)
    waiting = FlockFound("flock", "shared", None, waiting=True)
    report = PortReport("/dev/pts/3", "/dev/pts/3", NOW, locks=(STALE, HELD), flocks=(flock, waiting), exclusive=True)
    assert report.describe() == (
        "no process holds /dev/pts/3\n"
        "lock files: /run/lock/LCK..modem0 (stale: its process 1230 is gone), /run/lock/LCK..3 (held: pid 1234 lives); "
        "flock: exclusive, taken by pid 1234, shared, waited for by a process that the kernel does not name; "
        "TIOCEXCL: yes"
    )


@pytest.mark.parametrize(
    ("facts", "free"),
    [
        ({}, True),
        ({"holders": (CHAT,)}, False),
        ({"locks": (STALE,)}, True),
        ({"locks": (STALE, HELD)}, False),
        ({"flocks": (FlockFound("flock", "exclusive", 7),)}, False),
        ({"flocks": (FlockFound("flock", "exclusive", 7, waiting=True),)}, True),
        ({"exclusive": True}, False),
        ({"exclusive": False}, True),
        ({"exclusive": None}, True),
    ],
)
def test_a_port_is_free_when_nobody_has_it_and_no_lock_counts(facts: dict[str, object], free: bool) -> None:
    assert PortReport("/dev/pts/3", "/dev/pts/3", NOW, **facts).free is free  # type: ignore[arg-type]


def test_what_could_not_be_seen_is_told() -> None:
    report = PortReport("/tmp/modem0", "", NOW, unseen=3, remarks=("no such file",))
    assert report.describe().splitlines() == [
        "no process holds /tmp/modem0 as far as can be seen",
        "lock files: none; flock: none; TIOCEXCL: unknown",
        "processes that cannot be inspected: 3",
        "no such file",
    ]


def test_a_crowd_of_holders_is_counted_and_not_listed() -> None:
    report = PortReport("/dev/pts/3", "/dev/pts/3", NOW, holders=(CHAT,) * 50, locks=(STALE,) * 50)
    assert "and 30 more processes hold the port" in report.describe()
    assert "30 more; flock" in report.describe()


def test_a_report_is_plain_data_that_json_carries() -> None:
    report = PortReport("/tmp/modem0", "/dev/pts/3", NOW, (CHAT,), (STALE,), (FlockFound("flock", "shared", None),))
    data = json.loads(json.dumps(report.to_data()))
    [holder] = data["holders"]
    assert (holder["pid"], holder["blocked_in"], holder["parent_gone"]) == (1234, "blocked in read(0, …)", True)
    assert holder["descriptors"][1] == {"number": 1, "access": "write", "flock": None, "table": ""}
    assert holder["threads"][0]["wait"]["call"] == "read"
    assert data["locks"][0]["stale"] is True


@pytest.mark.parametrize(
    ("change", "slept"),
    [
        ({}, True),
        ({"switches": 13}, False),
        ({"switches": None}, False),
        ({"started": 5001}, False),
        ({"number": 1235}, False),
        ({"state": "R"}, False),
        ({"state": "D"}, True),
        ({"wait": Wait("running", "", ())}, False),
    ],
)
def test_a_thread_slept_when_nothing_about_it_has_changed(change: dict[str, object], slept: bool) -> None:
    now = replace(ASLEEP, **change)  # type: ignore[arg-type]
    assert now.slept_since(ASLEEP) is slept
    assert ASLEEP.slept_since(now) is slept


def test_a_first_thread_that_has_ended_is_not_taken_for_the_process() -> None:
    first = replace(ASLEEP, state="Z", on_port=None)
    other = replace(ASLEEP, number=1240, name="keeper", on_port=None)
    said = replace(CHAT, state="Z", threads=(first, other)).describe(NOW)
    assert "its first thread has ended, its thread 1240 (keeper) blocked in read(0, …)" in said
    assert "not reaped" not in said


def test_processes_that_may_not_be_looked_at_are_counted_only_where_no_holder_was_found() -> None:
    assert "cannot be inspected: 2" in PortReport("/tmp/modem0", "", NOW, unseen=2).describe()
    assert "cannot be inspected" not in PortReport("/tmp/modem0", "", NOW, (CHAT,), unseen=2).describe()


def test_this_process_is_told_to_close_what_it_holds() -> None:
    said = replace(CHAT, ours=True).describe(NOW)
    assert said.startswith("this process, pid 1234 (chat -v -f naive.chat), holds the port on descriptors 0 (read)")
    assert said.endswith("; close it")
