"""Findings as text, as JSON and as SARIF."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from simisp.scp.edits import Edit, applied
from simisp.scp.lint_report import as_json, as_text
from simisp.scp.linter import LintResult, lint
from simisp.scp.rules.catalogue import CATALOGUE
from simisp.scp.sarif import as_sarif, sarif_log

NAIVE = 'proc main\n  waitfor "ogin:"\n  transmit "ü^M"\nendproc\n'
SECRET = (
    'proc main\n  waitfor "word:" until 9\n  if $SUCCESS then\n    transmit "looking-glass^M" bogus\n  endif\nendproc'
)
MANY = "proc main\n" + "  bogus\n" * 200 + "endproc"


def test_text_shows_the_line_with_a_caret_script_by_script() -> None:
    text = as_text([lint(NAIVE, name="a.scp", select=["SCP101"]), lint("proc main\nendproc"), lint("", name="b.scp")])
    assert text == (
        "a.scp:2:3: error: [SCP101] this wait has no limit: if the remote stays silent it lasts forever, "
        "and the port stays held\n"
        '    2 |   waitfor "ogin:"\n'
        "      |   ^^^^^^^\n"
        "      = add 'until 90'\n"
        "b.scp:1:1: error: [SCP030] there is no 'proc main', the only procedure that runs\n"
        "      = a script begins 'proc main' and ends 'endproc'\n"
    )


def test_text_of_nothing_is_nothing() -> None:
    assert as_text([]) == as_text([lint("proc main\nendproc")]) == ""


def test_json_has_one_object_for_each_finding() -> None:
    found = json.loads(as_json([lint(NAIVE, name="a.scp"), lint("PROC main\nendproc", name="b.scp")]))
    assert [(each["file"], each["code"], each["name"], each["severity"], each["fixable"]) for each in found] == [
        ("a.scp", "SCP101", "wait-without-limit", "error", True),
        ("a.scp", "SCP208", "doubtful-string", "warning", False),
        ("b.scp", "SCP218", "unusual-spelling", "warning", True),
    ]
    assert found[1] == {
        "file": "a.scp",
        "line": 3,
        "column": 13,
        "end": {"line": 3, "column": 14},
        "code": "SCP208",
        "name": "doubtful-string",
        "severity": "warning",
        "message": "'ü' is not ASCII: which octets are sent depends on the code page",
        "hint": "use ASCII in what is sent",
        "fixable": False,
    }


def test_json_of_nothing_is_an_empty_array() -> None:
    assert json.loads(as_json([lint("proc main\nendproc")])) == []


def test_that_there_may_be_more_has_no_code() -> None:
    last = json.loads(as_json([lint(MANY)]))[-1]
    assert (last["code"], last["name"], last["severity"]) == ("", "", "note")


@pytest.mark.parametrize("report", [as_text, as_json, as_sarif])
def test_no_report_shows_a_password(report: Callable[..., Any]) -> None:
    assert "looking-glass" not in report([lint(SECRET.replace(" bogus", ""))])


# SARIF, by its sections

TEXT: dict[str, Any] = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string", "minLength": 1}},
}
LEVEL = {"enum": ["none", "note", "warning", "error"]}  # 3.27.10
POSITION = {"type": "integer", "minimum": 1}
COUNT = {"type": "integer", "minimum": 0}
ARTIFACT = {  # 3.4
    "type": "object",
    "required": ["uri"],
    "properties": {"uri": {"type": "string", "pattern": "^[!-~]+$"}, "index": {"type": "integer", "minimum": 0}},
    "additionalProperties": False,
}
REGION = {  # 3.30
    "type": "object",
    "required": ["startLine", "startColumn", "endLine", "endColumn"],
    "properties": dict.fromkeys(["startLine", "startColumn", "endLine", "endColumn"], POSITION),
    "additionalProperties": False,
}
REPLACEMENT = {  # 3.57
    "type": "object",
    "required": ["deletedRegion"],
    "properties": {
        "deletedRegion": {
            "type": "object",
            "required": ["charOffset", "charLength"],
            "properties": {"charOffset": COUNT, "charLength": COUNT},
            "additionalProperties": False,
        },
        "insertedContent": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}},
    },
    "additionalProperties": False,
}
RESULT = {  # 3.27
    "type": "object",
    "required": ["message", "level", "locations"],
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": LEVEL,
        "message": TEXT,
        "locations": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["physicalLocation"],
                "properties": {
                    "physicalLocation": {
                        "type": "object",
                        "required": ["artifactLocation", "region"],
                        "properties": {"artifactLocation": ARTIFACT, "region": REGION},
                        "additionalProperties": False,
                    }
                },
                "additionalProperties": False,
            },
        },
        "fixes": {  # 3.55
            "type": "array",
            "items": {
                "type": "object",
                "required": ["artifactChanges"],
                "properties": {
                    "description": TEXT,
                    "artifactChanges": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["artifactLocation", "replacements"],
                            "properties": {
                                "artifactLocation": ARTIFACT,
                                "replacements": {"type": "array", "minItems": 1, "items": REPLACEMENT},
                            },
                            "additionalProperties": False,
                        },
                    },
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
DESCRIPTOR = {  # 3.49
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "shortDescription": TEXT,
        "fullDescription": TEXT,
        "help": {**TEXT, "properties": {**TEXT["properties"], "markdown": {"type": "string"}}},
        "defaultConfiguration": {"type": "object", "properties": {"level": LEVEL}, "additionalProperties": False},
    },
    "additionalProperties": False,
}
LOG = {  # 3.13, 3.14
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name", "rules"],
                                "properties": {
                                    "name": {"type": "string"},
                                    "version": {"type": "string"},
                                    "rules": {"type": "array", "uniqueItems": True, "items": DESCRIPTOR},
                                },
                                "additionalProperties": False,
                            }
                        },
                        "additionalProperties": False,
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "artifacts": {"type": "array", "items": {"properties": {"location": ARTIFACT}}},
                    "results": {"type": "array", "items": RESULT},
                    "invocations": {"type": "array", "items": {"required": ["executionSuccessful"]}},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}


def run(*results: LintResult) -> Any:
    """Return the run of a log."""
    log = json.loads(as_sarif(results))
    Draft202012Validator(LOG).validate(log)
    return log["runs"][0]


def test_a_log_keeps_the_format() -> None:
    assert run()["results"] == []
    assert len(run(lint(NAIVE), lint(MANY), lint("proc main\n  if TRUE then"), lint(b"\xff\x00"))["results"]) > 100


def test_a_result_names_its_rule_and_its_place() -> None:
    described = run(lint("proc main\nendproc", name="clean.scp"), lint(NAIVE, name="naive.scp"))
    first = described["results"][0]
    rules = described["tool"]["driver"]["rules"]
    assert (first["ruleId"], first["level"]) == ("SCP101", "error")
    assert rules[first["ruleIndex"]]["id"] == "SCP101"
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "naive.scp", "index": 1},
        "region": {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 10},
    }
    assert [artifact["location"]["uri"] for artifact in described["artifacts"]] == ["clean.scp", "naive.scp"]


def test_every_code_is_described_and_rules_bring_their_page() -> None:
    rules = {rule["id"]: rule for rule in run()["tool"]["driver"]["rules"]}
    assert list(rules) == list(CATALOGUE)
    assert rules["SCP101"]["help"]["markdown"].startswith("# SCP101 wait-without-limit")
    assert "`" not in rules["SCP101"]["help"]["text"]
    assert rules["SCP204"]["defaultConfiguration"] == {"level": "note"}
    assert "help" not in rules["SCP033"]


def test_a_finding_without_a_code_has_no_rule() -> None:
    last = run(lint(MANY))["results"][-1]
    assert "ruleId" not in last
    assert last["level"] == "note"


def test_the_replacements_of_a_fix_put_it_right() -> None:
    (result,) = run(lint(NAIVE, select=["SCP101"]))["results"]
    replacements = result["fixes"][0]["artifactChanges"][0]["replacements"]
    regions = [(each["deletedRegion"], each["insertedContent"]["text"]) for each in replacements]
    edits = [Edit(r["charOffset"], r["charOffset"] + r["charLength"], text) for r, text in regions]
    assert applied(NAIVE, edits) == NAIVE.replace('"ogin:"', '"ogin:" until 90')


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("scripts/naive.scp", "scripts/naive.scp"),
        ("my script é.scp", "my%20script%20%C3%A9.scp"),
        ("/home/a/b.scp", "file:///home/a/b.scp"),
        ("C:\\ras\\b.scp", "file:///C:/ras/b.scp"),
        ("a:b.scp", "a%3Ab.scp"),
        ("<stdin>", "%3Cstdin%3E"),
    ],
)
def test_a_path_becomes_a_uri(name: str, uri: str) -> None:
    assert run(lint(NAIVE, name=name))["artifacts"][0]["location"]["uri"] == uri


@pytest.mark.parametrize(("text", "good"), [(NAIVE, True), ("bogus", True), ("\0", False)])
def test_a_run_succeeds_when_every_script_could_be_read(text: str, good: bool) -> None:
    assert run(lint("proc main\nendproc"), lint(text))["invocations"] == [{"executionSuccessful": good}]


def test_the_log_is_the_same_each_time() -> None:
    assert sarif_log([lint(NAIVE)]) == sarif_log([lint(NAIVE)])
