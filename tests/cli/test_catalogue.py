"""`simisp check`, `list`, `explain`, `schema` and `completion`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simisp.cli import main


def simisp(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), prog_name="simisp")


def test_check_takes_a_bundled_scenario_by_name() -> None:
    result = simisp("check", "login.yaml", "hang")
    assert result.exit_code == 0
    assert result.output.count(": right: ") == 2


def test_check_tells_the_mistakes_of_every_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("title: x\nipq: 1\n")
    result = simisp("check", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"))
    assert result.exit_code == 2
    assert "a.yaml:2:1: error: unknown key 'ipq'" in result.output
    assert "b.yaml:2:1: error: unknown key 'ipq'" in result.output


def test_list_shows_each_bundled_scenario_with_its_title() -> None:
    result = simisp("list")
    assert result.exit_code == 0
    assert any(line.split()[0] == "hang.yaml" for line in result.output.splitlines())


def test_list_takes_words_that_narrow_it_down() -> None:
    assert [line.split()[0] for line in simisp("list", "isp", "PASSWORD").output.splitlines()] == [
        "silent-after-password.yaml", "wrong-password.yaml",
    ]  # fmt: skip


def test_list_public_searches_program_symptom_thread_and_title_in_80_columns() -> None:
    whole = simisp("list", "--public").output
    assert max(map(len, whole.splitlines())) < 80
    for words in (
        ["TinyGSM", "503"],
        ["urc-like"],
        ["ONE VALUE LESS"],
        ["taken for", "atat#223"],
        ["freertos/FreeRTOS-Cellular"],
    ):
        result = simisp("list", "--public", *words)
        assert result.exit_code == 0
        assert [line.split()[0] for line in result.output.splitlines() if line[0] != " "] == ["urc-like-answer.yaml"]
    assert "vshymanskyy/TinyGSM#503" in whole


def test_list_as_json_has_all_that_is_known_of_a_report() -> None:
    (entry,) = json.loads(simisp("list", "--public", "--json", "piksi").output)
    assert entry["name"] == "no-carrier-to-d2.yaml"
    assert entry["threads"] == ["swift-nav/piksi_buildroot#510"]
    assert Path(entry["path"]).is_file()
    assert "the chat script ended" in entry["symptom"]
    assert {"name", "title", "path"} == set(json.loads(simisp("list", "--json").output)[0])


def test_list_says_where_else_to_look_if_nothing_has_the_words() -> None:
    result = simisp("list", "zephyr")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "try: simisp list --public zephyr" in result.stderr
    for options in ([], ["--public"]):
        assert "(try: " not in simisp("list", *options, "nosuchword").stderr
    assert json.loads(simisp("list", "--public", "--json", "no such word").stdout) == []


def test_a_public_scenario_is_found_by_its_name() -> None:
    assert simisp("check", "urc-as-value").exit_code == 0
    result = simisp("check", "urc-as-valeu")
    assert "did you mean the bundled 'urc-as-value'?" in result.output


def test_explain_gives_words_and_a_diagram() -> None:
    result = simisp("explain", "hang")
    assert result.exit_code == 0
    assert "stateDiagram-v2" in result.output
    assert "Username:" in result.output
    assert "stateDiagram-v2" in simisp("explain", "--diagram", "hang").output.splitlines()[0]


def test_schema_is_json() -> None:
    result = simisp("schema")
    assert result.exit_code == 0
    assert "isp" in json.loads(result.output)["properties"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_each_shell(shell: str) -> None:
    result = simisp("completion", shell)
    assert result.exit_code == 0
    assert "_SIMISP_COMPLETE" in result.output


def test_completion_offers_the_bundled_scenarios() -> None:
    environment = {"_SIMISP_COMPLETE": "bash_complete", "COMP_WORDS": "simisp run ha", "COMP_CWORD": "2"}
    result = CliRunner().invoke(main, [], prog_name="simisp", env=environment)
    assert "plain,hang.yaml" in result.output


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash completes")
def test_bash_completes_commands_options_and_values() -> None:
    script = """
    eval "$(simisp completion bash)"
    compopt() { :; }
    for line in "simisp swe" "simisp list --pub" "simisp run hang --clock vir"; do
        COMP_WORDS=($line); COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 )); COMPREPLY=()
        _simisp_completion simisp; echo "${COMPREPLY[@]}"
    done
    """
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    run = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=False, env={**os.environ, "PATH": path}
    )
    assert run.stdout.split() == ["sweep", "--public", "virtual"], run.stderr


def test_a_scenario_that_is_not_named_says_where_to_find_one() -> None:
    result = simisp("run")
    assert result.exit_code == 2
    assert "simisp list shows them" in result.output


def test_completion_offers_those_of_public_reports_once_a_letter_is_typed() -> None:
    for typed, offered in (("sil", True), ("", False)):
        environment = {"_SIMISP_COMPLETE": "bash_complete", "COMP_WORDS": f"simisp run {typed}", "COMP_CWORD": "2"}
        result = CliRunner().invoke(main, [], prog_name="simisp", env=environment)
        assert ("plain,silent-to-probe.yaml" in result.output) is offered


def test_help_shows_every_command() -> None:
    result = simisp("--help")
    assert result.exit_code == 0
    for command in ("run", "check", "list", "explain", "schema", "script", "dial", "mail", "demo", "completion"):
        assert f"  {command} " in result.output
