"""Many lines in one process share what the kernel has few of."""

from __future__ import annotations

import contextlib
import gc
from pathlib import Path

from simisp.runner.station import Station
from simisp.scenario.load import load
from support.own_descriptors import descriptors


def inotify_instances() -> int:
    found = [Path(f"/proc/self/fd/{number}") for number in descriptors()]
    return sum(str(path.readlink()) == "anon_inode:inotify" for path in found)


async def test_each_of_many_lines_costs_two_descriptors_and_all_have_one_inotify_instance() -> None:
    gc.collect()  # what earlier tests have left is not to be given back while descriptors are counted
    scenario, instances = load("login"), inotify_instances()
    with contextlib.ExitStack() as stack:
        stack.enter_context(Station(scenario))
        before = len(descriptors())
        for _ in range(150):  # more than the 128 instances that a user has
            stack.enter_context(Station(scenario))
        assert len(descriptors()) - before == 2 * 150
        assert inotify_instances() - instances == 1
