"""`simisp check`, `list`, `explain`, `schema` and `completion`."""

from __future__ import annotations

import json
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


def test_help_shows_every_command() -> None:
    result = simisp("--help")
    assert result.exit_code == 0
    for command in ("run", "check", "list", "explain", "schema", "script", "dial", "mail", "demo", "completion"):
        assert f"  {command} " in result.output
