"""What a linter finds in a script."""

from __future__ import annotations

from dataclasses import dataclass

from simisp.diagnostics import Diagnostic, Severity, SourceText
from simisp.lint.edits import Edit

__all__ = ["LintResult", "Reported"]


@dataclass(frozen=True, slots=True)
class Reported:
    """A reported finding.

    Attributes:
        diagnostic: What is wrong, where, and how serious it is.
        edits: The edits that fix it; empty if only the author can.
    """

    diagnostic: Diagnostic
    edits: tuple[Edit, ...] = ()

    @property
    def fixable(self) -> bool:
        """Whether it can be fixed automatically."""
        return bool(self.edits)


@dataclass(frozen=True, slots=True)
class LintResult:
    """The result of linting one script.

    Attributes:
        reported: The findings in the order of the text.
        source: The text and its name, with the passwords found in it masked.
        unreadable: Whether the text is not a script at all, or exceeds all limits, and was not parsed to its end.
    """

    reported: tuple[Reported, ...]
    source: SourceText
    unreadable: bool

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The findings as diagnostics."""
        return tuple(each.diagnostic for each in self.reported)

    @property
    def is_clean(self) -> bool:
        """Whether there is no error and no warning. Notes report what can't be helped; a script with notes is clean."""
        return all(diagnostic.severity is Severity.NOTE for diagnostic in self.diagnostics)

    @property
    def exit_status(self) -> int:
        """0 if the script is clean, 1 if there are errors or warnings, 2 if it is unreadable."""
        if self.unreadable:
            return 2
        return 0 if self.is_clean else 1
