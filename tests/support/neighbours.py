"""Runs in virtual time beside which no other program of the machine had descriptors on their way to it.

A proof has to take them into account, for any of them may be the far end that a client waits for: time then passes no
faster than real, which is in the transcript, and two runs differ. The tests of just that leave descriptors on their way
for seconds, in another worker of the same run of the tests.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

from simisp.forensics.far_ends import may_be_over_soon
from simisp.runner.verdict import Verdict

__all__ = ["left_alone"]

T = TypeVar("T")
_MOST_TRIES = 10
"""Each that is disturbed takes five seconds or more."""


def left_alone(play: Callable[[], T], verdict_of: Callable[[T], Verdict]) -> T:
    """Return the outcome of the first run that no other program has slowed down; of the last one if each was.

    Args:
        play: Plays a run.
        verdict_of: Returns the verdict of an outcome.
    """
    outcome = play()
    for _ in range(_MOST_TRIES - 1):
        if not _is_disturbed(verdict_of(outcome)):
            break
        outcome = play()
    return outcome


def _is_disturbed(verdict: Verdict) -> bool:
    """Whether a run waited for descriptors on their way to a process that is not this one."""
    mine = f"pid {os.getpid()} "
    return any(
        may_be_over_soon(pace.waited_for) and not pace.waited_for.startswith(mine) for pace in verdict.real_paces
    )
