"""The linter's findings as a SARIF log."""

from __future__ import annotations

from collections.abc import Iterable

from simisp.lint import sarif
from simisp.lint.catalogue import LintTool
from simisp.lint.results import LintResult
from simisp.scp.rules import RULES
from simisp.scp.rules.catalogue import CATALOGUE
from simisp.scp.rules.pages import page

__all__ = ["as_sarif", "sarif_log"]

_TOOL = LintTool("simisp script lint", CATALOGUE, {rule.code: page(rule) for rule in RULES})


def as_sarif(results: Iterable[LintResult]) -> str:
    """Return the findings as the text of a SARIF log."""
    return sarif.as_sarif(results, _TOOL)


def sarif_log(results: Iterable[LintResult]) -> dict[str, object]:
    r"""Return the findings as a SARIF log with one run; see :func:`simisp.lint.sarif.sarif_log`.

    Example:
        >>> from simisp.scp.linter import lint
        >>> log = sarif_log([lint('proc main\n  waitfor "ogin:"\nendproc', name="naive.scp")])
        >>> [result["ruleId"] for result in log["runs"][0]["results"]]
        ['SCP101']
    """
    return sarif.sarif_log(results, _TOOL)
