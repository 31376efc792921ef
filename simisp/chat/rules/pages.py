"""The manual of the linter for chat scripts, with a page for each rule and an index, generated from the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from simisp.chat.rules import CHAT_RULES
from simisp.chat.rules.rule import ChatRule
from simisp.lint.catalogue import CatalogueEntry, LintTool
from simisp.lint.pages import index_table, rule_page

__all__ = ["CHAT_CATALOGUE", "CHAT_LINT", "chat_page", "chat_pages"]

_INTRODUCTION = """\
# Lint rules for chat scripts

`simisp chat lint FILE` checks a script of pppd's chat. Errors make it fail or hang, or do something else than was
meant; warnings make it fragile. `--fix` fixes the findings that the table marks and keeps comments and layout. A
script that chat reads otherwise than was meant (errors below CHAT100) has to be put right first: only then do the other
rules look at it.

A comment on a line of its own marks findings in the next line as intended; several codes are separated by commas, and a
reason may follow:

```
# lint: allow CHAT402 - the file is readable by root alone
assword: \\qsesame
```

The rules know what chat does from its manual page and from trying it: `simisp sweep SCENARIO --chat FILE` plays a
script as chat does, against everything that can go wrong.

This page and those that it links to are generated from the rules; do not edit them by hand.
"""
_SHOWN = str.maketrans({"\r": "\N{SYMBOL FOR CARRIAGE RETURN}", "\0": "\N{SYMBOL FOR NULL}", "\ufeff": "<U+FEFF>"})


def chat_page(rule: ChatRule) -> str:
    """Return a rule's page, as Markdown; characters that are not to be seen stand as symbols."""
    give_up = rule.settings.give_up
    shown = replace(rule, example=rule.example.translate(_SHOWN))
    return rule_page(shown, "", given="" if give_up is None else f"--give-up {give_up:g}")


CHAT_CATALOGUE: Mapping[str, CatalogueEntry] = {
    rule.code: CatalogueEntry(rule.code, rule.name, rule.title, rule.severity, rule) for rule in CHAT_RULES
}
"""All codes in their order."""

CHAT_LINT = LintTool("simisp chat lint", CHAT_CATALOGUE, {rule.code: chat_page(rule) for rule in CHAT_RULES})
"""The linter, as reports name it."""


def chat_pages() -> Mapping[str, str]:
    """Return the text of each file of the manual, by its name."""
    index = _INTRODUCTION + "\n" + index_table(CHAT_CATALOGUE.values())
    return {"README.md": index, **{f"{code}.md": page for code, page in CHAT_LINT.pages.items()}}
