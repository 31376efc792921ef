"""The manual of a linter: a page for each rule, and rows for the index, made from the rules themselves."""

from __future__ import annotations

from collections.abc import Iterable

from simisp.diagnostics import Severity
from simisp.lint.catalogue import CatalogueEntry, RulePage

__all__ = ["index_table", "rule_page"]

_SCOPES = {
    Severity.ERROR: "An error",
    Severity.WARNING: "A warning",
    Severity.NOTE: "A note",
}


def rule_page(rule: RulePage, language: str, *, given: str = "") -> str:
    """Return a rule's page, as Markdown.

    Args:
        rule: The rule.
        language: What its examples are written in, as a block of Markdown names it.
        given: The option under which its example has the fault; empty for no option.
    """
    example = f"```{language}\n{rule.example.rstrip()}\n```"
    sections = {
        "What it does": rule.what,
        "Why it is bad": rule.why,
        "Example": f"With `{given}`:\n\n{example}" if given else example,
        "Use instead": f"```{language}\n{rule.instead.rstrip()}\n```",
        "What `--fix` does": rule.fix,
        "Source": rule.source,
    }
    head = f"# {rule.code} {rule.name}\n\n{_SCOPES[rule.severity]}: {rule.title}.\n"
    return head + "".join(f"\n## {heading}\n\n{text}\n" for heading, text in sections.items() if text)


def index_table(entries: Iterable[CatalogueEntry]) -> str:
    """Return the table of all codes, as Markdown."""
    lines = ["| code | name | | what | `--fix` |", "|---|---|---|---|---|", *map(_row, entries)]
    return "\n".join(lines) + "\n"


def _row(entry: CatalogueEntry) -> str:
    code = entry.code if entry.rule is None else f"[{entry.code}]({entry.code}.md)"
    fixed = "yes" if entry.rule is not None and entry.rule.fix else ""
    return f"| {code} | {entry.name} | {entry.severity.value} | {entry.title} | {fixed} |"
