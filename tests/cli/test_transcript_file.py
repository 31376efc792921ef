"""`simisp run --transcript -`: the records on standard output, all else on standard error."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from simisp.transcript import read
from support.ready_simisp import ready_simisp

SIMISP = [sys.executable, "-m", "simisp"]
OPEN_AND_SAY = ["sh", "-c", 'echo said by the client; exec 3<>"$1"', "sh", "{port}"]


def simisp(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return ready_simisp(*arguments, cwd=folder)


def records(text: str) -> list[str]:
    return [record.fact.kind for record in read(text.splitlines(keepends=True)).records]


def test_a_dash_is_standard_output_and_nothing_but_records_goes_there(tmp_path: Path) -> None:
    result = simisp("run", "hang", "--transcript", "-", "--", *OPEN_AND_SAY, folder=tmp_path)
    assert {"opened", "closed", "verdict"} <= set(records(result.stdout))
    assert "said by the client" in result.stderr
    assert "port opened" in result.stderr
    assert "\nfailed: the port came free, but " in result.stderr
    assert "no call was ever dialled" in result.stderr
    assert (result.returncode, list(tmp_path.iterdir())) == (1, [])


def test_a_verdict_in_json_goes_to_standard_error_beside_a_transcript_on_standard_output(tmp_path: Path) -> None:
    result = simisp("run", "hang", "--quiet", "--json", "--transcript", "-", "--", "true", "{port}", folder=tmp_path)
    assert records(result.stdout)[-1] == "verdict"
    assert json.loads(result.stderr)["verdict"] == "failed"


def test_without_a_command_the_port_is_printed_on_standard_error_then(tmp_path: Path) -> None:
    link = tmp_path / "modem"
    result = simisp(
        "run", "hang", "--quiet", "--transcript", "-", "--for", "0.1s", "--link", str(link), folder=tmp_path
    )
    assert "run began" in records(result.stdout)
    assert result.stderr.splitlines()[0] == str(link)


def test_a_story_writes_its_records_to_standard_output_too(tmp_path: Path) -> None:
    result = simisp("run", "kb175410", "--quiet", "--transcript", "-", folder=tmp_path)
    assert "dial ended" in records(result.stdout)
    assert "messages delivered" in result.stderr


def test_a_reader_that_ends_early_ends_the_transcript_and_not_the_run() -> None:
    command = [*SIMISP, "run", "hang", "--quiet", "--allow-unopened", "--transcript", "-", "--", "true"]
    done = subprocess.run(
        ["sh", "-c", '"$@" | true', "sh", *command],
        stderr=subprocess.PIPE, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "released: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_closed_standard_output_or_error_is_said_or_survived(tmp_path: Path) -> None:
    command = [*SIMISP, "run", "hang", "--quiet", "--allow-unopened", "--transcript", "-", "--", "true"]
    closed = {}
    for stream in ("1", "2"):
        closed[stream] = subprocess.run(
            ["sh", "-c", f'exec "$@" {stream}>&-', "sh", *command],
            capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60,
        )  # fmt: skip
    assert (closed["1"].returncode, "the transcript can't be written" in closed["1"].stderr) == (2, True)
    assert closed["2"].returncode == 0
    assert records(closed["2"].stdout)[-1] == "verdict"
