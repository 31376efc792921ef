"""What every watch of an expectation of conduct is, and what they have in common."""

from __future__ import annotations

from typing import Protocol

from simisp.runner.run_facts import RunFacts
from simisp.runner.verdict import ExpectationResult
from simisp.transcript import Record

__all__ = ["ConductWatch", "ExpectationWatch", "in_times", "moment_of"]


class ConductWatch(Protocol):
    """Watches a run for one expectation."""

    @property
    def is_broken(self) -> bool:
        """Whether it has been disappointed, so that nothing later can mend it."""

    @property
    def was_tried(self) -> bool:
        """Whether the client has done anything that it is about, as far as that matters to whether it held."""

    def take(self, record: Record) -> None:
        """Take a record."""

    def judge(self, facts: RunFacts) -> ExpectationResult:
        """Return whether the expectation held."""


class ExpectationWatch:
    """What the watches have in common: the expectation in words, and what was not as expected first."""

    def __init__(self, expectation: str) -> None:
        self._expectation = expectation
        self._wrong = ""

    @property
    def is_broken(self) -> bool:
        """Whether anything was not as expected."""
        return bool(self._wrong)

    @property
    def was_tried(self) -> bool:
        """Whether the client has done anything that it is about: for most, that does not matter."""
        return True

    def judge(self, _facts: RunFacts) -> ExpectationResult:
        """Return whether the expectation held."""
        return self.result(self._wrong)

    def note(self, wrong: str) -> None:
        """Keep the first thing that was not as expected."""
        self._wrong = self._wrong or wrong

    def result(self, wrong: str) -> ExpectationResult:
        """Return the result, given what was not as expected; empty if it held."""
        return ExpectationResult(self._expectation, not wrong, wrong, wrong)

    def not_judged(self, why: str) -> ExpectationResult:
        """Return that it can't be judged in this run, and why."""
        return ExpectationResult(self._expectation, None, why)


def moment_of(record: Record) -> str:
    """Return when a record was made, in words."""
    return f"{record.at:.3f} s"


def in_times(count: int) -> str:
    """Return how often, in words.

    Example:
        >>> in_times(1), in_times(3)
        ('once', '3 times')
    """
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")
