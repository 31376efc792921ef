"""Runs in virtual time beside which no other program of the machine had descriptors on their way to it, or made a
control group.

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
    """Whether a run waited for descriptors on their way to a process that is not this one, or for the kernel because a
    control group was made.
    """
    mine = f"pid {os.getpid()} "
    return any(
        "control groups" in waited_for or (may_be_over_soon(waited_for) and not waited_for.startswith(mine))
        for waited_for in (pace.waited_for for pace in verdict.real_paces)
    )
