"""The linter's manual, with a page for each rule and an index, generated from the rules themselves."""

from __future__ import annotations

from collections.abc import Mapping

from simisp.diagnostics import Severity
from simisp.scp.rules import RULES, Rule
from simisp.scp.rules.catalogue import CATALOGUE, CatalogueEntry

__all__ = ["index", "page", "pages"]

_INTRODUCTION = """\
# Lint rules for dial-up scripts

`simisp script lint FILE` checks a script. Errors make it hang or fail, warnings make it fragile, notes say what can't
be helped; a script with only notes is clean. `--fix` fixes the findings that the table marks and keeps comments and
layout. A script without errors ends by itself whatever the provider does, except for a `getip` whose address does not
follow the words that announce it ([SCP104](SCP104.md)).

A comment marks a finding as intended. At the end of a line it applies to that line, on a separate line to the next one;
several codes are separated by commas, and a reason may follow:

```scp
endproc  ; lint: allow SCP204 - the service knows what 718 means
```

This page and those that it links to are generated from the rules; do not edit them by hand.
"""

_SCOPES = {
    Severity.ERROR: "An error",
    Severity.WARNING: "A warning",
    Severity.NOTE: "A note",
}


def page(rule: Rule) -> str:
    """Return a rule's page, as Markdown."""
    sections = {
        "What it does": rule.what,
        "Why it is bad": rule.why,
        "Example": f"```scp\n{rule.example.rstrip()}\n```",
        "Use instead": f"```scp\n{rule.instead.rstrip()}\n```",
        "What `--fix` does": rule.fix,
        "Source": rule.source,
    }
    if rule.settings.give_up is not None:
        sections["Example"] = f"With `--give-up {rule.settings.give_up:g}`:\n\n{sections['Example']}"
    head = f"# {rule.code} {rule.name}\n\n{_SCOPES[rule.severity]}: {rule.title}.\n"
    return head + "".join(f"\n## {heading}\n\n{text}\n" for heading, text in sections.items() if text)


def index() -> str:
    """Return the index of all codes, as Markdown."""
    lines = ["| code | name | | what | `--fix` |", "|---|---|---|---|---|", *map(_row, CATALOGUE.values())]
    return _INTRODUCTION + "\n" + "\n".join(lines) + "\n"


def pages() -> Mapping[str, str]:
    """Return the text of each file of the manual, by its name."""
    return {"README.md": index(), **{f"{rule.code}.md": page(rule) for rule in RULES}}


def _row(entry: CatalogueEntry) -> str:
    code = entry.code if entry.rule is None else f"[{entry.code}]({entry.code}.md)"
    fixed = "yes" if entry.rule is not None and entry.rule.fix else ""
    return f"| {code} | {entry.name} | {entry.severity.value} | {entry.title} | {fixed} |"
