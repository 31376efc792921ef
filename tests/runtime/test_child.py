"""A started command and what descends from it."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import sys
from pathlib import Path

import pytest

from simisp.procfs.process import ProcessStatus, process_status
from simisp.runtime.child import Child, ChildEnd, adopting_orphans
from support.polling import until

# Its grandchild tells its number once it has lost its parent, and stays.
DETACHED = """
import os, signal, sys
reading, writing = os.pipe()
if os.fork() == 0:
    os.setsid()
    parent = os.getpid()
    if os.fork() == 0:
        while os.getppid() == parent:
            pass
        with open(sys.argv[1] + ".new", "w") as file:
            file.write(str(os.getpid()))
        os.rename(sys.argv[1] + ".new", sys.argv[1])
        signal.pause()
    os._exit(0)
os.wait()
"""


async def test_an_orphan_that_is_first_seen_after_its_adoption_was_not_started_by_us(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    with adopting_orphans():
        child = Child.start([sys.executable, "-c", DETACHED, str(told), "{port}"], port="/dev/null")
        until(told.exists, what="an orphan")
        orphan = int(told.read_text())
        status = process_status(orphan)
        assert status is not None
        assert status.parent == os.getpid()
        assert orphan in child.living()
        assert orphan not in child.parents
        await child.wait()
        assert orphan in await child.clean_up()


# It starts another in a session of its own, whose child stays when that one has ended.
FORKS_LATE = """
import os, signal, sys
if os.fork() == 0:
    os.setsid()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])  # or it might come before the wait for it
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    signal.sigwait([signal.SIGUSR1])
    if os.fork() == 0:
        signal.pause()
    os._exit(0)
signal.pause()
"""


async def test_a_command_of_which_none_ends_is_not_looked_at_again() -> None:
    with adopting_orphans():
        child = Child.start(["sleep", "1000"], port="/dev/null")
        waiting = asyncio.ensure_future(child.wait())
        await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        assert [timer for timer in vars(loop)["_scheduled"] if not timer.cancelled()] == []
        await child.clean_up()
        assert await waiting == ChildEnd(None, "SIGTERM")


async def test_when_a_descendant_ends_the_family_is_looked_for_again(tmp_path: Path) -> None:
    told = tmp_path / "told"
    told.with_suffix(".new").touch()
    with adopting_orphans():
        child = Child.start([sys.executable, "-c", FORKS_LATE, str(told), "{port}"], port="/dev/null")
        waiting = asyncio.ensure_future(child.wait())
        await asyncio.sleep(0)
        until(told.exists, what="a session of its own")
        (leader,) = set(child.living()) - {child.pid}
        looked = child._look
        looks: asyncio.Queue[set[int]] = asyncio.Queue()

        def look(*, everywhere: bool = False) -> list[ProcessStatus]:
            members = looked(everywhere=everywhere)
            looks.put_nowait({member.pid for member in members if not member.ended})
            return members

        child._look = look  # type: ignore[method-assign]
        os.kill(leader, signal.SIGUSR1)
        while not (left := await looks.get() - {child.pid, leader}):
            pass
        child._look = looked  # type: ignore[method-assign]
        assert await child.clean_up() == tuple(sorted({child.pid, *left}))
        await waiting


async def test_without_descriptors_for_processes_the_end_is_seen_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(pid: int) -> int:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(os, "pidfd_open", refused)
    child = Child.start(["sh", "-c", "exit 3"], port="/dev/null")
    assert await child.wait() == ChildEnd(3, None)
