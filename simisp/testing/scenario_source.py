"""The ways to give a scenario: a file, a bundled one's name, its text, or a loaded one."""

from __future__ import annotations

from pathlib import Path

from simisp.scenario.load import LoadedScenario, load, loads

__all__ = ["loaded"]


def loaded(scenario: str | Path | LoadedScenario, beside: str | Path = "") -> LoadedScenario:
    """Return a scenario given in any of these ways. A text is recognised by its line ends.

    Args:
        scenario: The file, name, text, or scenario.
        beside: A folder in which to look for a file before the current folder.

    Raises:
        ScenarioError: It can't be found or is wrong.
    """
    if isinstance(scenario, LoadedScenario):
        return scenario
    if isinstance(scenario, str) and "\n" in scenario:
        return loads(scenario)
    return load(scenario, beside=beside)
