"""Every code that a checked or linted script can earn, with its name and what it is about."""

from __future__ import annotations

from collections.abc import Mapping

from simisp.diagnostics import Severity
from simisp.lint.catalogue import CatalogueEntry
from simisp.scp.faults import Fault
from simisp.scp.rules import RULES

__all__ = ["CATALOGUE", "CatalogueEntry"]


_TITLES: Mapping[Fault, str] = {
    Fault.TOO_LARGE: "a text that is larger than any script",
    Fault.UNKNOWN_CHARACTER: "a character that means nothing outside a string",
    Fault.UNTERMINATED_STRING: "a string without its closing quote",
    Fault.BAD_NUMBER: "a number that is not whole, or out of range",
    Fault.UNKNOWN_SYSTEM_VARIABLE: "a `$` name that the dialler does not provide",
    Fault.FOREIGN_OPERATOR: "an operator of another language",
    Fault.NAME_TOO_LONG: "a name of hundreds of characters",
    Fault.UNEXPECTED: "a word or sign that can't stand where it does",
    Fault.UNKNOWN_COMMAND: "a word that is no command, label or assignment",
    Fault.EXPECTED_EXPRESSION: "a value that is lacking",
    Fault.OUTSIDE_PROCEDURE: "a statement or declaration outside a procedure",
    Fault.LATE_DECLARATION: "a declaration after the first command",
    Fault.RESERVED_WORD: "a word of the language used as a name",
    Fault.BAD_SETTING: "`set` with an unknown setting or value",
    Fault.LABEL_MISSING: "several strings in one `waitfor` without a label for each",
    Fault.TOO_DEEP: "blocks or an expression nested beyond any sense",
    Fault.NO_MAIN: "a script without `proc main`",
    Fault.DUPLICATE_PROCEDURE: "two procedures of one name",
    Fault.DUPLICATE_LABEL: "two labels of one name in a procedure",
    Fault.UNDEFINED_LABEL: "a jump to a label that the procedure lacks",
    Fault.DUPLICATE_VARIABLE: "two variables of one name in a procedure",
    Fault.UNDECLARED_VARIABLE: "a variable that is not declared before its use",
    Fault.TYPE_MISMATCH: "a value of the wrong type",
    Fault.READ_ONLY: "an assignment to a system variable",
}
"""The mistakes that have no page of their own."""


def _entries() -> list[CatalogueEntry]:
    entries = [CatalogueEntry(rule.code, rule.name, rule.title, rule.severity, rule) for rule in RULES]
    for fault, title in _TITLES.items():
        entries.append(CatalogueEntry(fault.value, fault.name.lower().replace("_", "-"), title, Severity.ERROR))
    return sorted(entries, key=lambda entry: entry.code)


CATALOGUE: Mapping[str, CatalogueEntry] = {entry.code: entry for entry in _entries()}
"""The codes in their order."""
