"""The pytest plugin. Nothing of simisp is imported until a test uses the fixture or the mark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from simisp.testing import Lines

__all__ = ["pytest_configure", "pytest_generate_tests", "simisp"]

_MARK = "simisp_sweep"
_FIXTURE = "simisp_case"
_HELP = (
    f"{_MARK}(scenario, plan=..., script=... | chat=... | command=..., seed=0, options=None): a test for each case of "
    f"a sweep; the fixture {_FIXTURE} is the case"
)


@pytest.fixture
def simisp(request: pytest.FixtureRequest) -> Iterator[Lines]:
    """Virtual serial ports that play scenarios.

    For instance ``with simisp("hang.yaml") as line: ...``; see :class:`simisp.testing.Line`. A scenario's file
    is looked for beside the test's file, then in the current folder, then among the bundled ones.
    """
    from simisp.testing import Lines

    lines = Lines(beside=request.path.parent)
    yield lines
    lines.close()


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
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
