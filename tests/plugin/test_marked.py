"""The pytest plugin as a whole: mark, clocks, faults, soft expectations, what a failure shows, and what is kept."""

from __future__ import annotations

import os
import shutil
import sys
import tty
from pathlib import Path

import pytest

from simisp.errors import ScenarioError, ScenarioUnreachedError, WrongClientError
from simisp.facts.run import ClientStarted
from simisp.results import VerdictKind
from simisp.testing import Lines, play

pytest_plugins = ["pytester"]

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples" / "pytest"
DIALLER = [sys.executable, str(EXAMPLES / "dialler.py"), "{port}"]
_QUIET = ("-p", "no:cacheprovider", "-W", "ignore::pytest.PytestDeprecationWarning")


def open_port(path: str) -> int:
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(port)
    return port


def dialled(line_port: str) -> int:
    port = open_port(line_port)
    os.write(port, b"ATDT5551234\r")
    return port


PORTS = """
import os
import tty
import pytest

@pytest.mark.parametrize("number", range(6))
def test_each_has_its_own_port(simisp, number):
    with simisp("hang.yaml", judged=False) as line:
        port = os.open(line.port, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(port)
        os.write(port, b"AT\\r")
        line.wait_for("OK")
        assert line.received == "AT\\r"
        os.close(port)
        line.assert_released(allow_unopened=True)
"""


def test_each_example_passes_under_strict_mode(pytester: pytest.Pytester) -> None:
    shutil.copytree(EXAMPLES, pytester.path / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    result = pytester.runpytest_inprocess(*_QUIET, "-o", "asyncio_mode=strict", ".")
    result.assert_outcomes(passed=len(list(EXAMPLES.glob("test_*.py"))) + 4)


def test_several_workers_never_collide(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(PORTS)
    without = ("-p", "no:asyncio", "-p", "no:hypothesispytest", "-p", "no:anyio")
    pytester.runpytest_inprocess(*_QUIET, *without, "-n", "2").assert_outcomes(passed=6)


def test_an_asyncio_example_passes_under_auto_mode_and_without_a_plugin_for_asyncio(pytester: pytest.Pytester) -> None:
    for name in ("test_asyncio.py", "test_real_time.py"):
        shutil.copy(EXAMPLES / name, pytester.path / name)
    pytester.runpytest_inprocess(*_QUIET, "-p", "no:asyncio", ".").assert_outcomes(passed=3)
    shutil.copy(EXAMPLES / "test_pytest_asyncio.py", pytester.path / "test_pytest_asyncio.py")
    pytester.runpytest_inprocess(*_QUIET, "-o", "asyncio_mode=auto", ".").assert_outcomes(passed=4)


FAILING = """
import os
import tty
import pytest

@pytest.mark.simisp("hang.yaml", clock="virtual")
def test_the_client_is_wrong(simisp_line):
    simisp_line.run(["cat"])

def test_nothing_is_tested(simisp):
    with simisp("hang.yaml") as line:
        pass

def test_something_else_is_wrong(simisp):
    with simisp("hang.yaml") as line:
        port = os.open(line.port, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(port)
        os.write(port, b"AT\\r")
        line.wait_for("OK", within=60)
        assert port == "x"
"""


def test_a_failure_shows_the_last_exchanges_the_holder_and_where_the_page_lies(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_failing=FAILING)
    result = pytester.runpytest_inprocess(*_QUIET, "--simisp-keep", "kept")
    result.assert_outcomes(failed=2, passed=1, errors=1)
    result.stdout.fnmatch_lines_random(
        [
            "*WrongClientError: hang: the command holds the port; proven: it would stay so forever",
            "*ScenarioUnreachedError: nothing was tested: the port was never opened",
            "*pid * (cat) holds the port on descriptors 0 * and 1 *blocked in *",
            "*-->  AT?r *",
            "*this process, pid * holds the port*",
            "*kept: */kept/test_failing.py-test_something_else_is_wrong/1-hang.html",
        ]
    )  # fmt: skip
    kept = {
        str(file.relative_to(pytester.path / "kept"))
        for file in (pytester.path / "kept").rglob("*.*")
        if file.is_file()
    }
    assert kept == {
        f"test_failing.py-{test}/1-hang.{suffix}"
        for test in ("test_the_client_is_wrong", "test_nothing_is_tested", "test_something_else_is_wrong")
        for suffix in ("jsonl", "html")
    }


BADLY_MARKED = """
import pytest

@pytest.mark.simisp(clok="virtual")
def test_misspelt(simisp):
    pass

@pytest.mark.simisp("hang.yaml", "virtual")
def test_in_place(simisp):
    pass
"""


def test_a_mark_that_is_wrong_says_what_was_meant_and_nothing_else(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_marks=BADLY_MARKED)
    result = pytester.runpytest_inprocess(*_QUIET)
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        [
            "@pytest.mark.simisp takes no 'clok'; did you mean 'clock'?",
            "@pytest.mark.simisp takes one scenario; clock= and faults= are given by name",
        ]
    )
    result.stdout.no_fnmatch_line("*simisp/*.py:*: in *")


def test_a_failure_has_none_of_simisps_own_statements_unless_the_whole_trace_is_wanted(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile("def test_inner(simisp):\n    simisp('title: x\\nisp: {dialog: []}\\n')\n")
    for options, has_them in (([], False), (["--full-trace"], True)):
        shown = pytester.runpytest_inprocess(*_QUIET, *options).stdout.str()
        assert "did you mean 'dialogue'?" in shown
        assert "test_inner(simisp)" in shown
        assert ("raise ScenarioError(" in shown) is has_them


def test_help_fixtures_and_markers_say_enough(pytester: pytest.Pytester) -> None:
    shown = pytester.runpytest_inprocess(*_QUIET, "--help").stdout.str()
    assert "--simisp-keep=DIR" in shown
    assert "@pytest.mark.simisp" not in shown
    assert (
        "@pytest.mark.simisp(scenario, clock='real', faults=[])"
        in pytester.runpytest_inprocess(*_QUIET, "--markers").stdout.str()
    )
    fixtures = pytester.runpytest_inprocess(*_QUIET, "--fixtures", "-v").stdout.str()
    for said in (
        "simisp_line",
        "simisp_session [session scope]",
        'with simisp("hang.yaml") as line',
        "line.inject(...)",
        "reader, writer = line.open()",
    ):
        assert said in fixtures


@pytest.mark.simisp("login.yaml", clock="virtual", faults=[{"fault": "silence", "after": {"text": "Username:"}}])
def test_a_mark_gives_scenario_clock_and_faults(simisp: Lines) -> None:
    with simisp(judged=False) as line:
        verdict = line.run(DIALLER)
    assert verdict.client is not None
    assert (verdict.kind, verdict.client.exit_status, verdict.clock.used) == (VerdictKind.FAILED, 1, "virtual")


def test_a_fault_that_is_injected_before_a_run_in_virtual_time_comes_when_it_says(simisp: Lines) -> None:
    with simisp("login.yaml", clock="virtual", judged=False) as line:
        line.inject({"fault": "drop carrier", "after": {"text": "Password:"}})
        line.start(DIALLER)
        assert line.expect("Username:", within=60)
        assert line.expect("NO CARRIER", within=60)
        verdict = line.wait()
    assert verdict.client is not None
    assert verdict.client.exit_status == 1


def test_a_fault_comes_at_once_where_the_test_says_so(simisp: Lines) -> None:
    with simisp("hang.yaml", judged=False) as line:
        port = dialled(line.port)
        line.expect("Service?", within=30)
        line.inject("drop carrier")
        assert line.expect("NO CARRIER", within=30)
        os.close(port)


def test_a_single_fault_needs_no_list(simisp: Lines) -> None:
    with simisp("hang.yaml", clock="virtual", faults="silence", judged=False) as line:
        assert line.run([sys.executable, Path("-c"), "pass"]).client is not None


@pytest.mark.parametrize("clock", ["real", "virtual"])
def test_a_command_that_is_a_text_is_refused_with_the_list_that_was_meant(simisp: Lines, clock: str) -> None:
    meant = r"a command is a list of words, not a text: \['python3', 'my dialler.py', '{port}'\]"
    with simisp("hang.yaml", clock=clock, judged=False) as line, pytest.raises(TypeError, match=meant):
        line.start("python3 'my dialler.py' {port}")
    with pytest.raises(TypeError, match=meant):
        play("hang.yaml", "python3 'my dialler.py' {port}", clock=clock)


def test_a_fault_that_is_none_is_refused_with_what_was_meant(simisp: Lines) -> None:
    with simisp("hang.yaml", judged=False) as line, pytest.raises(ScenarioError, match="silence"):
        line.inject("silense")
    with pytest.raises(ScenarioError, match="needs by"):
        simisp("hang.yaml", faults=["delay"])


def test_soft_expectations_are_told_together_at_the_end(simisp: Lines) -> None:
    with pytest.raises(WrongClientError) as failure, simisp("hang.yaml") as line:  # noqa: PT012 - the end is meant
        port = dialled(line.port)
        assert line.expect("Service?", within=30)
        os.write(port, b"p\r")
        assert line.expect("Username:", within=30)
        assert not line.expect("never", within=0.01, soft=True)
        assert not line.expect("nor this", within=0.01, soft=True)
        os.close(port)
    assert "'never' did not come within 0.01 s; 'nor this' did not come" in str(failure.value)


def test_a_client_that_never_comes_is_another_failure_than_a_wrong_one(simisp: Lines) -> None:
    with simisp("hang.yaml", judged=False) as line:
        with pytest.raises(ScenarioUnreachedError, match="nothing was tested: the port was never opened"):
            line.expect("Service?", within=0.01)
        port = open_port(line.port)
        os.write(port, b"AT\r")
        line.expect("OK", within=30)
        with pytest.raises(ScenarioUnreachedError, match="no call"):
            line.expect("Service?", within=0.01)
        os.write(port, b"ATDT5551234\r")
        line.expect("Service?", within=30)
        with pytest.raises(WrongClientError, match="'Username:' did not come"):
            line.expect("Username:", within=0.01)
        os.close(port)


def test_a_line_runs_one_command_and_says_so_where_none_has_started(simisp: Lines) -> None:
    with simisp("hang.yaml", clock="virtual", judged=False) as line:
        with pytest.raises(ValueError, match=r"call run\(\) or start\(\) first"):
            line.port  # noqa: B018 - it refuses
        with pytest.raises(ValueError, match="no command was started"):
            line.wait()
        line.run(["true", "{port}"])
        with pytest.raises(ValueError, match="a verdict is on one command"):
            line.run(["true"])


def test_a_command_that_still_runs_when_the_line_closes_is_ended(simisp: Lines) -> None:
    with simisp("hang.yaml", judged=False) as line:
        line.start(["sleep", "1000", "{port}"])
        (pid,) = [record.fact.pid for record in line.transcript if isinstance(record.fact, ClientStarted)]
    assert not Path(f"/proc/{pid}").exists()


def test_a_call_without_a_scenario_and_a_mark_is_refused(simisp: Lines) -> None:
    with pytest.raises(ValueError, match=r'mark the test with @pytest.mark.simisp\("hang.yaml"\)'):
        simisp()
