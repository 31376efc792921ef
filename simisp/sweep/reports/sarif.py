"""A sweep's findings as a SARIF log: one result for each cause, at the statement where the client stood.

See Also:
    OASIS Static Analysis Results Interchange Format (SARIF) 2.1.0, sections 3.27 (result), 3.49 (reporting descriptor).
"""

from __future__ import annotations

import json

from simisp import __version__
from simisp.lint.sarif import SCHEMA, uri_of
from simisp.sweep.findings import FindingClass
from simisp.sweep.result import Group, SweepResult
from simisp.sweep.token import replay_line

__all__ = ["as_sarif"]

_RULES = list(FindingClass)
_WHAT = {
    FindingClass.HANG_PROVEN: "The client would hold the port forever.",
    FindingClass.HANG_UNTIL: "The client still holds the port at the latest time for a verdict.",
    FindingClass.PORT_HELD: "The command has ended, and another process still holds the port.",
    FindingClass.ORPHAN: "The command has left a process behind.",
    FindingClass.STALE_LOCK: "The command has left a lock file behind.",
    FindingClass.CRASH: "A signal has ended the client, or it could not go on.",
    FindingClass.WRONG_SUCCESS: "The client ended as if all had gone well, and it had not.",
    FindingClass.SECRET_ASTRAY: "A password went where nothing had asked for one, or after a wait that had failed.",
    FindingClass.RETRY_STORM: "The client tries again and again.",
    FindingClass.SPINNING: "The client runs on without ever waiting.",
    FindingClass.OTHER_BEHAVIOUR: "The client behaved in another way, though what changed must not matter.",
}
_WARNINGS = {FindingClass.OTHER_BEHAVIOUR, FindingClass.STALE_LOCK}


def as_sarif(result: SweepResult) -> str:
    """Return the findings that have a place in a file as the text of a SARIF log; the others have a message alone."""
    driver = {"name": "simisp sweep", "version": __version__, "rules": [_descriptor(kind) for kind in _RULES]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(group) for group in result.groups],
        "invocations": [{"executionSuccessful": not result.interrupted}],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _level(kind: FindingClass) -> str:
    return "warning" if kind in _WARNINGS else "error"


def _rule(kind: FindingClass) -> str:
    return "sweep/" + kind.value.replace(", ", "-").replace(" ", "-")


def _descriptor(kind: FindingClass) -> dict[str, object]:
    return {
        "id": _rule(kind),
        "shortDescription": {"text": kind.value.capitalize() + "."},
        "fullDescription": {"text": _WHAT[kind]},
        "defaultConfiguration": {"level": _level(kind)},
    }


def _result(group: Group) -> dict[str, object]:
    number = len(group.cases)
    shown = f" ({number} cases, such as: {group.cases[0]})" if group.cases else ""
    again = f" Again: {replay_line(group.shrunk.token)}" if group.shrunk and group.shrunk.token else ""
    stand = group.stand
    place = "" if stand is None else f" at {stand.text}"
    described: dict[str, object] = {
        "ruleId": _rule(group.kind),
        "ruleIndex": _RULES.index(group.kind),
        "level": _level(group.kind),
        "message": {"text": f"{group.detail[:1].upper()}{group.detail[1:]}{place}{shown}.{again}"},
        "partialFingerprints": {"sweepGroup/v1": "|".join(group.key)},
        "locations": [],
    }
    if stand is not None and stand.file and stand.line:
        region: dict[str, int] = {"startLine": stand.line}
        if stand.column:
            region["startColumn"] = stand.column
        location = {"artifactLocation": {"uri": uri_of(stand.file)}, "region": region}
        described["locations"] = [{"physicalLocation": location}]
    return described
