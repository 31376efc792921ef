"""The reports of a sweep: what they say, that they are whole, and that nothing in them acts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from simisp.cli import main
from simisp.runner.verdict import VerdictKind
from simisp.scenario.load import bundled_folder, load, loads
from simisp.sweep.case import Case
from simisp.sweep.chat_client import ChatClient
from simisp.sweep.findings import FindingClass, SweepFinding
from simisp.sweep.groups import groups_of
from simisp.sweep.outcome import CaseOutcome, Stand
from simisp.sweep.reports import html
from simisp.sweep.reports.html import as_html
from simisp.sweep.reports.junit import as_junit
from simisp.sweep.reports.sarif import as_sarif
from simisp.sweep.reports.strip import Grade, grade_of, strip_of
from simisp.sweep.reports.table import as_table
from simisp.sweep.reports.transcripts import transcripts_of
from simisp.sweep.result import CaseResult, DialoguePiece, Shrunk, StatementUse, SweepResult
from simisp.sweep.scp_client import ScpClient
from simisp.sweep.sweep import Sweep, run_sweep

HOSTILE = "</script><script>alert(1)</script>\x1b[2J\u2028 'x' \"y\" & \x00"
STAND = Stand('waitfor "ogin:"', "isp.scp", 8, 3)


@cache
def naive() -> tuple[Sweep, SweepResult]:
    client = ScpClient((bundled_folder() / "scripts" / "naive.scp").read_bytes(), "naive.scp")
    sweep = Sweep(load("login"), client, "stalls")
    return sweep, run_sweep(sweep)


def finding(kind: FindingClass, stand: Stand | None = STAND, detail: str = "it stood") -> SweepFinding:
    return SweepFinding(kind, stand, detail)


def case_result(number: int, *findings: SweepFinding, row: str = "silence", status: int | None = 3) -> CaseResult:
    outcome = CaseOutcome(VerdictKind.RELEASED, "the port came free", 12.0, status, stand=STAND)
    case = Case(f"{row} after {number}", "standard", row, number, {"line": {"faults": [{"fault": "silence"}]}})
    return CaseResult(case, outcome, findings)


def made(*results: CaseResult, **changes: Any) -> SweepResult:
    undisturbed = CaseOutcome(VerdictKind.RELEASED, "the port came free", 1.0, 0)
    result = SweepResult(
        scenario="login", path="login.yaml", digest="0", client="isp.scp", recipe=("--script", "isp.scp"),
        plan="standard", seed=0, planned=len(results), undisturbed=undisturbed, results=results,
        groups=groups_of(results),
        dialogue=(
            *(DialoguePiece(0.1 * at, "client", octet, at) for at, octet in enumerate("ATZ\r")),
            DialoguePiece(1.0, "modem", "OK\r\n", 4),
        ),
    )  # fmt: skip
    return replace(result, **changes)


def data_of(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="sweep">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


# The strip


def test_octets_that_one_side_sends_one_by_one_are_one_piece_of_the_strip() -> None:
    pieces = strip_of(made()).pieces
    assert [(piece.sender, piece.text, piece.column, piece.columns) for piece in pieces] == [
        ("client", "ATZ\r", 0, 4),
        ("modem", "OK\r\n", 4, 4),
    ]


def test_a_cell_has_the_worst_of_its_cases() -> None:
    hang = finding(FindingClass.HANG_PROVEN)
    strip = strip_of(made(case_result(2), case_result(2, hang), case_result(5, status=0)))
    [row] = strip.rows
    assert [(cell.column, cell.grade, cell.cases) for cell in row.cells] == [
        (2, Grade.HANG, (0, 1)),
        (5, Grade.SUCCEEDED, (2,)),
    ]


def test_a_long_dialogue_is_spread_over_a_bounded_number_of_columns() -> None:
    strip = strip_of(made(*(case_result(number) for number in range(5000))))
    assert strip.columns <= 240
    [row] = strip.rows
    assert sum(len(cell.cases) for cell in row.cells) == 5000
    assert len(row.cells) == strip.columns


@pytest.mark.parametrize("kind", FindingClass)
def test_a_case_with_a_finding_is_worse_than_one_without_it(kind: FindingClass) -> None:
    assert grade_of(case_result(1, finding(kind))) > grade_of(case_result(1)) > grade_of(case_result(1, status=0))


# Text


def test_the_table_has_a_row_for_each_cause_with_its_place_and_an_example() -> None:
    text = as_table(naive()[1])
    assert re.search(r"^1  hang, proven +19  naive\.scp:8: waitfor \"ervice\?\"$", text, re.MULTILINE)
    assert "such as: silence of the modem after" in text
    assert text.endswith("3 causes found, in 47 cases\n")


def test_the_table_says_what_no_fault_could_reach_and_how_the_smallest_case_is_replayed() -> None:
    result = made(case_result(1, finding(FindingClass.CRASH)))
    shrunk = Shrunk(result.results[0].case, result.results[0].outcome, "sweep1-abc", "out/crash.yaml")
    uses = (StatementUse(STAND, False, 0), StatementUse(Stand("halt", "isp.scp", 9, 3), True, 1))
    text = as_table(replace(result, groups=(replace(result.groups[0], shrunk=shrunk),), coverage=uses))
    assert 'not reached by any case: 1 of 2\n  isp.scp:8: waitfor "ogin:"\n' in text
    assert "   scenario: out/crash.yaml\n   again: simisp run --replay sweep1-abc\n" in text


def test_the_table_of_an_interrupted_sweep_says_so() -> None:
    text = as_table(made(case_result(1), planned=9, interrupted=True))
    assert "1 of 9 cases" in text
    assert text.endswith("incomplete, nothing found\n")


# JUnit and SARIF


def test_junit_has_a_case_for_each_kind_of_fault_and_its_causes_as_a_failure() -> None:
    results = [case_result(1, finding(FindingClass.HANG_PROVEN)), case_result(2, row="noise")]
    suites = ET.fromstring(as_junit(made(*results)))
    assert suites.attrib["tests"] == "2"
    assert suites.attrib["failures"] == "1"
    hang, quiet = suites.iter("testcase")
    failure = hang.find("failure")
    assert failure is not None
    assert (hang.attrib["name"], quiet.attrib["name"]) == ("silence", "noise")
    assert failure.attrib["message"] == 'hang, proven at isp.scp:8: waitfor "ogin:"'
    assert "silence after 1" in (failure.text or "")
    assert quiet.find("failure") is None


def test_sarif_has_a_result_for_each_cause_at_the_statement_where_the_client_stood() -> None:
    log = json.loads(as_sarif(naive()[1]))
    [run] = log["runs"]
    assert [each["ruleId"] for each in run["results"]] == ["sweep/hang-proven"] * 3
    first = run["results"][0]
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "naive.scp"},
        "region": {"startLine": 8, "startColumn": 3},
    }
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == first["ruleId"]
    assert len({json.dumps(each["partialFingerprints"]) for each in run["results"]}) == 3


def test_a_cause_without_a_place_in_a_file_is_in_sarif_too() -> None:
    result = made(case_result(1, finding(FindingClass.ORPHAN, None)), case_result(2, finding(FindingClass.ORPHAN)))
    results = json.loads(as_sarif(result))["runs"][0]["results"]
    assert [bool(each["locations"]) for each in results] == [False, True]


# The page


def test_the_page_has_every_case_with_what_came_of_it_and_its_scenario() -> None:
    sweep, result = naive()
    data = data_of(as_html(result, transcripts_of(sweep, result)))
    assert len(data["cases"]) == len(result.results)
    number = next(number for number, each in enumerate(result.results) if each.findings)
    assert data["cases"][number][0] == result.results[number].case.name
    assert loads(data["scenarios"][str(number)], name="case.yaml").model.line is not None
    assert [each["kind"] for each in data["causes"]] == ["hang, proven"] * 3


def test_the_page_has_the_dialogue_of_cases_with_findings_without_a_password() -> None:
    client = ChatClient(
        b"'' ATZ OK ATDT5551234 CONNECT \\c ervice? p sername: alice assword:-\\c wonderland PPP \\c", "bold.chat"
    )
    sweep = Sweep(load("login"), client, "stalls")
    result = run_sweep(sweep)
    page = as_html(result, transcripts_of(sweep, result))
    [first, *_] = data_of(page)["transcripts"].values()
    assert "ATDT5551234" in first
    assert "CONNECT" in first
    assert "**********" in page
    assert "wonderland" not in page


def test_nothing_that_comes_from_outside_can_end_the_pages_own_elements() -> None:
    hostile = case_result(1, finding(FindingClass.CRASH, Stand(HOSTILE, HOSTILE, 1, 1), HOSTILE), row=HOSTILE)
    hostile = replace(hostile, outcome=replace(hostile.outcome, reason=HOSTILE))
    result = made(hostile, scenario=HOSTILE, client=HOSTILE, recipe=(HOSTILE,))
    page = as_html(result, {hostile.case.name: HOSTILE})
    assert page.count("<script") == page.count("</script") == 2
    assert "\x1b" not in page
    assert "\x00" not in page
    assert data_of(page)["recipe"] == [HOSTILE]
    ET.fromstring(as_junit(result))
    json.loads(as_sarif(result))


def test_the_page_admits_its_own_style_and_program_alone_and_names_no_other_place() -> None:
    page = as_html(naive()[1])
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        [*_, text] = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        wanted = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{wanted}'" in policy[1]
    assert not re.search(r"https?://|\bfetch\(|XMLHttpRequest|<link|<img|src=", page)


def test_the_size_of_a_page_of_very_many_cases_is_bounded_and_findings_come_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(html, "_MOST_NAMED", 2000)
    plain = [case_result(number) for number in range(2900)]
    bad = [case_result(number, finding(FindingClass.HANG_PROVEN), row="noise") for number in range(500)]
    page = as_html(made(*plain, *bad), {each.case.name: "x" * 100_000 for each in bad})
    data = data_of(page)
    assert len(data["cases"]) == 2000
    assert sum(1 for each in data["cases"] if each[1] == Grade.HANG) == 500
    assert sum(cell[2] for _, cells in data["rows"] for cell in cells) == 3400
    assert len(page) < 4_000_000


def test_a_sweep_without_a_case_makes_every_report() -> None:
    result = made(dialogue=())
    assert data_of(as_html(result))["rows"] == []
    assert as_table(result).endswith("nothing found\n")
    assert ET.fromstring(as_junit(result)).attrib["tests"] == "0"
    assert json.loads(as_sarif(result))["runs"][0]["results"] == []


def test_the_command_writes_each_report_and_prints_the_table(tmp_path: Path) -> None:
    files = {name: tmp_path / f"sweep.{name}" for name in ("html", "junit", "sarif")}
    options = [word for name, file in files.items() for word in (f"--{name}", str(file))]
    script = str(bundled_folder() / "scripts" / "naive.scp")
    result = CliRunner().invoke(main, ["sweep", "login", "--script", script, "--jobs", "1", *options])
    assert result.exit_code == 1, result.output
    assert re.search(r"^3 causes found, in \d+ cases$", result.output, re.MULTILINE)
    page = files["html"].read_text()
    assert len(data_of(page)["transcripts"]) > 10
    assert "simisp run --replay sweep1-" in page
    assert "wonderland" not in page
    assert ET.parse(files["junit"]).getroot().attrib["failures"] == "1"
    assert len(json.loads(files["sarif"].read_text())["runs"][0]["results"]) == 3


def test_a_report_that_can_not_be_written_is_said_before_the_sweep(tmp_path: Path) -> None:
    script = str(bundled_folder() / "scripts" / "naive.scp")
    result = CliRunner().invoke(
        main, ["sweep", "login", "--script", script, "--html", str(tmp_path / "nowhere" / "a.html")]
    )
    assert result.exit_code == 2
    assert "the report can't be written" in result.output
