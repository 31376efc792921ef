"""What is said of the port's facts."""

from __future__ import annotations

import pytest

from simisp.facts.port import PortClosed
from simisp.report.narration import narrate


@pytest.mark.parametrize(
    ("openings", "said"),
    [(0, "port closed"), (1, "port closed, still open once"), (2, "port closed, still open 2 times")],
)
def test_a_closing_says_how_many_times_the_port_is_still_open(openings: int, said: str) -> None:
    assert narrate(PortClosed(openings)) == said
