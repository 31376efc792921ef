"""Runs in real time that end when a patience is over: on a busy machine a client gets less far in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from simisp.runner.verdict import Verdict

__all__ = ["patiences", "patiently"]

_LONGEST = 100.0


def patiently(run: Callable[[float], Verdict], *, first: float, got_there: Callable[[Verdict], bool]) -> Verdict:
    """Return the verdict of a run with a patience in which the client got as far as the test is about.

    Args:
        run: Plays one run with a patience, in seconds of real time.
        first: The patience to begin with. Enough where nothing else runs.
        got_there: Whether the client got there.
    """
    for patience in patiences(first):
        verdict = run(patience)
        if got_there(verdict):
            break
    return verdict


def patiences(first: float) -> Iterator[float]:
    """Yield a patience after another, each longer, the last one above 30 s of real time."""
    while first < _LONGEST:
        yield first
        first *= 4
