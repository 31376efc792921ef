"""A scenario on a port in memory."""

from __future__ import annotations

from pathlib import Path

from simisp.runner.memory_line import MemoryLine
from simisp.scenario.load import LoadedScenario
from simisp.testing.scenario_source import loaded

__all__ = ["memory_line"]


def memory_line(scenario: str | Path | LoadedScenario, *, judged: bool = True) -> MemoryLine:
    """Return a scenario on a port in memory, for an asyncio client in this process. See :class:`MemoryLine`.

    Args:
        scenario: A file, a bundled scenario's name, a scenario's text, or a loaded one.
        judged: Whether leaving the ``async with`` statement judges the scenario's expectations.

    Raises:
        ScenarioError: The scenario is wrong.
    """
    return MemoryLine(loaded(scenario), judged=judged)
