"""Calls without number leave nothing behind; ``make soak`` makes ten thousand on each kind of port."""

from __future__ import annotations

import pytest

from support.rounds import rounds
from support.soaking import ENDPOINTS, soaked


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_many_calls_leave_no_descriptor_open_and_no_task_running(endpoint: str) -> None:
    (first,) = soaked(endpoint, 1)
    (last,) = soaked(endpoint, rounds(25))
    assert last.descriptors == first.descriptors
    assert last.tasks == first.tasks
