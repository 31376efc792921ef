"""The pytest plugin. Nothing of simisp is imported until a test uses a fixture or the mark's virtual time."""

from __future__ import annotations

import inspect
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from simisp.testing import Line, Lines

__all__ = [
    "pytest_configure",
    "pytest_generate_tests",
    "pytest_runtest_makereport",
    "simisp",
    "simisp_line",
    "simisp_session",
]

_MARK = "simisp_sweep"
_FIXTURE = "simisp_case"
_HELP = (
    f"{_MARK}(scenario, plan=..., script=... | chat=... | command=..., seed=0, options=None): a test for each case of "
    f"a sweep; the fixture {_FIXTURE} is the case"
)
_TAKEN = ("scenario", "clock", "faults")
"""What the mark of the lines takes."""
_HELP_FOR_LINES = (
    "simisp(scenario, clock='real', faults=[]): the scenario of the fixtures `simisp` and `simisp_line`, as a file, a "
    "bundled scenario's name, a text or a dict; the clock that is shared with the client ('virtual', 'scaled:60', "
    "'auto'), which also gives an asyncio test virtual time; and faults of the line."
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("simisp", "simisp: modem and ISP on a virtual serial port")
    group.addoption(
        "--simisp-keep", metavar="DIR", type=Path, help="Keep transcript (.jsonl), page (.html) and frames (.pcapng) "
        "of each line in DIR, one folder a test; a failure says where. Open the page in a browser.",
    )  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Module | pytest.Class, name: str, obj: object) -> None:
    """Let a marked asyncio test run in virtual time, whatever plugin runs the other asyncio tests."""
    marks = getattr(obj, "pytestmark", None)
    if not inspect.iscoroutinefunction(obj) or not isinstance(marks, list):
        return
    if any(mark.name == "simisp" and mark.kwargs.get("clock") == "virtual" for mark in marks):
        from simisp.testing import in_virtual_time

        setattr(collector.obj, name, in_virtual_time(obj))


@pytest.fixture
def simisp(request: pytest.FixtureRequest) -> Iterator[Lines]:
    """Open virtual serial ports that play scenarios, with the test's end as the latest time to close them.

    ``with simisp("hang.yaml") as line: ...`` plays that scenario.

    A scenario is a file, a bundled scenario's name, a text of several lines, or a dict; without one it is that of
    ``@pytest.mark.simisp(...)``. A file is looked for beside the test's file, then in the current folder, then among
    the bundled ones. Further arguments: ``clock="virtual"`` for a client that the test starts with
    ``line.run([...])``, ``faults=[...]``, ``endpoint="tcp"``, ``judged=False`` for expectations that are not to hold.

    In an asyncio test it is ``async with``, and what waits is awaited. In a test that is marked with
    ``clock="virtual"`` the line is in memory: ``reader, writer = line.open()``.

    Leaving the block fails if the client still holds the port after ``line.run([...])``, or if an expectation does not
    hold: WrongClientError, or ScenarioUnreachedError where nothing was tested. See simisp.testing.Line.
    """
    yield from _lines(request)


@pytest.fixture
def simisp_line(simisp: Lines) -> Iterator[Line]:
    """An open line that plays the scenario of the test's mark, ``@pytest.mark.simisp("hang.yaml", clock="virtual")``.

    ``line.port`` is the path that the client opens; ``line.run([...])`` runs a command and returns the verdict;
    ``line.expect(...)`` and ``line.inject(...)`` while it runs. When the test has ended, the scenario's expectations
    are judged.
    """
    with simisp() as line:
        yield line


@pytest.fixture(scope="session")
def simisp_session(request: pytest.FixtureRequest) -> Iterator[Lines]:
    """The same as ``simisp`` for lines that stay open for several tests; use it in a fixture of your own scope.

    A scenario's file is looked for beside pytest's root folder, then in the current folder, then among the bundled
    ones.
    """
    yield from _lines(request)


def _lines(request: pytest.FixtureRequest) -> Iterator[Lines]:
    from simisp.testing import Lines

    kept: Path | None = request.config.getoption("--simisp-keep")
    node = request.node
    name = "-".join(re.findall(r"[A-Za-z0-9._]+", node.nodeid or "session"))
    asked = _asked(node.get_closest_marker("simisp"))
    beside = request.path.parent if request.scope == "function" else request.config.rootpath
    lines = Lines(beside=beside, **asked, keep=None if kept is None else kept.absolute() / name)
    yield lines
    lines.close()


def _asked(mark: pytest.Mark | None) -> dict[str, Any]:
    """Return what a test's mark asks for. A mark that is wrong fails the test, with what was meant."""
    if mark is None:
        return {}
    from simisp.diagnostics import nearest

    if unknown := next((key for key in mark.kwargs if key not in _TAKEN), None):
        guess = nearest(unknown, _TAKEN)
        hint = f"did you mean {guess!r}?" if guess else f"it takes {', '.join(_TAKEN)}"
        pytest.fail(f"@pytest.mark.simisp takes no {unknown!r}; {hint}", pytrace=False)
    if len(mark.args) > 1 or (mark.args and "scenario" in mark.kwargs):
        pytest.fail("@pytest.mark.simisp takes one scenario; clock= and faults= are given by name", pytrace=False)
    return {**dict(zip(_TAKEN[:1], mark.args, strict=False)), **mark.kwargs}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Leave simisp's own statements out of a failure that it reports: they say nothing of the test or its client.

    ``--full-trace`` shows them.
    """
    errors = sys.modules.get("simisp.errors")
    is_ours = not {"simisp", "simisp_session"}.isdisjoint(getattr(item, "fixturenames", ()))
    if call.excinfo is None or errors is None or not is_ours or item.config.getoption("fulltrace"):
        return
    if call.excinfo.errisinstance(errors.SimispError):
        outside = _outside(call.excinfo.value.__traceback__)
        if outside is not None:
            call.excinfo.traceback = type(call.excinfo.traceback)(outside)


def _outside(traceback: TracebackType | None) -> TracebackType | None:
    """Return a copy of a traceback without the statements of this package, but with those of the fixtures.

    It is a chain of its own, for pytest goes back to the raw one where it cuts off what is before the test.
    """
    home = str(Path(__file__).parent) + os.sep
    files = ((each, each.tb_frame.f_code.co_filename) for each in _links(traceback))
    kept = [each for each, file in files if file == __file__ or not file.startswith(home)]
    chain: TracebackType | None = None
    for each in reversed(kept):
        chain = TracebackType(chain, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return chain


def _links(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def pytest_configure(config: pytest.Config) -> None:
    """Make the marks known."""
    config.addinivalue_line("markers", _HELP_FOR_LINES)
    config.addinivalue_line("markers", _HELP)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a test for each case of a sweep.

    Raises:
        UsageError: The mark is not as it should be, or what it names can't be had.
    """
    mark = metafunc.definition.get_closest_marker(_MARK)
    if mark is None:
        return
    from simisp.errors import SimispError
    from simisp.testing.swept_case import swept_cases

    where = metafunc.definition.nodeid
    if _FIXTURE not in metafunc.fixturenames:
        raise pytest.UsageError(f"{where}: a test with the mark {_MARK} takes the fixture {_FIXTURE}, the case")
    try:
        cases = swept_cases(*mark.args, beside=metafunc.definition.path.parent, **mark.kwargs)
    except (TypeError, ValueError, SimispError) as error:
        raise pytest.UsageError(f"{where}: {_MARK}: {error}") from error
    metafunc.parametrize(_FIXTURE, cases, ids=[case.case.name for case in cases])
