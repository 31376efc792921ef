"""How long a sweep in real time will take: said before it begins."""

from __future__ import annotations

from simisp.runner.run_options import RunOptions
from simisp.sweep.outcome import CaseOutcome

__all__ = ["real_time_estimate"]

_START = 0.3
"""Seconds that a case takes besides what happens in it: the start of the command, and the looks at the port."""


def real_time_estimate(cases: int, undisturbed: CaseOutcome, options: RunOptions, *, seconds: float, jobs: int) -> str:
    """Return how long cases take in real time, in words: at least, and at most.

    At least each takes as long as the undisturbed run. At most each is over at its limit, and then the port has the
    grace period to come free.

    Args:
        cases: How many there are.
        undisturbed: What came of the undisturbed run.
        options: Patience and deadline of each case.
        seconds: For how many real seconds a case may last.
        jobs: How many are played at once.

    Example:
        >>> from simisp.runner.verdict import VerdictKind
        >>> usual = CaseOutcome(VerdictKind.RELEASED, "the port came free", 2.7)
        >>> real_time_estimate(100, usual, RunOptions(), seconds=60.0, jobs=2)
        '100 cases in real time, 2 at once: 2.5 min if each is as quick as the undisturbed run, at most 52 min'
    """
    limit = min(each for each in (seconds, options.deadline, options.give_up) if each is not None)
    least, most = undisturbed.at + _START, max(undisturbed.at, limit + options.grace) + _START
    rounds = -(-cases // max(1, jobs))
    return (
        f"{cases} cases in real time, {jobs} at once: {_in_words(rounds * least)} if each is as quick as the "
        f"undisturbed run, at most {_in_words(rounds * most)}"
    )


def _in_words(seconds: float) -> str:
    for unit, name in ((3600.0, "h"), (60.0, "min")):
        if seconds >= unit:
            return f"{seconds / unit:.1f} {name}" if seconds < 10 * unit else f"{seconds / unit:.0f} {name}"
    return f"{seconds:.0f} s"
