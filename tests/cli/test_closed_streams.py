"""Standard input, output or error that is closed: no file that is opened later takes its number, and nothing is odd."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from simisp.endpoints.pty import PtyEndpoint
from simisp.facts.line import Octets
from simisp.facts.sources import Source
from simisp.transcript import read

SIMISP = [sys.executable, "-m", "simisp"]
OPENS_AND_WARNS = """
import os, sys
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
for number in (1, 2):
    try:
        os.write(number, b"a warning")
    except OSError:
        pass
os.write(port, b"A")
"""


@pytest.fixture(autouse=True)
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.scp").write_text("proc main\nendproc\n")


def closing(redirection: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = f'exec "$@" {redirection}'
    return subprocess.run(
        ["sh", "-c", command, "sh", *SIMISP, *arguments],
        input="", capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("redirection", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_command_that_inherits_closed_streams_never_gets_the_port_as_one_of_them(
    redirection: str, tmp_path: Path
) -> None:
    transcript = tmp_path / "t.jsonl"
    options = ["--quiet", "--allow-unopened", "--transcript", str(transcript)]
    closing(redirection, "run", "hang", *options, "--", sys.executable, "-c", OPENS_AND_WARNS, "{port}")
    with transcript.open(encoding="utf-8") as lines:
        records = read(lines).records
    sent = [
        record.fact.data for record in records if isinstance(record.fact, Octets) and record.source is Source.CLIENT
    ]
    assert b"".join(sent).strip(b"A") == b""  # the modem and the port echo one another's
    assert sent


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "-"],
        ["script", "lint", "-"],
        ["script", "fmt", "-"],
        ["report", "-"],
        ["decode", "-"],
        ["scenario", "from", "-"],
        ["run", "-"],
        ["script", "run", "x.scp", "--port", "/dev/null", "--password-stdin"],
    ],
    ids=" ".join,
)
def test_standard_input_that_is_closed_is_said_in_one_line(arguments: list[str]) -> None:
    result = closing("<&-", *arguments)
    assert result.returncode == 2
    assert "bad file descriptor" in result.stderr.lower()
    assert "Errno" not in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("redirection", ["<&-", ">&-", "<&- >&-"])
def test_a_line_on_closed_streams_is_refused(redirection: str) -> None:
    result = closing(redirection, "run", "login", "--endpoint", "stdio")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert result.stderr.startswith("simisp: standard input and output can't be the line: stdio (they must be pipes")


def test_a_line_on_standard_input_and_output_needs_no_standard_error() -> None:
    result = closing("2>&-", "run", "login", "--endpoint", "stdio")
    assert (result.returncode, result.stdout) == (1, "")  # nobody has logged in


@pytest.mark.parametrize("redirection", [">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["report", "run.jsonl"], 0),
        (["sweep", "merge", "shard.json"], 0),
        (["sweep", "merge", "shard.json", "--json"], 0),
        (["run", "kb175410"], 0),
        (["run", "login", "--script", "x.scp"], 1),
        (["script", "run", "wrong.scp", "--port", "PORT", "--trace", "--no-lock"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_output_that_nobody_wants_is_not_missed(
    redirection: str, arguments: list[str], status: int, tmp_path: Path
) -> None:
    (tmp_path / "wrong.scp").write_text("proc main\ninteger x\nx = 1 / 0\nendproc\n")
    assert closing("", "run", "login", "--script", "x.scp", "--transcript", "run.jsonl").returncode == 1
    (tmp_path / "shard.json").write_text(closing("", "sweep", "login", "--script", "x.scp", "--json").stdout)
    with contextlib.closing(PtyEndpoint(tmp_path / "port")) if "PORT" in arguments else contextlib.nullcontext():
        words = [str(tmp_path / "port") if word == "PORT" else word for word in arguments]
        result = closing(redirection, *words)
    assert (result.returncode, "Traceback" in result.stdout + result.stderr) == (status, False)


def test_a_password_that_cannot_be_read_says_the_systems_reason_in_words(tmp_path: Path) -> None:
    result = closing("", "script", "run", "x.scp", "--port", "/dev/null", "--password-file", str(tmp_path))
    assert result.stderr == f"simisp: the password can't be read (Is a directory): {tmp_path}\n"
