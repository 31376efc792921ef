"""A scenario on a port in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from simisp.scenario.load import LoadedScenario
from simisp.testing.memory_line import MemoryLine
from simisp.testing.scenario_source import loaded, with_faults

__all__ = ["memory_line"]


def memory_line(
    scenario: str | Path | Mapping[str, object] | LoadedScenario,
    *,
    judged: bool = True,
    faults: Iterable[str | Mapping[str, object]] = (),
) -> MemoryLine:
    """Return a scenario on a port in memory, for an asyncio client in this process. See :class:`MemoryLine`.

    Args:
        scenario: A file, a bundled scenario's name, a scenario's text, its keys as a dict, or a loaded one.
        judged: Whether leaving the ``async with`` statement judges the scenario's expectations.
        faults: Faults of the line besides the scenario's, each as an item of ``line: faults:``, or its kind alone.

    Raises:
        ScenarioError: The scenario or a fault is wrong.
    """
    return MemoryLine(with_faults(loaded(scenario), faults), judged=judged)
