"""The pytest plugin. Nothing of simisp is imported until a test uses the fixture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from simisp.testing import Lines

__all__ = ["simisp"]


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
