"""The cases of a sweep as parametrised tests, and faults as a strategy of Hypothesis."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import find, given, settings

from simisp.results import VerdictKind
from simisp.scenario.dump import dumps
from simisp.testing import Conversation, Hear, LoadedScenario, loads, play_pure
from simisp.testing.strategies import faults
from simisp.testing.swept_case import swept_cases

pytest_plugins = ["pytester"]

LOGIN = """
title: A log-in
isp:
  accounts: {a: hunter22}
  dialogue:
    - {prompt: "User:", read: username}
    - {prompt: "Password:", read: password, echo: false}
    - {mark: in}
    - {send: "Done\\n"}
"""
PATIENT = """
proc main
  waitfor "User:"
  transmit "a^M"
  waitfor "Password:"
  transmit "hunter22^M"
  waitfor "Done"
endproc
"""
MARKED = """
import pytest

@pytest.mark.simisp_sweep("login.yaml", plan="stalls", script="patient.scp")
def test_login(simisp_case):
    {body}
"""


@pytest.fixture
def marked(pytester: pytest.Pytester) -> Callable[..., pytest.RunResult]:
    def run(body: str, source: str = MARKED) -> pytest.RunResult:
        pytester.path.joinpath("login.yaml").write_text(LOGIN)
        pytester.path.joinpath("patient.scp").write_text(PATIENT)
        pytester.makepyfile(source.replace("{body}", body))
        return pytester.runpytest_inprocess("-p", "no:asyncio", "-p", "no:xdist", "-q")

    return run


def test_each_case_is_a_test_that_fails_with_what_the_case_shows(marked: Callable[..., pytest.RunResult]) -> None:
    result = marked("simisp_case.check()")
    outcomes = result.parseoutcomes()
    assert outcomes["failed"] > 10
    assert outcomes["passed"] > 10
    result.stdout.fnmatch_lines(["*AssertionError: silence of the ISP after*:", '*hang, proven: *waitfor "User:"*'])


def test_a_test_may_play_its_own_client_on_the_case(marked: Callable[..., pytest.RunResult]) -> None:
    result = marked("assert simisp_case.scenario.model.line.faults[-1].fault == 'silence'")
    assert set(result.parseoutcomes()) == {"passed"}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("simisp_case):", "):"), "takes the fixture simisp_case"),
        (("patient.scp", "missing.scp"), "missing.scp"),
    ],
)
def test_a_mark_that_is_wrong_is_an_error_that_says_so(
    marked: Callable[..., pytest.RunResult], change: tuple[str, str], complaint: str
) -> None:
    result = marked("pass", MARKED.replace(*change))
    assert result.ret in {pytest.ExitCode.INTERRUPTED, pytest.ExitCode.USAGE_ERROR}
    assert complaint in result.stdout.str() + result.stderr.str()


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"script": None}, "one client is swept: a script, a chat script or a command"),
        ({"command": ["cat"]}, "one client is swept"),
        ({"plan": "stall"}, "'stall' is not a plan: there are stalls"),
    ],
)
def test_a_sweep_that_makes_no_sense_is_refused(wrong: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        swept_cases("login", beside=Path(), **{"script": "x.scp", "plan": "stalls", **wrong})


def dialler() -> Conversation:
    yield b"ATDT1\r"
    if (yield Hear("CONNECT", within=60.0)) is None:
        return 1
    yield Hear("User:")  # without a limit: this is where it can hang
    return 0


def hangs(scenario: LoadedScenario) -> bool:
    return play_pure(scenario, dialler).kind is VerdictKind.HANG


def test_hypothesis_shrinks_a_hang_to_one_fault_of_the_simplest_kind() -> None:
    smallest = find(faults(loads(LOGIN)), hangs, settings=settings(max_examples=2000, derandomize=True, database=None))
    (fault,) = smallest.model.line.faults
    assert fault.fault == "silence"
    assert fault.lasts is None


@given(scenario=faults("login", client=True))
@settings(max_examples=25, deadline=None)
def test_a_scenario_with_such_faults_is_one_that_can_be_written(scenario: LoadedScenario) -> None:
    assert loads(dumps(scenario.model)).model.line == scenario.model.line
