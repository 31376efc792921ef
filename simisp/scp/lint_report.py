"""The linter's findings, as text for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable

from simisp.lint import report
from simisp.lint.report import as_text
from simisp.lint.results import LintResult
from simisp.scp.rules.catalogue import CATALOGUE

__all__ = ["as_json", "as_text"]


def as_json(results: Iterable[LintResult]) -> str:
    r"""Return the findings as a JSON array of objects; see :func:`simisp.lint.report.as_json`.

    Example:
        >>> import json
        >>> from simisp.scp.linter import lint
        >>> finding = json.loads(as_json([lint('proc main\n  waitfor "ogin:"\nendproc', name="naive.scp")]))[0]
        >>> finding["file"], finding["line"], finding["column"], finding["end"], finding["code"], finding["fixable"]
        ('naive.scp', 2, 3, {'line': 2, 'column': 10}, 'SCP101', True)
    """
    return report.as_json(results, CATALOGUE)
