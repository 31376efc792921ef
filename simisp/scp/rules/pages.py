"""The linter's manual, with a page for each rule and an index, generated from the rules themselves."""

from __future__ import annotations

from collections.abc import Mapping

from simisp.lint.pages import index_table, rule_page
from simisp.scp.rules import RULES, Rule
from simisp.scp.rules.catalogue import CATALOGUE

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


def page(rule: Rule) -> str:
    """Return a rule's page, as Markdown."""
    give_up = rule.settings.give_up
    return rule_page(rule, "scp", given="" if give_up is None else f"--give-up {give_up:g}")


def index() -> str:
    """Return the index of all codes, as Markdown."""
    return _INTRODUCTION + "\n" + index_table(CATALOGUE.values())


def pages() -> Mapping[str, str]:
    """Return the text of each file of the manual, by its name."""
    return {"README.md": index(), **{f"{rule.code}.md": page(rule) for rule in RULES}}
