"""Writes what the tests compare with: the expected findings of each fixture, and the pages of the manual.

Run it from the top of the repository after a change that is meant, and read what it changed:
``python -m tests.scp_lint.write_expected``.
"""

from pathlib import Path

from simisp.scp.lint_report import as_text
from simisp.scp.linter import lint
from simisp.scp.rules import RULES, Rule
from simisp.scp.rules.pages import pages

FIXTURES = Path(__file__).parent / "fixtures"
PAGES = Path(__file__).parents[2] / "docs" / "rules"


def expected(rule: Rule) -> str:
    """Return what the linter says of the faulty fixture of a rule."""
    data = (FIXTURES / rule.code / "err.scp").read_bytes()
    settings = rule.settings
    return as_text([lint(data, name="err.scp", give_up=settings.give_up, unattended=settings.unattended)])


def main() -> None:
    """Write everything."""
    for rule in RULES:
        (FIXTURES / rule.code / "err.out").write_text(expected(rule), encoding="utf-8")
    for name, text in pages().items():
        (PAGES / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
