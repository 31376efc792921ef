"""In which order the workers of a parallel run collect, so that they do not all compile the same modules at once.

pytest compiles each test module with its assertions rewritten, which takes ten seconds for all of them, and keeps the
result on disk. In a fresh clone, as in CI, workers that collect in one order would each compile every module; so each
begins at another place, and finds the rest compiled by the others.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import pytest

__all__ = ["collect_from_own_place", "part_of", "start_of"]

_TESTS = Path(__file__).parents[1]


def collect_from_own_place(config: pytest.Config) -> None:
    """Let a worker that is to collect all tests begin at a place of its own; change nothing for any other process.

    The tests are to be put into one order afterwards, by :func:`part_of`: all workers must have the same.
    """
    worker: dict[str, object] | None = getattr(config, "workerinput", None)
    if worker is None or [Path(arg).resolve() for arg in config.args] != [_TESTS]:
        return
    parts = sorted(each for each in _TESTS.iterdir() if _is_part(each))
    number, count = int(str(worker["workerid"]).removeprefix("gw")), int(str(worker["workercount"]))
    start = start_of([_size(part) for part in parts], number / count)
    config.args = list(map(str, parts[start:] + parts[:start]))


def part_of(item: pytest.Item) -> str:
    """Return the name of the folder or file in ``tests`` that a test belongs to, by which pytest orders them too."""
    return item.nodeid.removeprefix("tests/").partition("::")[0].partition("/")[0]


def start_of(sizes: Sequence[int], share: float) -> int:
    """Return the index of the part in which this share of the whole begins, 0 to below 1."""
    before = [0, *accumulate(sizes)]
    return bisect_right(before, share * before[-1], hi=len(sizes)) - 1


def _is_part(path: Path) -> bool:
    return path.name.startswith("test_") if path.is_file() else path.name[0] not in "._"


def _size(path: Path) -> int:
    return sum(each.stat().st_size for each in ([path] if path.is_file() else path.rglob("test_*.py")))
