"""Expectations that a scenario has of single lines of a bank."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.runner.verdict import ExpectationResult, Verdict, VerdictKind
from simisp.scenario.dump import dumps
from simisp.scenario.explain import explain
from simisp.scenario.load import loads
from simisp.testing import MemoryLine, run_in_virtual_time
from support.virtual_runs import virtually

BANK = """
title: an office and its branch
lines:
  - {}
  - name: branch
    isp: {accounts: {eve: tulip}, dialogue: [prompt: "Branch:", silence]}
    expect: [EXPECTED]
isp:
  accounts: {ann: secret}
  dialogue: [prompt: "Office:", silence]
expect: [calls: 2]
"""


def judged(line: MemoryLine) -> list[ExpectationResult]:
    return line._expectations.judge(line._facts())


def told(expected: str, *calls: tuple[str, bytes]) -> list[ExpectationResult]:
    """Call the ISP on lines one after the other, each with what is sent there; return how the run is judged."""

    async def whole() -> list[ExpectationResult]:
        async with MemoryLine(loads(BANK.replace("EXPECTED", expected)), judged=False) as line:
            for name, sent in calls:
                reader, writer = line.open(name)
                writer.write(b"ATE0DT1234\r")
                await reader.readuntil(b":")
                writer.write(sent)
                await asyncio.sleep(1)
                writer.close()
                await asyncio.sleep(1)
            return judged(line)

    return run_in_virtual_time(whole())


BOTH = (("1", b"secret\r"), ("branch", b"tulip\r"))


@pytest.mark.parametrize(
    ("expected", "held"),
    [
        ("calls: 1", True),
        ("reached: 'Branch:'", True),
        ("never sent: tulip", False),
        ("never sent: secret", True),
        ("credentials sent only at: ['Branch:']", True),
        ("secret only at: ['Branch:']", True),
        ("port released within: 10s", True),
        ("port released within: 100ms", False),
        ("opened: once", True),
        ("commands in order: [ATE0DT1234]", True),
        ("hung up by: dtr", False),
        ("no lock file left", True),
    ],
)
def test_an_expectation_of_a_line_is_about_what_happens_on_that_line_alone(expected: str, held: bool) -> None:
    of_all, own = told(expected, *BOTH)
    assert of_all == ExpectationResult("calls 2", True)
    assert own.held is held
    assert own.expectation.startswith("line branch: ")
    assert own.shortcoming.startswith("on line branch ") is not held


def test_what_another_line_did_is_not_counted() -> None:
    of_all, own = told("calls: 1", ("1", b"x\r"), ("1", b"x\r"))
    assert of_all.held
    assert own.describe() == "did not hold: line branch: calls 1 (there were 0)"
    assert own.shortcoming == "on line branch 0 calls were answered, and 1 was expected"


def test_of_a_call_between_two_lines_it_is_not_said_that_the_isp_answered_it() -> None:
    async def whole() -> list[ExpectationResult]:
        async with MemoryLine(loads("{title: Two, lines: 2, expect: [calls: 2]}"), judged=False) as line:
            (called, answers), (_, calls) = line.open("2"), line.open("1")
            calls.write(b"ATD2\r")
            await called.readuntil(b"RING")
            answers.write(b"ATA\r")
            await called.readuntil(b"CONNECT")
            return judged(line)

    [result] = run_in_virtual_time(whole())
    assert result.shortcoming == "1 call was answered, and 2 were expected"


def test_several_lines_may_expect_something_each() -> None:
    text = BANK.replace("  - {}\n", "  - {expect: [calls: 1]}\n").replace("EXPECTED", "calls: 0")

    async def whole() -> list[ExpectationResult]:
        async with MemoryLine(loads(text), judged=False) as line:
            return judged(line)

    assert [(each.expectation, each.held) for each in run_in_virtual_time(whole())] == [
        ("calls 2", False),
        ("line 1: calls 1", False),
        ("line branch: calls 0", True),
    ]


def test_a_bank_may_have_one_line_alone() -> None:
    text = (
        BANK.replace("  - {}\n", "").replace("EXPECTED", "calls: 1, reached: 'Branch:'").replace("calls: 2", "calls: 1")
    )
    script = "{ printf 'ATDT1234\\r'; sleep 5; } >{port}"
    verdict, _ = virtually(text, ["sh", "-c", script])
    assert [(each.expectation, each.held) for each in verdict.expectations] == [
        ("calls 1", True),
        ("line branch: calls 1", True),
        ("line branch: reached Branch:", True),
    ]
    assert verdict.client is not None
    assert verdict.client.departure is not None
    assert verdict.client.departure.text.startswith("on branch ")


def test_a_run_that_is_interrupted_does_not_judge_what_could_still_have_held() -> None:
    async def so_far() -> list[ExpectationResult]:
        with Station(loads(BANK.replace("EXPECTED", "reached: 'Branch:'"))) as station:
            return station.judge_so_far()

    assert [(each.expectation, each.held) for each in asyncio.run(so_far())] == [
        ("calls 2", None),
        ("line branch: reached Branch:", None),
    ]


def test_the_verdict_of_a_command_says_which_line() -> None:
    code = "{ printf 'ATDT1234\\r'; sleep 5; } >{port}; { printf 'ATDT1234\\r'; sleep 5; } >{port:branch}"
    text = BANK.replace("EXPECTED", "calls: 2, port released within: 1h")
    verdict, _ = virtually(text, ["sh", "-c", code])
    assert verdict.kind is VerdictKind.FAILED
    assert verdict.reason == ("the port came free, but on line branch 1 call was answered, and 2 were expected")
    assert "held: line branch: port released within 3600 s" in verdict.describe()


def test_a_port_that_is_held_is_not_released_on_its_own_line_alone() -> None:
    text = BANK.replace("  - {}\n", "  - {expect: [port released within: 1h]}\n")
    verdict, _ = virtually(
        text.replace("EXPECTED", "port released within: 1h"),
        ["sh", "-c", "true <{port}; exec cat {port:branch}"], allow_unopened=True,
    )  # fmt: skip
    assert verdict.kind is VerdictKind.HANG
    assert {each.expectation: each.held for each in verdict.expectations if "released" in each.expectation} == {
        "line 1: port released within 3600 s": True,
        "line branch: port released within 3600 s": False,
    }


async def _with_a_lock(text: str, folder: Path, name: str) -> Verdict:
    # The client makes the lock file before it is heard, and leaves it there.
    script = f"touch {folder}/{name}; printf 'AT\\r' >{{port:branch}}; sleep 1"
    with Station(loads(text)) as station:
        return await run_client(
            station, ["sh", "-c", script], RunOptions(lock_directories=[folder], allow_unopened=True)
        )


@pytest.mark.parametrize(("name", "held"), [("LCK..branch", True), ("LCK..other", False)])
def test_the_lock_file_of_another_line_than_the_first_may_be_expected(name: str, held: bool, tmp_path: Path) -> None:
    expected = "lock file: {name: LCK..branch, removed: no}"
    verdict = asyncio.run(_with_a_lock(BANK.replace("EXPECTED", expected), tmp_path, name))
    assert [each.held for each in verdict.expectations] == [False, held]


def test_an_expectation_of_a_line_is_explained_and_written_with_the_line() -> None:
    scenario = loads(BANK.replace("EXPECTED", "calls: 1, reached: 'Branch:'"))
    words = explain(scenario)
    assert "In the end this must hold there:\n- The ISP answers 1 call.\n" in words
    written = loads(dumps(scenario))
    assert written.model == scenario.model
    assert [line and line.model.expect for line in written.own] == [line and line.model.expect for line in scenario.own]
