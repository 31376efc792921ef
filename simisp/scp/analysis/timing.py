"""How long a script can take: the sum of the waits on its longest path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from simisp.scp import code
from simisp.scp.analysis.loops import endless_loops, finished
from simisp.scp.analysis.paths import Paths
from simisp.scp.analysis.states import PathState

__all__ = ["Stop", "longest_path"]


class Stop(NamedTuple):
    """A wait on a path.

    Attributes:
        instruction: The ``waitfor`` or ``delay``.
        seconds: Its maximum duration.
        elapsed: The maximum duration of the path up to the end of this wait.
    """

    instruction: code.Instruction
    seconds: int
    elapsed: int


def longest_path(paths: Paths) -> tuple[Stop, ...] | None:
    """Return the waits on the path that takes longest, or None if a loop is unbounded.

    A wait without a limit, or with an unknown one, counts as no time: another rule reports it.
    """
    if any(True for _ in endless_loops(paths)):
        return None
    longest: dict[int, int] = {}
    onward: dict[int, int] = {}
    for node in finished(dict(enumerate(paths.following)), range(len(paths.states))):
        ways = paths.following[node]
        if ways:
            onward[node] = max(ways, key=longest.__getitem__)
        longest[node] = _seconds(paths, paths.states[node]) + (longest[onward[node]] if ways else 0)
    return tuple(_stops(paths, onward))


def _seconds(paths: Paths, state: PathState) -> int:
    match paths.instruction(state.at):
        case code.Delay(seconds=limit) | code.Waitfor(until=limit) if limit is not None:
            value = paths.value(limit, state)
            return max(0, value) if isinstance(value, int) else 0
        case _:
            return 0


def _stops(paths: Paths, onward: Mapping[int, int]) -> Iterator[Stop]:
    """Yield the waits on the way from the start."""
    elapsed = 0
    node: int | None = 0 if paths.states else None
    while node is not None:
        state = paths.states[node]
        seconds = _seconds(paths, state)
        elapsed += seconds
        if seconds:
            yield Stop(paths.instruction(state.at), seconds, elapsed)
        node = onward.get(node)
