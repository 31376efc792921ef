"""A case: a few keys that are laid over a scenario, as by ``extends``, and where in the dialogue they matter."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from typing_extensions import TypeAliasType

__all__ = ["Case", "Overlay", "YamlValue", "faults_of"]

YamlValue = TypeAliasType("YamlValue", "str | Sequence[YamlValue] | Mapping[str, YamlValue] | None")
"""A value as YAML has it: every scalar is a text."""

Overlay = Mapping[str, YamlValue]
"""The keys of a scenario that a case adds or changes. Faults of the line are added behind the scenario's own."""


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to try.

    Attributes:
        name: What goes wrong, and where, in a few words. No two cases of a sweep have the same name.
        plan: The plan that it comes from.
        row: The kind of what goes wrong: all cases of one row differ only in where or how much.
        position: Where in the undisturbed dialogue: how many octets have passed before, in both directions together.
        overlay: What it changes in the scenario.
    """

    name: str
    plan: str
    row: str
    position: int = 0
    overlay: Overlay = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What makes the case: two cases with equal keys are the same."""
        return json.dumps(self.overlay, sort_keys=True, separators=(",", ":"))


def faults_of(overlay: Overlay) -> Sequence[Mapping[str, YamlValue]]:
    """Return the faults that an overlay adds to the line.

    Example:
        >>> faults_of({"line": {"faults": [{"fault": "silence"}]}})
        [{'fault': 'silence'}]
    """
    line = overlay.get("line")
    faults = line.get("faults") if isinstance(line, Mapping) else None
    if isinstance(faults, str) or not isinstance(faults, Sequence):
        return []
    return [fault for fault in faults if isinstance(fault, Mapping)]
