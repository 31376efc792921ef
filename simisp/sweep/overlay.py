"""A case on a scenario: its keys are joined with the scenario's, as those of a scenario that extends it."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from simisp.diagnostics import SourceText
from simisp.scenario.document import Document
from simisp.scenario.dump import dumps, dumps_plain
from simisp.scenario.extends import EXTENDS, extended
from simisp.scenario.line_section import LineSection
from simisp.scenario.load import LoadedScenario, checked
from simisp.scenario.reader import parse
from simisp.sweep.case import Overlay, YamlValue, faults_of

__all__ = ["digest_of", "joined_line", "only_faults", "overlaid", "plain_scenario"]


def only_faults(overlay: Overlay) -> bool:
    """Return whether an overlay adds faults to the line, and does nothing else."""
    line = overlay.get("line")
    return overlay.keys() <= {"line"} and (line is None or (isinstance(line, dict) and line.keys() <= {"faults"}))


def digest_of(scenario: LoadedScenario) -> str:
    """Return what identifies a scenario: its meaning, not how it is written."""
    return hashlib.sha256(dumps(scenario.model).encode()).hexdigest()[:16]


def joined_line(scenario: LoadedScenario, overlay: Overlay) -> LineSection:
    """Return the line of a scenario with the faults of an overlay behind its own.

    It is quick, and for overlays that a plan has made: a parameter that does not belong to its fault is not detected.

    Raises:
        ValidationError: A fault is none.
    """
    own, base = LineSection.model_validate({"faults": faults_of(overlay)}), scenario.model.line
    return base.model_copy(update={"faults": [*base.faults, *own.faults]})


def overlaid(scenario: LoadedScenario, overlay: Overlay) -> LoadedScenario:
    """Return a scenario with an overlay, checked as if it had been written so.

    Args:
        scenario: The scenario.
        overlay: The keys that are added or changed.

    Raises:
        ScenarioError: It is wrong.
    """
    if not overlay:
        return scenario
    text = dumps_plain({EXTENDS: scenario.name, **overlay})
    document = parse(SourceText(f"{scenario.path} with what is laid over it", text))
    joined = checked(extended(document, lambda _name, _by: _as_document(scenario)))
    return replace(joined, name=scenario.name, path=scenario.path, has_story=scenario.has_story, story=scenario.story)


def plain_scenario(scenario: LoadedScenario) -> dict[str, YamlValue]:
    """Return a scenario as its YAML has it: texts, lists and mappings."""
    plain = _as_document(scenario).plain()
    assert isinstance(plain, dict)
    return plain


def _as_document(scenario: LoadedScenario) -> Document:
    return parse(SourceText(scenario.path, dumps(scenario.model)))
