"""What the tests here share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simisp.shared_time.clock_page import ClockMode, ClockPage
from support.started_processes import processes, pty

__all__ = ["page", "processes", "pty"]


@pytest.fixture
def page(tmp_path: Path) -> Iterator[ClockPage]:
    """A clock page in virtual time."""
    with ClockPage.create(tmp_path) as page:
        page.begin(ClockMode.VIRTUAL)
        yield page
