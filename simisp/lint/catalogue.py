"""What a linter can find: every code with its name, and the page of its rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from simisp.diagnostics import Severity

__all__ = ["CatalogueEntry", "LintTool", "RulePage"]


class RulePage(Protocol):
    """What a rule's page is made of."""

    @property
    def code(self) -> str:
        """Its stable code."""

    @property
    def name(self) -> str:
        """Its name, in lower case with hyphens."""

    @property
    def severity(self) -> Severity:
        """How bad what it finds is."""

    @property
    def title(self) -> str:
        """What it finds, as a short clause."""

    @property
    def what(self) -> str:
        """What it does."""

    @property
    def why(self) -> str:
        """Why what it finds is bad."""

    @property
    def example(self) -> str:
        """A script with the fault."""

    @property
    def instead(self) -> str:
        """The same script without the fault."""

    @property
    def source(self) -> str:
        """The source of this knowledge."""

    @property
    def fix(self) -> str:
        """What the automatic fix does; empty if only the author can fix it."""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One code.

    Attributes:
        code: The code.
        name: Its name, in lower case with hyphens.
        title: What it is about, as a short clause.
        severity: How bad it is.
        rule: The rule with its page; None for a mistake in the language that needs none.
    """

    code: str
    name: str
    title: str
    severity: Severity
    rule: RulePage | None = None


@dataclass(frozen=True, slots=True)
class LintTool:
    """A linter, as reports name it.

    Attributes:
        name: Its command.
        catalogue: Every code that it can report.
        pages: The text of each rule's page, by its code.
    """

    name: str
    catalogue: Mapping[str, CatalogueEntry]
    pages: Mapping[str, str]
