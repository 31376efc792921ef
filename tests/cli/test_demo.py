"""The demo, in virtual and in real time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from support.shared_library import needs_library


def demo(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "simisp", "demo"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **variables},
    )


def assert_tells_the_story(shown: str) -> None:
    assert "hang: the dialler gave up after" in shown
    assert "the client waits for the ISP" in shown
    assert "was refused (exit status 5)" in shown
    assert "[633] The port is already in use" in shown
    assert "released: the port came free" in shown
    assert "wonderland" not in shown


def test_in_virtual_time_the_demo_has_the_articles_own_limits_and_proves_the_hang() -> None:
    needs_library()
    done = demo()
    assert done.returncode == 0, done.stdout + done.stderr
    assert_tells_the_story(done.stdout)
    assert "proven: it would stay so forever" in done.stdout
    # A second of ringing, and then sixty of waiting for a password prompt that never came.
    assert "61.000  ---  port closed" in done.stdout
    assert "In real time it would have been 361 s." in done.stdout


def test_without_a_compiler_the_demo_has_real_time_and_says_so(tmp_path: Path) -> None:
    done = demo(CC="/nonexistent", XDG_CACHE_HOME=str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert_tells_the_story(done.stdout)
    assert "the clock was real, not auto" in done.stdout
