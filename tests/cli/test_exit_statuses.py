"""Statuses 1 and 3 are said by verdicts alone."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import simisp
from simisp.cli import main


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (RuntimeError("a fault of simisp's own"), 70),
        (RecursionError(), 70),
        (click.Abort(), 130),
        (click.UsageError("a wrong call"), 2),
        (PermissionError(13, "Permission denied"), 2),
    ],
)
def test_what_goes_wrong_is_never_taken_for_a_verdict(
    raised: Exception, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command()
    def failing() -> None:
        raise raised

    monkeypatch.setattr(main, "get_command", lambda *_: failing)
    assert CliRunner().invoke(main, ["failing"]).exit_code == status


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (FileNotFoundError(2, "No such file or directory", "a"), "simisp: No such file or directory: a\n"),
        (FileExistsError(17, "File exists", "a", None, "b"), "simisp: File exists: a and b\n"),
        (PermissionError(13, "Permission denied"), "simisp: Permission denied\n"),
        (OSError("it is gone"), "simisp: it is gone\n"),
    ],
)
def test_what_the_system_refuses_is_said_in_words_without_its_number(
    raised: OSError, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command()
    def failing() -> None:
        raise raised

    monkeypatch.setattr(main, "get_command", lambda *_: failing)
    assert CliRunner().invoke(main, ["failing"]).stderr == said


def test_no_message_has_an_error_of_the_system_put_into_it_as_it_is() -> None:
    errors = re.compile(r"except \(?[^\n]*(?:OSError|OSErr)[^\n]* as (\w+):\n(?:[^\n]*\n){0,6}?[^\n]*\{\1\}")
    package = Path(simisp.__file__).parent
    found = [str(path) for path in package.rglob("*.py") if errors.search(path.read_text())]
    assert found == []


def test_runs_of_one_command_that_differ_are_no_verdict(tmp_path: Path) -> None:
    changes = (
        'import os, sys; p = os.open(sys.argv[1], os.O_RDWR); f = open(sys.argv[2], "a+"); f.seek(0);'
        ' os.write(p, b"AT" + f.read().encode() + b"\\r"); f.write("I0"); f.close(); os.read(p, 99)'
    )
    command = [sys.executable, "-c", changes, "{port}", str(tmp_path / "runs")]
    done = subprocess.run(
        [sys.executable, "-m", "simisp", "run", "login", "--quiet", "--allow-unopened", "--verify", "2",
         "--", *command],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "not verified: 2 runs, 2 transcripts" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 2
