"""The pytest plugin, from plain and from asyncio tests, alone and under xdist."""

from __future__ import annotations

import os
import subprocess
import sys
import tty
from pathlib import Path

import pytest

from simisp.testing import Lines

pytest_plugins = ["pytester"]


def open_port(path: str) -> int:
    """Open the port as a client does, and set it."""
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(port)
    return port


def test_a_plain_test_dials_and_waits(simisp: Lines) -> None:
    with simisp("hang.yaml") as line:
        port = open_port(line.port)
        os.write(port, b"ATDT5551234\r")
        line.wait_for("Service?")
        os.write(port, b"p\r")
        line.wait_for("Username:")
        assert [holder.pid for holder in line.holders()] == [os.getpid()]
        os.close(port)
        line.assert_released(within=60)
        assert line.holders() == ()
        assert line.calls == 1
        assert line.received == "ATDT5551234\rp\r"
        assert any(record.fact.kind == "call answered" for record in line.transcript)


async def test_an_asyncio_test_dials_and_waits(simisp: Lines) -> None:
    async with simisp("hang.yaml", judged=False) as line:
        port = open_port(line.port)
        os.write(port, b"ATDT5551234\r")
        await line.wait_for("Service?")
        os.close(port)
        await line.assert_released(within=60)


def test_waiting_for_the_same_text_again_waits_for_its_next_coming(simisp: Lines) -> None:
    with simisp("hang.yaml", judged=False) as line:
        port = open_port(line.port)
        os.write(port, b"AT\r")
        line.wait_for("OK")
        with pytest.raises(AssertionError, match=r"'OK' did not come within 0\.05 s"):
            line.wait_for("OK", within=0.05)
        os.write(port, b"AT\r")
        line.wait_for("OK")
        os.close(port)


def test_a_port_that_is_not_released_fails_with_who_holds_it(simisp: Lines) -> None:
    with simisp("hang.yaml", judged=False) as line:
        port = open_port(line.port)
        with pytest.raises(AssertionError, match=rf"pid {os.getpid()} .* holds the port") as failure:
            line.assert_released(within=0.05)
        assert "the modem waits for a command" in str(failure.value)
        os.close(port)


def test_a_scenario_may_be_given_as_its_text(simisp: Lines) -> None:
    with simisp("title: Only a banner\nmodem: {profile: none}\nisp: {dialogue: [banner: hello]}\n") as line:
        port = open_port(line.port)
        os.write(port, b"\r")
        os.close(port)
        assert Path(line.port).is_symlink()


def test_a_line_that_is_not_open_says_so(simisp: Lines) -> None:
    from simisp.testing import Line

    with pytest.raises(ValueError, match="use it in a with statement"):
        Line("hang").wait_for("x")


def test_a_scenario_beside_the_tests_file_wins_over_the_current_folders_and_the_bundled_one(
    pytester: pytest.Pytester,
) -> None:
    folder = pytester.mkdir("deep")
    text = "title: {}\nmodem: {{profile: none}}\nisp: {{dialogue: [silence]}}\n"
    (pytester.path / "hang.yaml").write_text(text.format("the current folder's"))
    (folder / "hang.yaml").write_text(text.format("the neighbour"))
    (folder / "test_inner.py").write_text(
        "def test_inner(simisp):\n"
        "    for name in ('hang', 'hang.yaml'):\n"
        "        with simisp(name) as line:\n"
        "            assert line._scenario.model.title == 'the neighbour'\n"
    )
    pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:asyncio", "deep").assert_outcomes(passed=1)


def test_the_plugin_imports_nothing_of_simisp_until_a_test_uses_it() -> None:
    program = (
        "import sys, simisp.pytest_plugin\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in ('simisp', 'pydantic', 'yaml', 'click')))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert found.strip() == "['simisp', 'simisp.pytest_plugin']"
