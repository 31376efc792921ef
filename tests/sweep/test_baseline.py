"""The command line of the sweep: exit statuses, baselines, reports, and what is wrong with a call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simisp.cli import main
from simisp.errors import FileError
from sweep.scripts import CAREFUL, SCRIPTS, UNTESTED

NAIVE = str(SCRIPTS / "naive.scp")


def sweep(*words: str, scenario: str = "login") -> Result:
    return CliRunner().invoke(main, ["sweep", scenario, "--jobs", "1", *words])


def test_findings_are_exit_status_1_and_nothing_found_is_0(tmp_path: Path) -> None:
    (tmp_path / "careful.scp").write_text(CAREFUL)
    found, nothing = sweep("--script", NAIVE), sweep("--script", str(tmp_path / "careful.scp"))
    assert found.exit_code == 1
    assert "3 causes found" in found.output
    assert "again: simisp run --replay sweep1-" in found.output
    assert nothing.exit_code == 0
    assert "nothing found" in nothing.output


def test_only_what_a_baseline_does_not_have_counts_and_what_is_gone_is_told(tmp_path: Path) -> None:
    script, baseline = tmp_path / "own.scp", str(tmp_path / "sweep.json")
    script.write_text((SCRIPTS / "naive.scp").read_text())
    call = ("--script", str(script), "--baseline", baseline)
    updated = sweep(*call, "--update-baseline")
    assert updated.exit_code == 0
    assert "wonderland" not in Path(baseline).read_text()
    # A line above moves every statement, and changes none.
    script.write_text("; a comment\n" + script.read_text().replace('waitfor "assword:"', 'waitfor "assword:" until 9'))
    known = sweep(*call)
    assert known.exit_code == 1
    assert "new: secret astray at" in known.output
    assert "gone: hang, proven at" in known.output
    assert "new, 2 known, 1 gone" in known.output
    assert sweep(*call, "--update-baseline").exit_code == sweep(*call).exit_code == 0


def test_a_baseline_of_something_else_is_refused(tmp_path: Path) -> None:
    baseline = str(tmp_path / "sweep.json")
    sweep("--script", NAIVE, "--baseline", baseline, "--update-baseline")
    other = sweep("--script", NAIVE, "--baseline", baseline, scenario="menu")
    assert other.exit_code == 2
    assert "a baseline of another scenario: of login" in other.output
    assert "found" not in other.output, "it is refused before the first case"
    Path(baseline).write_text("{}")
    assert "not a result of a sweep" in sweep("--script", NAIVE, "--baseline", baseline).output
    assert "can't be read (No such file" in sweep("--script", NAIVE, "--baseline", baseline + "x").output


def test_a_sweep_that_is_resumed_plays_only_what_is_missing(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    sweep("--script", NAIVE, "--shard", "1/2", "--resume", str(kept))
    assert len(json.loads(kept.read_text())["results"]) == 50
    assert sweep("--script", NAIVE, "--resume", str(kept)).exit_code == 1
    assert len(json.loads(kept.read_text())["results"]) == 100
    assert "the result of another sweep" in sweep("--script", NAIVE, "--plan", "random", "--resume", str(kept)).output


def test_ctrl_c_keeps_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    from simisp.sweep.play import PurePlayer

    play, played = PurePlayer.play, []

    def interrupted(self: PurePlayer, case: object) -> object:
        played.append(case)
        if len(played) == 70:
            raise KeyboardInterrupt
        return play(self, case)  # type: ignore[arg-type]

    monkeypatch.setattr(PurePlayer, "play", interrupted)
    result = sweep("--script", NAIVE)
    assert result.exit_code == 130
    assert "69 of 100 cases" in result.output
    assert "hang, proven" in result.output


def test_a_part_of_the_cases_is_no_baseline(tmp_path: Path) -> None:
    part = tmp_path / "part.json"
    part.write_text(sweep("--script", NAIVE, "--shard", "1/4", "--quiet", "--json").output)
    result = sweep("--script", NAIVE, "--baseline", str(part))
    assert result.exit_code == 2
    assert "a baseline is of all cases, and this has shard 1/4 alone" in result.output


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ([], "say what to play"),
        (["--script", NAIVE, "--chat", NAIVE], "a sweep plays one client, and simisp compare several"),
        (["--script", NAIVE, "--update-baseline"], "--update-baseline is for --baseline"),
        (["--script", NAIVE, "--shard", "3/2"], "'3/2' is not a shard"),
        (["--script", NAIVE, "--plan", "process"], "it needs a COMMAND"),
        (["--script", NAIVE, "--runs", "7"], "--runs is for --plan random"),
        (["--script", NAIVE, "--clock", "real"], "--clock is for a COMMAND: a script is played in pure time"),
        (["--dial", "5551234", "--", "cat"], "--dial is for --script and --chat"),
        (["--", "no-such-dialler"], "the command can't be started: no-such-dialler: No such file or directory"),
        (
            ["--clock", "real", "--give-up", "90s", "--", "cat"],
            "--give-up 90s would never come: in real time a case is over after 60s (--timeout)",
        ),
        (["--script", NAIVE, "--resume", "/nowhere/r.json"], "there is no such folder: /nowhere (r.json is to be"),
        (
            ["--script", NAIVE, "--baseline", "/nowhere/b.json", "--update-baseline"],
            "there is no such folder: /nowhere",
        ),
        (["--script", "/nowhere.scp"], "the script can't be read (No such file or directory)"),
        (["--script", str(SCRIPTS.parent / "login.yaml")], "this is not a dial-up script but a scenario"),
    ],
)
def test_what_is_wrong_with_a_call_is_said(words: list[str], complaint: str) -> None:
    result = sweep(*words)
    assert result.exit_code == 2
    assert complaint in result.output


def test_a_full_disk_under_out_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    (tmp_path / "own.scp").write_text(UNTESTED)
    result = sweep("--script", str(tmp_path / "own.scp"), "--out", str(tmp_path / "found"))
    assert result.exit_code == 2
    assert "it can't be written (No space left on device)" in result.output
    assert "again: simisp run --replay sweep1-" in result.output, "what was found is shown all the same"
    assert list((tmp_path / "found").iterdir()) == []


def test_a_full_disk_under_a_report_is_said_and_the_other_reports_are_written(tmp_path: Path) -> None:
    result = sweep("--script", NAIVE, "--html", "/dev/full", "--junit", str(tmp_path / "sweep.xml"))
    assert result.exit_code == 2
    assert "the report can't be written (No space left on device): /dev/full" in result.output
    assert "3 causes found" in result.output
    assert (tmp_path / "sweep.xml").read_text().endswith("</testsuites>\n")


def test_a_machine_that_can_go_on_no_more_keeps_what_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from simisp.sweep.play import PurePlayer

    play, played = PurePlayer.play, []

    def fails(self: PurePlayer, case: object) -> object:
        played.append(case)
        if len(played) == 70:
            raise FileError("less than 16 MiB are left for temporary files: the sweep ends here", path="/tmp")
        return play(self, case)  # type: ignore[arg-type]

    monkeypatch.setattr(PurePlayer, "play", fails)
    kept = tmp_path / "kept.json"
    result = sweep("--script", NAIVE, "--resume", str(kept))
    assert result.exit_code == 2
    assert "69 of 100 cases" in result.output
    assert "incomplete, 3 causes found" in result.output
    assert "less than 16 MiB are left for temporary files: the sweep ends here: /tmp" in result.output
    assert len(json.loads(kept.read_text())["results"]) == 69


def test_a_client_that_does_not_even_succeed_undisturbed_is_told() -> None:
    result = sweep("--script", NAIVE, scenario="busy")
    assert "with no fault at all the client does not succeed (exit status 6)" in result.output
    assert "does not succeed" not in sweep("--script", NAIVE).output


def test_a_client_that_never_uses_the_line_has_not_been_tested(tmp_path: Path) -> None:
    (tmp_path / "idle.scp").write_text("proc main\nendproc\n")
    result = sweep("--script", str(tmp_path / "idle.scp"), "--dial", "")
    assert result.exit_code == 2
    assert "nothing was tried" in result.output
