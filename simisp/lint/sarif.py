"""The linter's findings as a SARIF log, for code-scanning services and editors.

See Also:
    OASIS Static Analysis Results Interchange Format (SARIF) 2.1.0, sections 3.13 (log file), 3.14 (run), 3.19 (tool
    component), 3.27 (result), 3.30 (region), 3.49 (reporting descriptor), 3.55 (fix).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import quote

from simisp import __version__
from simisp.lint.catalogue import CatalogueEntry, LintTool
from simisp.lint.edits import Edit
from simisp.lint.results import LintResult, Reported

__all__ = ["SCHEMA", "as_sarif", "sarif_log", "uri_of"]

_Json: TypeAlias = dict[str, object]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def as_sarif(results: Iterable[LintResult], tool: LintTool) -> str:
    """Return the findings as the text of a SARIF log."""
    return json.dumps(sarif_log(results, tool), indent=2, ensure_ascii=False)


def sarif_log(results: Iterable[LintResult], tool: LintTool) -> _Json:
    """Return the findings as a SARIF log with one run.

    The log describes every code, with its page as help. Columns count characters. Fixes are included as replacements.
    """
    linted = list(results)
    driver = {
        "name": tool.name,
        "version": __version__,
        "rules": [_descriptor(entry, tool) for entry in tool.catalogue.values()],
    }
    numbers = {code: index for index, code in enumerate(tool.catalogue)}
    run: _Json = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": uri_of(result.source.name)}} for result in linted],
        "results": [
            _result(index, result, each, numbers) for index, result in enumerate(linted) for each in result.reported
        ],
        "invocations": [_invocation(linted)],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _descriptor(entry: CatalogueEntry, tool: LintTool) -> _Json:
    described: _Json = {
        "id": entry.code,
        "name": entry.name,
        "shortDescription": {"text": _plain(entry.title)},
        "defaultConfiguration": {"level": entry.severity.value},
    }
    rule = entry.rule
    if rule is not None:
        described["fullDescription"] = {"text": _plain(f"{rule.what} {rule.why}".replace("\n", " "))}
        described["help"] = {"text": _plain(tool.pages[rule.code]), "markdown": tool.pages[rule.code]}
    return described


def _result(index: int, result: LintResult, reported: Reported, numbers: Mapping[str, int]) -> _Json:
    diagnostic = reported.diagnostic
    place = diagnostic.place
    artifact = {"uri": uri_of(result.source.name), "index": index}
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.line,
        "endColumn": place.column + place.length,
    }
    described: _Json = {
        "level": diagnostic.severity.value,
        "message": {"text": _sentence(diagnostic.message, diagnostic.hint)},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
    }
    if diagnostic.code in numbers:
        described |= {"ruleId": diagnostic.code, "ruleIndex": numbers[diagnostic.code]}
    if reported.edits:
        described["fixes"] = [_fix(diagnostic.hint, artifact, reported.edits)]
    return described


def _fix(hint: str, artifact: Mapping[str, object], edits: Sequence[Edit]) -> _Json:
    replacements = [
        {
            "deletedRegion": {"charOffset": edit.start, "charLength": edit.end - edit.start},
            "insertedContent": {"text": edit.text},
        }
        for edit in edits
    ]
    return {
        "description": {"text": hint},
        "artifactChanges": [{"artifactLocation": artifact, "replacements": replacements}],
    }


def _invocation(results: Sequence[LintResult]) -> _Json:
    """Return the invocation: whether each script could be read."""
    return {"executionSuccessful": not any(result.unreadable for result in results)}


def _sentence(message: str, hint: str) -> str:
    text = message[:1].upper() + message[1:] + "."
    return f"{text} ({hint})" if hint else text


def _plain(markdown: str) -> str:
    return markdown.replace("`", "")


def uri_of(name: str) -> str:
    """Return a path as a URI: an absolute path with its scheme, a relative one unchanged."""
    if _DRIVE.match(name):
        return "file:///" + quote(name.replace("\\", "/"), safe="/:")
    return ("file://" if name.startswith("/") else "") + quote(name, safe="/")
