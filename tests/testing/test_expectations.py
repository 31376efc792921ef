"""What a scenario expects is judged by the fixture, on a port in memory, and where whoever comes is served."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tty
from pathlib import Path

import pytest

from simisp.errors import ScenarioUnreachedError
from simisp.runner.expectations import Expectations, broken
from simisp.runner.run_facts import RunFacts
from simisp.scenario.load import loads
from simisp.testing import Line, Lines, in_virtual_time, memory_line

STRICT = """
title: Expectations that fail
isp:
  dialogue: [{prompt: "Service?"}, {mark: here}, silence]
expect: [{calls: 1}, {reached: here}, {port released within: 60s}, {client exit status: 0}]
"""
QUIET = "title: Nothing is expected\nisp: {dialogue: [silence]}\n"


def dialled(port: str, *, answers: bytes, until: bytes) -> None:
    descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(descriptor)
    os.write(descriptor, b"ATDT1\r")
    for said, awaited in ((b"", b"Service?"), (answers, until)):
        os.write(descriptor, said)
        heard = b""
        while awaited not in heard:
            heard += os.read(descriptor, 100)
    os.close(descriptor)


def test_leaving_the_fixtures_line_judges_what_the_scenario_expects(simisp: Lines) -> None:
    with (
        pytest.raises(
            AssertionError,
            match="0 calls were answered, and 1 was expected; 'here' was not reached; the port was never opened",
        ),
        simisp(STRICT),
    ):
        pass


def test_leaving_a_line_that_shares_its_clock_judges_too_where_no_command_was_started(simisp: Lines) -> None:
    unreached = "nothing was tested: the port was never opened\n.*'here' was not reached"
    with pytest.raises(ScenarioUnreachedError, match=unreached), simisp(STRICT, clock="virtual"):
        pass
    with simisp(STRICT, clock="virtual", judged=False):
        pass
    with simisp(QUIET, clock="virtual"):
        pass


def test_without_expectations_a_line_is_left_whatever_became_of_its_port(simisp: Lines) -> None:
    with simisp(QUIET) as line:
        port = os.open(line.port, os.O_RDWR | os.O_NOCTTY)
    os.close(port)


async def test_leaving_it_in_an_asyncio_test_judges_too(simisp: Lines) -> None:
    with pytest.raises(AssertionError, match="'here' was not reached"):  # noqa: PT012
        async with simisp(STRICT) as line:
            with pytest.raises(AssertionError, match="0 calls were answered, and 1 was expected"):
                await line.check()


def test_what_holds_passes_and_a_clients_status_is_not_asked_for_where_there_is_no_client(simisp: Lines) -> None:
    with simisp(STRICT) as line:
        dialled(line.port, answers=b"p\r", until=b"p")
        line.wait_for("Service?")
        line.assert_released()
        line.check()


def test_an_exception_in_the_test_is_not_hidden_by_the_judgement() -> None:
    with pytest.raises(KeyError), Line(STRICT):
        raise KeyError


def test_a_line_that_is_not_judged_is_left_without_a_word(simisp: Lines) -> None:
    with simisp(STRICT, judged=False):
        pass


def test_a_port_that_was_never_opened_is_not_released(simisp: Lines) -> None:
    with simisp(QUIET) as line:
        with pytest.raises(AssertionError, match="the port was never opened"):
            line.assert_released()
        line.assert_released(allow_unopened=True)


@in_virtual_time
async def test_a_port_in_memory_is_judged_when_it_is_left() -> None:
    with pytest.raises(AssertionError, match="'here' was not reached"):  # noqa: PT012
        async with memory_line(STRICT) as line:
            with pytest.raises(AssertionError, match="never opened"):
                await line.assert_released()
    async with memory_line(STRICT, judged=False):
        pass


@in_virtual_time
async def test_a_port_in_memory_that_was_held_too_long_breaks_the_expectation() -> None:
    with pytest.raises(AssertionError, match=r"the port was released only after 61\.000 s, not within 60 s"):  # noqa: PT012
        async with memory_line(STRICT) as line:
            _, writer = line.open()
            writer.write(b"ATDT1\r")
            await line.wait_for("Service?")
            writer.write(b"p\r")
            await asyncio.sleep(60.0)
            writer.close()
            await line.assert_released()


def served(tmp_path: Path, *, answers: bytes) -> subprocess.CompletedProcess[str]:
    scenario = tmp_path / "strict.yaml"
    scenario.write_text(STRICT)
    command = [sys.executable, "-m", "simisp", "run", str(scenario), "--quiet", "--calls", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        dialled(port, answers=answers, until=answers.strip())
        said = process.stdout.read()
    return subprocess.CompletedProcess(command, process.returncode, said, "")


def test_serving_a_number_of_calls_ends_with_what_the_scenario_expects(tmp_path: Path) -> None:
    done = served(tmp_path, answers=b"p\r")
    assert done.returncode == 0
    assert done.stdout.startswith("every expectation that can be judged held\n  held: calls 1\n  held: reached here\n")
    assert "  not judged: client exit status 0 (there is no command" in done.stdout


def test_serving_calls_that_come_to_nothing_has_failed(tmp_path: Path) -> None:
    done = served(tmp_path, answers=b"p")
    assert done.returncode == 1
    assert done.stdout.startswith("failed: 'here' was not reached (only this was: Service?)\n")


def test_serving_for_a_time_in_which_nobody_comes_has_failed(tmp_path: Path) -> None:
    scenario = tmp_path / "strict.yaml"
    scenario.write_text(STRICT)
    command = [sys.executable, "-m", "simisp", "run", str(scenario), "--quiet", "--for", "0.1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "failed: 0 calls were answered, and 1 was expected" in done.stdout


BUSY = "title: Every number is busy\nport: {starts: raw}\nexchange: {default: busy}\n"


@pytest.mark.parametrize("scenario", [QUIET, BUSY])
def test_a_port_by_which_nothing_was_dialled_is_not_released(simisp: Lines, scenario: str) -> None:
    with simisp(scenario) as line:
        Path(line.port).open("rb+", buffering=0).close()
        with pytest.raises(AssertionError, match="the port came free, but no call was ever dialled\n"):
            line.assert_released()
        line.assert_released(allow_unopened=True)


def test_a_port_whose_call_was_given_up_before_the_isp_answered_is_not_released(simisp: Lines) -> None:
    with simisp(QUIET + "exchange: {answer_after: 1h}\n") as line:
        with Path(line.port).open("rb+", buffering=0) as port:
            port.write(b"ATDT1\r")
            line.wait_for("ATDT1")
        with pytest.raises(AssertionError, match="the port came free, but no call ever reached the ISP's dialogue"):
            line.assert_released()


@in_virtual_time
async def test_a_port_in_memory_by_which_the_isp_was_not_reached_is_not_released() -> None:
    async with memory_line("hang", judged=False) as line:
        _, writer = line.open()
        writer.write(b"AT\r")
        await line.wait_for("OK")
        writer.close()
        with pytest.raises(AssertionError, match="the port came free, but no call was ever dialled"):
            await line.assert_released()
        await line.assert_released(allow_unopened=True)


@in_virtual_time
async def test_a_busy_line_that_was_dialled_is_released() -> None:
    async with memory_line("busy") as line:
        _, writer = line.open()
        writer.write(b"ATDT1\r")
        await line.wait_for("BUSY")
        writer.close()
        await line.assert_released()


@pytest.mark.parametrize(
    ("expected", "facts", "said"),
    [
        ("reached: here", RunFacts(1.0, 0, 0), "'here' was not reached"),
        ("port released within: 2s", RunFacts(5.0, 0, 1), "the port was released only after 5.000 s, not within 2 s"),
        ("port released within: 2s", RunFacts(None, 0, 1), "the port was not released within 2 s"),
        ("client exit status: 0", RunFacts(1.0, 3, 1), "the client has exit status 3, and 0 was expected"),
        ("client exit status: 0", RunFacts(1.0, None, 1), "the client has no exit status, and 0 was expected"),
        ("calls: 2", RunFacts(1.0, 0, 1), "1 call was answered, and 2 were expected"),
        ("no lock file left", RunFacts(1.0, 0, 1, ["a", "b"]), "lock files are left: a, b"),
    ],
)
def test_what_did_not_hold_is_a_clause_that_can_follow_but(expected: str, facts: RunFacts, said: str) -> None:
    scenario = loads(f"title: x\nisp: {{dialogue: [{{mark: here}}, silence]}}\nexpect: [{expected}]\n").model
    assert broken(Expectations(scenario).judge(facts)) == [said]
