"""A scenario from standard input, and ``-`` where a file to write is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simisp.cli import main

_SCENARIO = """\
title: From a pipe
isp:
  dialogue:
    - prompt: "Name:"
    - silence
"""
_CHAT = "'' ATZ OK ATDT5551234 TIMEOUT 20 CONNECT '' ame: alice word: x\n"


def simisp(*arguments: str, text: str = _SCENARIO) -> Result:
    return CliRunner().invoke(main, list(arguments), input=text, prog_name="simisp")


@pytest.fixture
def chat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A script of chat in a folder of its own, with a file that is called ``-``."""
    monkeypatch.chdir(tmp_path)
    Path("-").write_text("title: not this one\n")
    Path("login.chat").write_text(_CHAT)
    return "login.chat"


def test_a_scenario_from_standard_input_is_explained(chat: str) -> None:
    result = simisp("explain", "-")
    assert result.exit_code == 0
    assert "From a pipe" in result.output


def test_a_scenario_from_standard_input_is_played(chat: str) -> None:
    result = simisp("run", "-", "--chat", chat)
    assert result.exit_code == 0, result.output
    assert "<--  Name:" in result.output


def test_a_scenario_from_standard_input_is_swept(chat: str) -> None:
    result = simisp("sweep", "-", "--chat", chat, "--jobs", "1", "--quiet")
    assert result.exit_code in (0, 1), result.output
    assert "no such file" not in result.output


def test_a_case_of_a_swept_standard_input_is_replayed_from_there(chat: str) -> None:
    Path(chat).write_text("'' ATZ OK ATDT5551234 TIMEOUT 9999999 CONNECT '' ame: alice\n")
    swept = simisp("sweep", "-", "--chat", chat, "--jobs", "1", "--quiet", "--plan", "standard")
    token = next(word for word in swept.output.split() if word.startswith("sweep1-"))
    assert "the scenario came from standard input" in simisp("run", "--replay", token).output
    again = simisp("run", "-", "--replay", token)
    assert again.exit_code in (1, 3), again.output
    assert "did not hold" in again.output or "hang" in again.output


def test_a_mistake_in_standard_input_has_its_place(chat: str) -> None:
    result = simisp("run", "-", "--chat", chat, text="title: x\nipq: 1\n")
    assert result.exit_code == 2
    assert "<stdin>:2:1: error: unknown key 'ipq'" in result.output


def test_a_line_on_standard_input_leaves_none_for_the_scenario() -> None:
    result = simisp("run", "-", "--endpoint", "stdio")
    assert result.exit_code == 2
    assert "needs the standard input from which - reads the scenario" in result.output


def test_a_story_from_standard_input_is_refused() -> None:
    kb = Path(__file__).parents[2] / "scenarios" / "kb175410.yaml"
    result = simisp("run", "-", text=kb.read_text())
    assert result.exit_code == 2
    assert "a story is played from a file" in result.output


@pytest.mark.parametrize("option", ["--html", "--svg", "--asciicast", "--junit", "--pcap"])
def test_what_cannot_go_to_standard_output_writes_no_file_of_that_name(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = simisp("run", "hang", "--for", "0", option, "-")
    assert result.exit_code == 2
    assert "this can't go to standard output" in result.output
    assert list(tmp_path.iterdir()) == []
