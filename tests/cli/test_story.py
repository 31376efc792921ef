"""`simisp run kb175410.yaml`: the article's whole story out of one file."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from simisp.scenario.load import bundled_folder
from support.ready_simisp import ready_simisp


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return ready_simisp("run", *arguments)


def test_the_story_is_played_whole_and_is_the_same_each_time(tmp_path: Path) -> None:
    transcripts = [tmp_path / "first.jsonl", tmp_path / "second.jsonl"]
    shown = [run("kb175410", "--clock", "virtual", "--transcript", str(path)) for path in transcripts]
    assert [done.returncode for done in shown] == [0, 0], shown[0].stderr
    assert shown[0].stdout == shown[1].stdout
    assert transcripts[0].read_bytes() == transcripts[1].read_bytes()
    story = shown[0].stdout
    for told in (
        "isp      falls silent",
        "is left running",
        "4106 MSExchangeIMC: The dial-up connection 'OzEmail' could not be made. The error reported was: [633]",
        "the mail service is restarted",
        "the port is released",
        "the script scripts/naive.scp is replaced",
    ):
        assert told in story
    assert story.endswith("2 messages delivered; 8 dials refused with error 633\n")
    assert "wonderland" not in story


def test_with_a_command_the_same_scenario_is_only_the_isp() -> None:
    done = run("kb175410", "--quiet", "--", "true", "{port}")
    assert done.returncode == 1
    assert done.stdout.startswith("failed: the port was never opened; 'the ISP stops responding' was not reached")


@pytest.mark.parametrize("option", [["--clock", "virtual"], ["--scale", "10"]])
def test_what_only_a_story_or_a_command_has_is_refused_elsewhere(option: list[str]) -> None:
    done = run("hang", *option)
    assert done.returncode == 2
    assert "COMMAND" in done.stderr or "--scale is for a scenario with a story" in done.stderr


def test_check_looks_into_the_story_too(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("title: A story\ndialling:\n  entry: Nowhere\n  schedlue: {every: 15m}\n")
    done = ready_simisp("check", str(wrong))
    assert done.returncode == 2
    assert "wrong.yaml:4:3: error: unknown key 'schedlue'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_story_is_judged_by_what_its_scenario_expects(tmp_path: Path) -> None:
    text = (bundled_folder() / "kb175410.yaml").read_text()
    (tmp_path / "scripts").symlink_to(bundled_folder() / "scripts")
    held = tmp_path / "held.yaml"
    held.write_text(text.replace("expect:\n", "expect:\n  - port released within: 120s\n"))
    done = run(str(held), "--quiet")
    assert done.returncode == 1
    assert "failed: the port was released only after " in done.stdout
    done = run("kb175410", "--quiet")
    assert done.returncode == 0
    assert "every expectation held\n  held: reached the ISP stops responding\n" in done.stdout
