"""`simisp report`, and the pictures that `simisp run` makes."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from simisp.cli import main
from simisp.transcript.json_lines import header_line, record_line
from support.pictured_runs import HEADER, hang


def simisp(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def transcript(folder: Path) -> str:
    file = folder / "run.jsonl"
    file.write_text("\n".join([header_line(HEADER), *map(record_line, hang())]) + "\n", encoding="utf-8")
    return str(file)


def test_a_report_without_an_option_prints_the_dialogue_and_what_the_run_came_to(tmp_path: Path) -> None:
    result = simisp("report", transcript(tmp_path))
    assert result.exit_code == 0
    assert "1.000  <--  CONNECT 33600" in result.output
    assert "hang: the command still holds the port" in result.output
    assert "  pid 7 waits in read(0) since 1.200 s, until 3001.200 s" in result.output
    assert "swordfish" not in result.output


def test_secrets_are_shown_where_that_is_asked_for(tmp_path: Path) -> None:
    assert "swordfish" in simisp("report", transcript(tmp_path), "--show-secrets").output
    page = tmp_path / "out.html"
    simisp("report", transcript(tmp_path), "--show-secrets", "--html", str(page))
    assert "swordfish\\r" in page.read_text(encoding="utf-8")


def test_what_is_no_transcript_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("no transcript\n")
    result = simisp("report", str(file), "--html", str(tmp_path / "out.html"))
    assert (result.exit_code, (tmp_path / "out.html").exists()) == (2, False)
    assert "line 1 of the transcript: not JSON" in result.output
    assert "can't be read (No such file or directory)" in simisp("report", str(tmp_path / "none")).output


def test_a_scenario_in_place_of_a_transcript_is_called_one(tmp_path: Path) -> None:
    scenario = tmp_path / "login.yaml"
    scenario.write_text("title: x\nisp: {dialogue: [hang up]}\n")
    for command, wanted in (("report", "a transcript"), ("decode", "a transcript or a capture")):
        result = CliRunner().invoke(main, [command, str(scenario)])
        assert result.exit_code == 2
        assert f"this is a scenario, and {wanted} is wanted" in result.output
        assert f"simisp run {scenario} --transcript FILE writes a transcript" in result.output


def test_a_story_is_drawn_too(tmp_path: Path) -> None:
    page, drawing, junit = (tmp_path / name for name in ("a.html", "a.svg", "a.xml"))
    result = simisp("run", "kb175410", "--quiet", "--html", str(page), "--svg", str(drawing), "--junit", str(junit))
    assert result.exit_code == 0
    data = json.loads(page.read_text(encoding="utf-8").partition('id="run">')[2].partition("</script>")[0])
    assert [lane["kind"] for lane in data["lanes"]] == [
        "script",
        "client",
        "modem",
        "ISP",
        "PPP",
        "circuits",
        "port",
        "run",
    ]
    assert any("left running, waits for" in span[4] for span in data["spans"])
    assert "left running" in drawing.read_text(encoding="utf-8")
    assert 'tests="2" errors="0" failures="0"' in junit.read_text(encoding="utf-8")


def test_a_run_with_a_command_leaves_its_page_whatever_it_came_to(tmp_path: Path) -> None:
    page, junit = tmp_path / "a.html", tmp_path / "a.xml"
    result = simisp("run", "hang", "--quiet", "--html", str(page), "--junit", str(junit), "--", "true", "{port}")
    assert result.exit_code == 1
    assert 'class="badge failed">failed</span>' in page.read_text(encoding="utf-8")
    assert 'failures="2"' in junit.read_text(encoding="utf-8")


def test_a_page_that_can_not_be_written_is_reported_before_anything_is_run(tmp_path: Path) -> None:
    witness = tmp_path / "ran"
    result = simisp("run", "hang", "--html", str(tmp_path / "none" / "a.html"), "--", "touch", str(witness))
    assert (result.exit_code, witness.exists()) == (2, False)
    assert "the page can't be written (No such file or directory)" in result.output
