"""The pytest plugin. Nothing of simisp is imported until a test uses the fixture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from simisp.testing import Lines

__all__ = ["simisp"]


@pytest.fixture
def simisp() -> Iterator[Lines]:
    """Virtual serial ports that play scenarios.

    For instance ``with simisp("hang.yaml") as line: ...``; see :class:`simisp.testing.Line`.
    """
    from simisp.testing import Lines

    lines = Lines()
    yield lines
    lines.close()
