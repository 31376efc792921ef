"""Who holds a port: real processes on a real pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from simisp.forensics import Holder, PortReport, holders_of
from simisp.locks import Descriptor, FlockFound, PortLock
from simisp.procfs.process import process_status
from support.polling import until
from support.private_namespace import in_private_namespace, needs_private_namespace
from support.rounds import rounds
from support.started_processes import Processes, Terminal, run_unprivileged

READER = """
import os, sys
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
os.dup2(port, 7), os.close(port)
print("ready", flush=True)
os.read(7, 1)
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    made = tmp_path / "no-locks"
    made.mkdir()
    return made


def holder(port: str, directory: Path, pid: int, call: str = "read", **options: object) -> Holder:
    """Return the one holder that is not this process, once it has opened the port and is in a system call."""

    def found() -> Holder | None:
        report = holders_of(port, directories=[directory], ignore={os.getpid()}, **options)  # type: ignore[arg-type]
        if not report.holders:
            return None
        assert [each.pid for each in report.holders] == [pid]
        [each] = report.holders
        asleep = each.state == "S" and each.waiting and each.waiting.wait.call == call
        return each if asleep else None

    each = until(found, what=f"a holder in {call}")
    assert each is not None
    return each


def test_a_holder_is_told_with_all_its_facts(pty: Terminal, processes: Processes, directory: Path) -> None:
    child = processes.python(READER, pty.path)
    status = process_status(child.pid)
    assert status is not None
    found = holder(pty.path, directory, child.pid)
    assert "python" in found.command
    assert (found.state, found.parent, found.parent_gone) == ("S", os.getpid(), False)
    assert (found.group, found.session) == (child.pid, os.getsid(0))
    assert found.descriptors == (Descriptor(7, "read and write"),)
    assert found.blocked_in == "blocked in read(7, …)"
    assert found.waiting is not None
    assert found.waiting.on_port is True
    assert (found.started, found.threads[0].started) == (status.started, status.started)


def test_this_process_counts_unless_it_is_ignored(pty: Terminal, directory: Path) -> None:
    assert [each.pid for each in holders_of(pty.path, directories=[directory]).holders] == [os.getpid()]
    report = holders_of(pty.path, directories=[directory], ignore={os.getpid()})
    assert not report.held
    assert report.free


def test_a_port_is_found_by_its_symlink(pty: Terminal, processes: Processes, directory: Path, tmp_path: Path) -> None:
    link = tmp_path / "modem0"
    link.symlink_to(pty.path)
    child = processes.python(READER, pty.path)
    assert holder(str(link), directory, child.pid).pid == child.pid
    assert holders_of(str(link), directories=[directory]).device == pty.path


def test_an_orphan_is_told_as_one_whose_parent_is_gone(pty: Terminal, processes: Processes, directory: Path) -> None:
    script = f"cat <{pty.path} & echo $!; wait; exit $?"
    shell = processes.start(["sh", "-c", script], stdout=subprocess.PIPE)
    assert shell.stdout is not None
    cat = int(shell.stdout.readline())
    family = processes.family(shell)
    family.look()
    before = holder(pty.path, directory, cat, parents=family.parents)
    assert (before.parent, before.parent_name, before.parent_gone) == (shell.pid, "sh", False)
    processes.end(shell)
    until(lambda: (status := process_status(cat)) and status.parent != shell.pid)
    after = holder(pty.path, directory, cat, parents=family.parents)
    assert after.parent_gone is True
    assert "its parent is gone (adopted by pid" in after.describe(after.started_at)


def test_an_orphan_is_known_by_who_adopted_it_when_its_parents_are_not(
    pty: Terminal, processes: Processes, directory: Path
) -> None:
    child = processes.python(READER, pty.path)
    assert holder(pty.path, directory, child.pid).parent_gone is False
    assert holder(pty.path, directory, child.pid, reapers={os.getpid()}).parent_gone is True
    assert (
        holder(pty.path, directory, child.pid, reapers={os.getpid()}, parents={child.pid: os.getpid()}).parent_gone
        is False
    )


def test_the_manager_of_a_users_session_counts_as_one_that_adopts(
    pty: Terminal, processes: Processes, directory: Path
) -> None:
    manager = "import os, sys\nopen('/proc/self/comm', 'w').write('systemd')\nif os.fork(): os.wait()\n"
    child = processes.python(manager + READER, pty.path)
    [found] = until(lambda: holders_of(pty.path, directories=[directory], ignore={os.getpid()}).holders)
    assert (found.parent, found.parent_name, found.parent_gone) == (child.pid, "systemd", True)


def test_of_a_process_with_threads_the_one_on_the_port_is_told(
    pty: Terminal, processes: Processes, directory: Path
) -> None:
    program = READER.replace("os.read(7, 1)", "import threading\nthreading.Thread(target=os.read, args=(7, 1)).start()")
    child = processes.python(program, pty.path)
    found = holder(pty.path, directory, child.pid)
    assert len(found.threads) == 2
    assert found.threads[0].number == child.pid
    assert found.waiting == found.threads[1]
    assert f"its thread {found.threads[1].number} (" in found.describe(found.started_at)


def test_a_poll_on_the_port_and_one_on_something_else_are_told_apart(
    pty: Terminal, processes: Processes, directory: Path
) -> None:
    program = READER.replace("os.read(7, 1)", "import select\nselect.select([int(sys.argv[2])], [], [])")
    on_port = processes.python(program, pty.path, 7)
    found = holder(pty.path, directory, on_port.pid, "pselect6")
    assert found.threads[0].on_port is True
    processes.end(on_port)
    elsewhere = processes.python(program, pty.path, 0, stdin=subprocess.PIPE)
    assert holder(pty.path, directory, elsewhere.pid, "pselect6").threads[0].on_port is False


def test_a_second_look_proves_since_when_a_holder_sleeps(pty: Terminal, processes: Processes, directory: Path) -> None:
    child = processes.python(READER.replace("os.read(7, 1)", "while True: os.read(7, 1)"), pty.path)
    holder(pty.path, directory, child.pid)
    looks: list[PortReport] = []

    def look() -> float | None:
        looks.append(
            holders_of(pty.path, directories=[directory], ignore={os.getpid()}, earlier=looks[-1] if looks else None)
        )
        waiting = looks[-1].holders[0].waiting
        assert waiting is not None
        return waiting.asleep_since

    assert look() is None
    assert look() == looks[0].taken
    assert look() == looks[0].taken, "the first look that proves it counts"
    os.write(pty.master, b"x")
    assert until(lambda: look() != looks[0].taken)
    holder(pty.path, directory, child.pid)
    since = until(look)
    assert since is not None
    assert since > looks[0].taken


def test_a_stopped_holder_is_told_as_stopped(pty: Terminal, processes: Processes, directory: Path) -> None:
    child = processes.python(READER, pty.path)
    holder(pty.path, directory, child.pid)
    child.send_signal(signal.SIGSTOP)
    until(lambda: (status := process_status(child.pid)) and status.state == "T")
    [found] = holders_of(pty.path, directories=[directory], ignore={os.getpid()}).holders
    assert found.state == "T"
    assert ", stopped, " in found.describe(found.started_at)


def test_a_controlling_terminal_is_told(pty: Terminal, processes: Processes, directory: Path) -> None:
    program = READER.replace(
        "os.dup2", "os.setsid()\nimport fcntl, termios\nfcntl.ioctl(port, termios.TIOCSCTTY, 0)\nos.dup2"
    )
    child = processes.python(program, pty.path, process_group=None)
    found = holder(pty.path, directory, child.pid)
    assert (found.terminal, found.session) == (pty.path, child.pid)


def test_known_secrets_are_masked(pty: Terminal, processes: Processes, directory: Path) -> None:
    child = processes.python(READER, pty.path, "wonderland")
    with PortLock(pty.path, directories=[directory]):
        report = holders_of(pty.path, directories=[directory], secrets=[b"wonderland", b"python"])
    assert "wonderland" not in repr(report)
    commands = [*(each.command for each in report.holders), *(lock.command for lock in report.locks)]
    assert all(commands)
    assert "python" not in "".join(commands)
    assert {each.pid for each in report.holders} == {child.pid, os.getpid()}


def test_locks_flocks_and_exclusive_use_are_told(pty: Terminal, directory: Path, processes: Processes) -> None:
    gone = processes.start(["true"])
    gone.wait()
    (directory / f"LCK..{Path(pty.path).name}").write_bytes(b"%10d\n" % gone.pid)
    fcntl.flock(pty.slave, fcntl.LOCK_EX)
    fcntl.ioctl(pty.slave, termios.TIOCEXCL)
    report = holders_of(pty.path, directories=[directory], descriptor=pty.slave, ignore={os.getpid()})
    assert [(lock.pid, lock.stale) for lock in report.locks] == [(gone.pid, True)]
    assert report.flocks == (FlockFound("flock", "exclusive", os.getpid()),)
    assert report.exclusive is True
    assert not report.held
    assert not report.free


def test_a_port_that_is_gone_is_a_remark(directory: Path, tmp_path: Path) -> None:
    report = holders_of(str(tmp_path / "gone"), directories=[directory])
    assert (report.device, report.holders, report.held) == ("", (), False)
    assert "no such file or directory" in report.describe()


def test_a_lock_directory_that_is_gone_is_a_remark(pty: Terminal, directory: Path) -> None:
    report = holders_of(pty.path, directories=[directory / "missing"])
    assert report.held
    assert "this lock directory does not exist" in report.describe()


def test_without_rights_others_are_counted_and_nothing_raises(pty: Terminal) -> None:
    program = (
        "from simisp.forensics import holders_of\n"
        "report = holders_of(sys.argv[1])\n"
        "print(report.holders, report.unseen > 0, 'as far as can be seen' in report.describe())\n"
    )
    if os.geteuid() != 0:
        pytest.skip("root is needed, to be a process that others may not look at")
    assert run_unprivileged(program, pty.path) == "() True True"


def test_a_lack_of_descriptors_is_told_and_nothing_raises(pty: Terminal, directory: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
    try:
        report = holders_of(pty.path, directories=[directory])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert "Too many open files" in report.describe()


def test_processes_that_come_and_go_during_a_look_never_raise(
    pty: Terminal, processes: Processes, directory: Path
) -> None:
    program = f"while :; do (read x) <{pty.path} & kill $!; cat /dev/null <{pty.path}; done"
    restless = processes.start(["sh", "-c", program], stderr=subprocess.DEVNULL)
    seen: set[int] = set()
    for _ in range(rounds(20)):
        report = holders_of(pty.path, directories=[directory], ignore={os.getpid()})
        seen.update(each.pid for each in report.holders)
        report.describe()
    assert restless.poll() is None
    assert seen


def test_a_holder_in_another_mount_namespace_is_found(
    pty: Terminal, processes: Processes, directory: Path, tmp_path: Path
) -> None:
    needs_private_namespace()
    command = in_private_namespace(["sh", "-c", f"exec cat <{pty.path}"], locks=directory, scratch=tmp_path)
    child = processes.start(command)
    until(lambda: holders_of(pty.path, directories=[directory], ignore={os.getpid()}).held)
    assert holder(pty.path, directory, child.pid).command == "cat"


def test_the_same_number_in_another_instance_of_devpts_is_another_port(
    pty: Terminal, processes: Processes, directory: Path, tmp_path: Path
) -> None:
    needs_private_namespace()
    limit, reserved, taken = (int(Path("/proc/sys/kernel/pty", name).read_text()) for name in ("max", "reserve", "nr"))
    if int(Path(pty.path).name) > limit - reserved - taken - 50:
        pytest.skip("other programs have opened so many pseudo-terminals that a new instance gets too few")
    # A new instance of devpts counts from 0: its pseudo-terminals are opened until one has our number.
    program = (
        "import os, sys\n"
        "while os.fstat(os.openpty()[1]).st_rdev != int(sys.argv[1]): pass\n"
        "print('ready', flush=True)\n"
        "input()\n"
    )
    script = (
        'mount -t devpts -o newinstance,ptmxmode=666 own /dev/pts && mount --bind /dev/pts/ptmx /dev/ptmx && exec "$@"'
    )
    child = processes.start(
        [
            "unshare",
            "--mount",
            "sh",
            "-c",
            script,
            "sh",
            sys.executable,
            "-c",
            program,
            str(os.fstat(pty.slave).st_rdev),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    assert holders_of(pty.path, directories=[directory], ignore={os.getpid()}).holders == ()
