"""The ways to give a scenario: a file, a bundled one's name, its text, its keys, or a loaded one; and faults on top."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from simisp.scenario.dump import dumps_plain
from simisp.scenario.line_section import LineSection
from simisp.scenario.load import LoadedScenario, load, loads
from simisp.sweep.case import Overlay
from simisp.sweep.overlay import joined_line, overlaid

__all__ = ["faults_section", "loaded", "several_faults", "with_faults"]


def loaded(scenario: str | Path | Mapping[str, object] | LoadedScenario, beside: str | Path = "") -> LoadedScenario:
    """Return a scenario given in any of these ways. A text is recognised by its line ends.

    Args:
        scenario: The file, name, text, keys, or scenario.
        beside: A folder in which to look for a file before the current folder.

    Raises:
        ScenarioError: It can't be found or is wrong.

    Example:
        >>> loaded({"title": "Nothing but silence", "isp": {"dialogue": ["silence"]}}).model.title
        'Nothing but silence'
    """
    if isinstance(scenario, LoadedScenario):
        return scenario
    if isinstance(scenario, Mapping):
        return loads(dumps_plain(scenario))
    if isinstance(scenario, str) and "\n" in scenario:
        return loads(scenario)
    return load(scenario, beside=beside)


def with_faults(scenario: LoadedScenario, faults: Iterable[str | Mapping[str, object]]) -> LoadedScenario:
    """Return a scenario with further faults of the line.

    Args:
        scenario: The scenario.
        faults: Each as an item of ``line: faults:``, or the kind alone, such as ``"silence"``; one of them may stand
            without a list.

    Raises:
        ScenarioError: A fault is wrong.
    """
    items: list[Any] = [{"fault": each} if isinstance(each, str) else dict(each) for each in several_faults(faults)]
    if not items:
        return scenario
    overlay: Overlay = {"line": {"faults": items}}
    overlaid(scenario, overlay)  # reports what is wrong, with its place
    return replace(scenario, model=scenario.model.model_copy(update={"line": joined_line(scenario, overlay)}))


def several_faults(
    faults: str | Mapping[str, object] | Iterable[str | Mapping[str, object]],
) -> list[str | Mapping[str, object]]:
    """Return faults as a list; one alone needs none."""
    return [faults] if isinstance(faults, str | Mapping) else list(faults)


def faults_section(scenario: LoadedScenario, fault: str | Mapping[str, object]) -> LineSection:
    """Return a fault as the section of a line that has it alone.

    Raises:
        ScenarioError: The fault is wrong.
    """
    section = with_faults(scenario, [fault]).model.line
    return LineSection(faults=section.faults[-1:])
