"""Real programs with the library in them and no clock shared: they do what they do without it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from simisp.testing import Line
from simisp.transcript import Source
from support.dialling_programs import PROGRAMS, Dial

LOGIN = """
title: What the carried programs log in to
exchange: {answer_after: 0s}
isp:
  dialogue:
    - prompt: "Service?"
      expect: PPP
    - prompt: "Username:"
      expect: joe
    - prompt: "Password:"
      expect: secret
    - send: "session starting\\n"
    - silence
"""


def logged_in(dial: Dial, folder: Path, *, library: Path | None) -> tuple[int, bytes]:
    """Log in; return the exit status and what the program sent."""
    folder.mkdir()
    with Line(LOGIN) as line:
        command, on_line = dial(line.port, folder)
        preloaded = ["env", f"LD_PRELOAD={library}", *command] if library else command
        with Path(line.port).open("r+b", buffering=0) as port:
            end = port if on_line else subprocess.DEVNULL
            done = subprocess.run(preloaded, stdin=end, stdout=end, stderr=subprocess.PIPE, check=False, timeout=60)
        assert b"ERROR: ld.so" not in done.stderr
        line.assert_released(within=60)
        sent = b"".join(record.data for record in line.transcript if record.source is Source.CLIENT)
    return done.returncode, sent


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("chat", marks=pytest.mark.runner("chat")),
        pytest.param("C-Kermit", marks=pytest.mark.runner("kermit")),
        "Python with pyserial",
    ],
)
def test_a_log_in_is_the_same_with_the_library_and_without(name: str, clock_library: Path, tmp_path: Path) -> None:
    dial = next(program.dial for program in PROGRAMS if program.name == name)
    without, having = (
        logged_in(dial, tmp_path / str(library is None), library=library) for library in (None, clock_library)
    )
    assert having == without
    assert having[0] == 0
    assert having[1].endswith(b"PPP\rjoe\rsecret\r")
