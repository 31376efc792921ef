"""Which processes the clock can't carry along."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simisp.shared_time import outsiders
from simisp.shared_time.clock_page import ClockPage
from simisp.shared_time.outsiders import Outsiders
from support.started_processes import Processes


def test_a_process_is_traced_by_any_other_but_not_by_a_child_of_its_own(
    tmp_path: Path, processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = processes.start(["sleep", "60"])
    with ClockPage.create(tmp_path) as page:
        found = {}
        for tracer in (0, os.getppid(), child.pid):
            monkeypatch.setattr(outsiders, "tracer_of", lambda pid, tracer=tracer: tracer)
            found[tracer] = Outsiders(page).traced(os.getpid())
    assert found[0] == found[child.pid] == ""
    assert found[os.getppid()].startswith(f"it is traced by pid {os.getppid()}")
