"""`simisp compare`: the same cases for several clients; and `simisp sweep merge`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simisp.cli import main
from simisp.scenario.load import bundled_folder, load
from simisp.sweep.merge import Shard
from simisp.sweep.scp_client import ScpClient
from simisp.sweep.sweep import Sweep, Way, run_sweep

NAIVE, REPAIRED = (str(bundled_folder() / "scripts" / f"{name}.scp") for name in ("naive", "repaired"))


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_two_scripts_are_shown_side_by_side_and_where_they_differ() -> None:
    result = call("compare", "login", "--script", NAIVE, "--script", REPAIRED, "--jobs", "1")
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert lines[0].startswith("login, plan stalls: ")
    assert "undisturbed exit status 0 exit status 0" in lines
    assert "where they differ:" in lines
    assert any(line.startswith("silence ") and "hang, proven wrong success" in line for line in lines)


def test_three_clients_of_three_kinds_have_a_column_each(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("title: x\nisp: {dialogue: [{send: Hi}]}\n")
    (tmp_path / "x.scp").write_text('proc main\n  waitfor "Hi"\nendproc\n')
    (tmp_path / "x.chat").write_text("TIMEOUT 9 '' ATDT1 CONNECT \\c Hi")
    pure = ["--script", str(tmp_path / "x.scp"), "--chat", str(tmp_path / "x.chat")]
    result = call("compare", str(tmp_path / "x.yaml"), *pure, "--jobs", "1", "--", "sh", "-c", "exit 7")
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "x, plan stalls: 43 cases, 3 clients" in lines
    assert "C sh -c 'exit 7'" in lines
    assert "undisturbed exit status 0 exit status 0 exit status 7" in lines
    assert any(line.startswith("silence ") and "hang, proven exit status 3 exit status 7" in line for line in lines)


def test_a_client_is_like_itself() -> None:
    result = call("compare", "login", "--script", NAIVE, "--script", NAIVE, "--jobs", "1", "--json")
    said = json.loads(result.stdout)
    assert result.exit_code == 0
    assert all(len(set(case["ends"])) == 1 for case in said["cases"])


def test_commands_are_separated_by_three_dashes(tmp_path: Path) -> None:
    scenario = tmp_path / "x.yaml"
    scenario.write_text("title: x\nmodem: {profile: none}\nisp: {dialogue: [{send: Hi}]}\n")
    commands = ["sh", "-c", "exit 3", "---", "sh", "-c", "exit 4"]
    result = call("compare", str(scenario), "--jobs", "1", "--", *commands)
    assert "undisturbed exit status 3 exit status 4" in " ".join(result.stdout.split())
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--script", NAIVE], "say what to compare: from two to 26 clients"),
        (["--", "cat", "---"], "there is no COMMAND beside one of the ---"),
        (["--", "cat", "---", "---", "cat"], "there is no COMMAND beside one of the ---"),
    ],
)
def test_a_comparison_with_less_than_two_clients_is_refused(words: list[str], complaint: str) -> None:
    result = call("compare", "login", *words)
    assert result.exit_code == 2
    assert complaint in result.stderr


@pytest.fixture
def shards(tmp_path: Path) -> list[str]:
    sweep = Sweep(load("login"), ScpClient(Path(NAIVE).read_bytes(), "naive.scp"), "stalls")
    paths = []
    for number in (1, 2, 3):
        path = tmp_path / f"{number}.json"
        path.write_text(run_sweep(sweep, way=Way(shard=Shard(number, 3))).to_json())
        paths.append(str(path))
    return paths


def test_the_shards_of_a_sweep_are_merged_to_the_whole(shards: list[str]) -> None:
    result = call("sweep", "merge", *shards)
    assert result.exit_code == 1
    assert "waitfor" in result.stdout
    assert not result.stderr


def test_a_merged_sweep_has_reports_and_a_baseline_like_one_that_was_played_whole(
    shards: list[str], tmp_path: Path
) -> None:
    baseline, junit = str(tmp_path / "known.json"), tmp_path / "sweep.xml"
    updated = call("sweep", "merge", *shards, "--baseline", baseline, "--update-baseline", "--junit", str(junit))
    assert updated.exit_code == 0
    assert "hang, proven" in junit.read_text()
    known = call("sweep", "merge", *shards, "--baseline", baseline)
    assert (known.exit_code, known.stderr) == (0, "0 new, 3 known, 0 gone\n")
    part = call("sweep", "merge", shards[0], "--baseline", baseline)
    assert part.exit_code == 2
    assert "gone:" not in part.stderr, "what is missing may be there"
    assert call("sweep", "merge", shards[0], "--baseline", baseline, "--update-baseline").exit_code == 2
    assert call("sweep", "merge", *shards, "--baseline", baseline).exit_code == 0, "a part has not become the baseline"


def test_a_shard_that_is_missing_is_said_and_the_others_are_shown(shards: list[str]) -> None:
    result = call("sweep", "merge", "--json", shards[0], shards[2])
    assert result.exit_code == 2
    assert result.stderr == "simisp: not the whole sweep: shard 2/3 is missing\n"
    assert json.loads(result.stdout)["groups"]


@pytest.mark.parametrize(("text", "complaint"), [("{}", "not a result of a sweep"), (None, "No such file")])
def test_what_is_no_result_is_refused_by_name(
    shards: list[str], tmp_path: Path, text: str | None, complaint: str
) -> None:
    other = tmp_path / "other.json"
    if text is not None:
        other.write_text(text)
    result = call("sweep", "merge", shards[0], str(other))
    assert result.exit_code == 2
    assert complaint in result.stderr
    assert "other.json" in result.stderr
