"""The result of reading a document."""

from __future__ import annotations

from dataclasses import dataclass, field

from simisp.diagnostics import Diagnostic
from simisp.scenario.document import Path
from simisp.scenario.model import Scenario

__all__ = ["MOST_TOLD", "Reading"]

MOST_TOLD = 100
"""How many mistakes are reported at most, since finding out what was meant takes time."""


@dataclass(slots=True)
class Reading:
    """The result of reading a document.

    Attributes:
        model: The scenario, without the parts that were wrong; None if it is unusable.
        diagnostics: The mistakes.
        removed: Every text in the parts that were removed.
        incomplete: The paths of lists that now lack a step, and of repetitions that now lack their count.
    """

    model: Scenario | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)
    incomplete: list[Path] = field(default_factory=list)

    def is_whole(self, path: Path) -> bool:
        """Return whether all steps below ``path`` could be read."""
        return not any(lacking[: len(path)] == path for lacking in self.incomplete)
