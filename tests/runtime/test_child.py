"""A started command and what descends from it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from simisp.procfs.process import process_status
from simisp.runtime.child import Child, adopting_orphans
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
