"""Real programs that dial, as holders of a port."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simisp.forensics import Family, Holder, PortReport, holders_of
from simisp.procfs.process import process_status
from support.polling import until
from support.private_namespace import in_private_namespace, needs_private_namespace
from support.started_processes import Processes, Terminal, terminal

SILENT_CHAT = 'TIMEOUT 3600 "" ATZ OK'
KERMIT = "set modem type none, set carrier-watch off, set flow none, set line {port}, input 3600 never"


def settled(port: str, locks: Path, family: Family, command: str) -> tuple[PortReport, Holder]:
    """Return a report on a program that waits on the port, and the program in it.

    It is of a look that began when the program had been seen to wait: one look sees descriptors before locks, and the
    program may make a lock between the two.
    """

    def waits() -> tuple[PortReport, Holder] | None:
        family.look()
        report = holders_of(port, directories=[locks], ignore={os.getpid()}, parents=family.parents)
        for holder in report.holders:
            if holder.command.startswith(command) and holder.waiting and holder.waiting.on_port:
                return report, holder
        return None

    until(waits, what=f"{command} waiting on the port")
    found = until(waits, what=f"{command} still waiting on the port")
    assert found is not None
    return found


@pytest.fixture
def locks(tmp_path: Path) -> Path:
    made = tmp_path / "locks"
    made.mkdir()
    made.chmod(0o1777)
    return made


@pytest.mark.runner("chat")
def test_chat_that_outlives_its_dialler_is_blocked_in_read(
    pty: Terminal, processes: Processes, locks: Path, tmp_path: Path
) -> None:
    (tmp_path / "naive.chat").write_text(SILENT_CHAT)
    port = os.open(pty.path, os.O_RDWR | os.O_NOCTTY)
    dialler = processes.start(["sh", "-c", "chat -v -f naive.chat; exit $?"], stdin=port, stdout=port, cwd=tmp_path)
    os.close(port)
    family = processes.family(dialler)
    settled(pty.path, locks, family, "chat")
    processes.end(dialler)
    until(lambda: all(member.parent != dialler.pid for member in family.look()))
    report, chat = settled(pty.path, locks, family, "chat")
    assert [holder.pid for holder in report.holders] == [chat.pid]
    assert chat.command == "chat -v -f naive.chat"
    assert [descriptor.number for descriptor in chat.descriptors] == [0, 1]
    assert chat.blocked_in == "blocked in read(0, …)"
    assert chat.parent_gone is True
    assert report.locks == ()


@pytest.mark.runner("pppd", "chat")
def test_pppd_ended_in_order_leaves_its_chat_on_the_port_without_a_lock(
    pty: Terminal, processes: Processes, locks: Path, tmp_path: Path
) -> None:
    needs_private_namespace()
    (tmp_path / "naive.chat").write_text(SILENT_CHAT)
    options = ["nodetach", "noauth", "local", "lock", "connect", f"chat -f {tmp_path}/naive.chat; exit $?"]
    command = in_private_namespace(["pppd", pty.path, "115200", *options], locks=locks, scratch=tmp_path)
    pppd = processes.start(command)
    family = processes.family(pppd)
    report, chat = settled(pty.path, locks, family, "chat")
    assert [(lock.pid, lock.stale) for lock in report.locks] == [(pppd.pid, False)]
    assert chat.parent_gone is False
    assert {pppd.pid, chat.pid} <= {holder.pid for holder in report.holders}
    pppd.terminate()
    pppd.wait()
    until(lambda: (status := process_status(chat.pid)) and status.parent != chat.parent)
    report, left = settled(pty.path, locks, family, "chat")
    assert [holder.pid for holder in report.holders] == [chat.pid]
    assert left.parent_gone is True
    assert left.blocked_in == "blocked in read(0, …)"
    assert report.locks == ()
    assert not report.free


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["minicom", "-D", "{port}"], marks=pytest.mark.runner("minicom")),
        pytest.param(["kermit", "-Y", "-C", KERMIT], marks=pytest.mark.runner("kermit")),
        pytest.param(["picocom", "--quiet", "{port}"], marks=pytest.mark.runner("picocom")),
    ],
    ids=lambda command: command[0],
)
def test_a_terminal_program_is_seen_waiting_on_the_port(
    pty: Terminal, processes: Processes, locks: Path, tmp_path: Path, command: list[str]
) -> None:
    needs_private_namespace()
    words = [word.replace("{port}", pty.path) for word in command]
    with terminal() as console:
        program = processes.start(
            in_private_namespace(words, locks=locks, scratch=tmp_path),
            stdin=console.slave,
            stdout=console.slave,
            stderr=console.slave,
            cwd=tmp_path,
            env=os.environ | {"TERM": "vt100", "HOME": str(tmp_path)},
        )
        report, holder = settled(pty.path, locks, processes.family(program), command[0])
        processes.end_family(program)
    assert holder.pid == program.pid
    assert holder.waiting is not None
    assert {each.number for each in holder.descriptors} & set(holder.waiting.wait.descriptors or ())
    if command[0] == "picocom":
        assert [lock.pid for lock in report.flocks] == [program.pid]
        assert [each.flock for each in holder.descriptors] == ["exclusive"]
    else:
        assert [(lock.pid, lock.stale) for lock in report.locks] == [(program.pid, False)]
