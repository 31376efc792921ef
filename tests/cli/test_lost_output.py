"""Output that goes nowhere: a full disk, a reader that has gone, a closed terminal. The status is said all the same."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from simisp.facts.port import PortOpened
from simisp.report.json_lines import JsonLines
from simisp.scenario.heading import heading
from simisp.scenario.load import load
from simisp.transcript import Transcript

SIMISP = [sys.executable, "-m", "simisp"]
CALLS = [
    ["run", "hang", "--quiet", "--", "true"],
    ["run", "hang", "--json", "--", "true"],
    ["list"],
    ["explain", "hang"],
    ["schema"],
    ["check", "no-such-file.yaml"],
    ["--help"],
    ["run", "--help"],
    ["--version"],
]


@pytest.mark.parametrize("arguments", CALLS, ids=" ".join)
def test_where_neither_output_nor_error_can_be_written_the_status_is_not_that_of_a_verdict(
    arguments: list[str],
) -> None:
    with Path("/dev/full").open("wb") as full:
        assert subprocess.run([*SIMISP, *arguments], stdout=full, stderr=full, check=False).returncode == 2


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]], ids=" ".join)
def test_help_that_cannot_be_written_is_told_in_one_line(arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run([*SIMISP, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 2
    assert result.stderr.startswith("simisp: ")
    assert result.stderr.count("\n") == 1


@pytest.fixture
def unfinished(tmp_path: Path) -> str:
    """A transcript of a run that was killed: a dialogue, and no verdict after it."""
    transcript = Transcript()
    transcript.note(0.0, PortOpened(1))
    file = tmp_path / "run.jsonl"
    with contextlib.closing(JsonLines(file)) as lines:
        lines.begin(heading(load("hang"), clock="virtual"))
        for record in transcript:
            lines(record)
    return str(file)


def test_a_report_that_cannot_be_written_is_told(unfinished: str) -> None:
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [*SIMISP, "report", unfinished], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (result.returncode, result.stderr) == (2, "simisp: No space left on device\n")


def test_whoever_reads_no_further_of_a_report_is_told_by_the_status_of_sigpipe(unfinished: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run([*SIMISP, "report", unfinished], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (result.returncode, result.stderr) == (128 + signal.SIGPIPE, b"")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"], ["run", "--help"], ["--version"],
        ["run", "hang", "--quiet", "--", "true"], ["list"], ["explain", "hang"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_whoever_reads_no_further_is_told_by_the_status_of_sigpipe(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run([*SIMISP, *arguments], stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (result.returncode, result.stderr) == (128 + signal.SIGPIPE, "")


@pytest.mark.parametrize("options", [[], ["--quiet"], ["--json"]], ids=" ".join)
def test_a_run_whose_terminal_is_closed_ends_with_the_status_of_sighup(options: list[str], tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    os.mkfifo(ready)
    client = ["sh", "-c", 'echo >"$0"; exec sleep 600', str(ready)]
    pid, terminal = pty.fork()
    if not pid:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # a test run under nohup has it ignored
        os.execv(sys.executable, [*SIMISP, "run", "hang", *options, "--link", str(tmp_path / "m"), "--", *client])
    ready.read_bytes()
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 128 + signal.SIGHUP


@pytest.mark.parametrize("option", ["--transcript", "--pcap", "--html", "--svg", "--asciicast", "--junit"])
@pytest.mark.parametrize("end", [["--allow-unopened", "--", "true"], ["--", "true"], ["--for", "0.1s"]], ids=" ".join)
def test_a_file_of_a_run_that_is_not_complete_gives_2_whatever_the_verdict(option: str, end: list[str]) -> None:
    done = subprocess.run(
        [*SIMISP, "run", "hang", "--quiet", option, "/dev/full", *end], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("not complete (No space left on device): /dev/full")) == (2, 1)


@pytest.mark.parametrize(
    "arguments", [["kb175410"], ["login", "--script", "x.scp"]], ids=["a story", "a script in pure time"]
)
def test_a_transcript_in_pure_time_that_is_not_complete_gives_2_beside_the_outcome(
    arguments: list[str], tmp_path: Path
) -> None:
    (tmp_path / "x.scp").write_text("proc main\nendproc\n")
    done = subprocess.run(
        [*SIMISP, "run", *arguments, "--quiet", "--transcript", "/dev/full"],
        capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, "the transcript is not complete" in done.stderr) == (2, True)
    assert "reached" in done.stdout
