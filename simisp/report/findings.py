"""Findings as JSON, and as workflow commands of GitHub Actions."""

from __future__ import annotations

import json
from collections.abc import Iterable

from simisp.diagnostics import Diagnostic, Severity, SourceText

__all__ = ["as_github", "as_json"]

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def as_json(found: Iterable[tuple[SourceText, Diagnostic]]) -> str:
    """Return findings as a JSON array of objects; lines and columns count from 1.

    ``end`` is the end of the place, exclusive. For a finding about a whole file, such as that it does not exist, line,
    column and ``end`` are null.

    Example:
        >>> from simisp.diagnostics import Place
        >>> text = as_json([(SourceText("a.yaml", "isp:"), Diagnostic(Place(1, 1, 3), "no title"))])
        >>> finding = json.loads(text)[0]
        >>> finding["file"], finding["line"], finding["column"], finding["end"]["column"], finding["message"]
        ('a.yaml', 1, 1, 4, 'no title')
    """
    return json.dumps([_finding(source, each) for source, each in found], indent=2, ensure_ascii=False)


def _finding(source: SourceText, diagnostic: Diagnostic) -> dict[str, object]:
    place = diagnostic.place
    end = {"line": place.line, "column": place.column + place.length} if place.line else None
    return {
        "file": place.file or source.name,
        "line": place.line or None,
        "column": place.column or None,
        "end": end,
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
    }


def as_github(source: SourceText, diagnostic: Diagnostic) -> str:
    """Return a finding as a workflow command, which GitHub shows beside the line concerned.

    Example:
        >>> from simisp.diagnostics import Place
        >>> print(as_github(SourceText("a,b.yaml", ""), Diagnostic(Place(2, 3), "50% of it", "why?")))
        ::error file=a%2Cb.yaml,line=2,col=3,endColumn=4::50%25 of it%0Awhy?

    See Also:
        GitHub Docs, "Workflow commands for GitHub Actions"; the escapes are those of @actions/core.
    """
    place = diagnostic.place
    code = f"[{diagnostic.code}] " if diagnostic.code else ""
    hint = f"\n{diagnostic.hint}" if diagnostic.hint else ""
    file, end = _property(place.file or source.name), place.column + place.length
    where = f"file={file}" + (f",line={place.line},col={place.column},endColumn={end}" if place.line else "")
    return f"::{_LEVELS[diagnostic.severity]} {where}::{_data(code + diagnostic.message + hint)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
