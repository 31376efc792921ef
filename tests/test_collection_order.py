"""The order of the tests, which must be one and the same in all workers of a parallel run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from support.collection_order import collect_from_own_place, part_of, start_of


@pytest.mark.parametrize(("share", "start"), [(0.0, 0), (0.25, 2), (0.5, 3), (0.75, 4)])
def test_a_worker_begins_where_its_share_of_all_begins(share: float, start: int) -> None:
    assert start_of([10, 10, 20, 10, 30], share) == start


def test_the_longest_come_first_and_all_others_in_the_order_of_their_folders(request: pytest.FixtureRequest) -> None:
    order = [(item.get_closest_marker("starts_first") is None, part_of(item)) for item in request.session.items]
    assert order == sorted(order)


def worker(number: int, *args: str) -> Any:
    """Return what the configuration of one of four workers has of it."""
    return SimpleNamespace(workerinput={"workerid": f"gw{number}", "workercount": 4}, args=list(args))


def test_a_worker_begins_at_its_own_place_and_collects_all(pytestconfig: pytest.Config) -> None:
    workers = [worker(number, str(pytestconfig.rootpath / "tests")) for number in range(4)]
    for each in workers:
        collect_from_own_place(each)
    assert len({each.args[0] for each in workers}) == 4
    assert len({frozenset(each.args) for each in workers}) == 1


def test_a_worker_that_is_to_collect_something_else_does_so() -> None:
    config = worker(1, "tests/ppp")
    collect_from_own_place(config)
    assert config.args == ["tests/ppp"]
