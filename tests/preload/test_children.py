"""Children: those that never become another program leave no slot taken, and none is left behind by its environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.c_programs import compiled
from support.virtual_line import VirtualLine


@pytest.fixture(scope="module")
def vforks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled("vforks.c", tmp_path_factory.mktemp("vforks"))


@pytest.mark.parametrize(
    ("way", "children", "slept"),
    [("exec", 2000, 0.0), ("exit", 400, 0.0), ("unreaped", 400, 0.0), ("threads", 400, 0.0), ("nap", 100, 0.1)],
)
def test_children_of_vfork_that_never_become_a_program_leave_no_slot_taken(
    vforks: Path, way: str, children: int, slept: float
) -> None:
    with VirtualLine() as line:
        outcome = line.run([str(vforks), way, str(children)], on_line=False)
    assert (outcome.left_behind, outcome.status) == (None, 0)
    assert outcome.seconds == pytest.approx(slept + 2.0, abs=1e-6)


@pytest.mark.parametrize("copies", [0, 2, 1000])
def test_a_program_shares_time_however_often_its_environment_names_a_library(copies: int, tmp_path: Path) -> None:
    program = compiled("environments.c", tmp_path)
    with VirtualLine() as line:
        outcome = line.run([str(program), str(copies)], on_line=False)
    assert (outcome.left_behind, outcome.status) == (None, 0)
    assert outcome.seconds == pytest.approx(2.0, abs=1e-6)
