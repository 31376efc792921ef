"""Programs made with a sanitizer, whose runtime wants to be the first that stands in for libc, share time as any."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from support.c_programs import compiled
from support.virtual_line import VirtualLine


@pytest.fixture(scope="module", params=["address", "address -static-libasan", "thread", "undefined"])
def sanitized(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        return compiled("sanitized.c", tmp_path_factory.mktemp("sanitized"), *f"-fsanitize={request.param}".split())
    except subprocess.CalledProcessError:
        pytest.skip(f"this compiler has no -fsanitize={request.param}")


def test_a_sanitized_program_sleeps_in_the_time_of_the_run(sanitized: Path) -> None:
    with VirtualLine() as line:
        outcome = line.run([str(sanitized)], on_line=False)
    assert (outcome.status, outcome.left_behind) == (0, None)


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        return compiled("sanitized.c", tmp_path_factory.mktemp("checked"), "-fsanitize=address")
    except subprocess.CalledProcessError:
        pytest.skip("this compiler has no -fsanitize=address")


@pytest.mark.parametrize(
    "how", ["exec", "exec env -i", "exec env -u ASAN_OPTIONS", "exec env ASAN_OPTIONS=detect_leaks=0:halt_on_error=1"]
)
def test_a_sanitized_program_shares_time_whatever_environment_it_is_given(checked: Path, how: str) -> None:
    with VirtualLine() as line:
        outcome = line.run(["sh", "-c", f"{how} {checked}"], on_line=False)
    assert (outcome.status, outcome.left_behind) == (0, None)


def test_what_the_sanitizer_is_for_is_found_all_the_same(checked: Path, tmp_path: Path) -> None:
    with VirtualLine() as line:
        command = f"ASAN_OPTIONS=exitcode=33:log_path={tmp_path}/found exec {checked} x"
        outcome = line.run(["sh", "-c", command], on_line=False)
    assert outcome.status == 33
    assert "heap-buffer-overflow" in "".join(log.read_text() for log in tmp_path.glob("found*"))
