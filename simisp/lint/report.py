"""The linter's findings, as text for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from simisp.diagnostics import render_all
from simisp.lint.catalogue import CatalogueEntry
from simisp.lint.results import LintResult

__all__ = ["as_json", "as_text"]


def as_text(results: Iterable[LintResult], *, columns: int | None = None) -> str:
    """Return the findings as text with carets, script by script, for a terminal of this width; may be empty."""
    texts = (render_all(result.diagnostics, result.source, columns=columns) for result in results)
    return "".join(f"{text}\n" for text in texts if text)


def as_json(results: Iterable[LintResult], catalogue: Mapping[str, CatalogueEntry]) -> str:
    """Return the findings as a JSON array of objects.

    Lines and columns count from 1; ``end`` is the end of the place, exclusive. A finding without a rule, such as the
    note that there are too many to show, has an empty code and name.
    """
    found = [finding for result in results for finding in _findings(result, catalogue)]
    return json.dumps(found, indent=2, ensure_ascii=False)


def _findings(result: LintResult, catalogue: Mapping[str, CatalogueEntry]) -> Iterator[dict[str, object]]:
    for each in result.reported:
        diagnostic = each.diagnostic
        place = diagnostic.place
        entry = catalogue.get(diagnostic.code)
        yield {
            "file": result.source.name,
            "line": place.line,
            "column": place.column,
            "end": {"line": place.line, "column": place.column + place.length},
            "code": diagnostic.code,
            "name": entry.name if entry else "",
            "severity": diagnostic.severity.value,
            "message": diagnostic.message,
            "hint": diagnostic.hint,
            "fixable": each.fixable,
        }
