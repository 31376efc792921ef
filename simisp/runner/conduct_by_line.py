"""One expectation of the client's conduct on several lines: each line that is used is watched by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from simisp.runner.conduct import watch_of
from simisp.runner.conduct_watch import ConductWatch
from simisp.runner.run_facts import RunFacts
from simisp.runner.verdict import ExpectationResult
from simisp.scenario.conduct_expectations import ClientLockFile, CommandsInOrder, OpenedTimes
from simisp.scenario.model import Scenario
from simisp.scenario.own_lines import names_of_lines
from simisp.transcript import Record

if TYPE_CHECKING:
    from simisp.scenario.expectations import ClientConduct

__all__ = ["ConductByLine", "watch_on_lines"]


def watch_on_lines(expected: ClientConduct, scenario: Scenario) -> ConductWatch:
    """Return what watches for an expectation: one watch for each line, or one for all if it counts over all of them.

    Args:
        expected: The expectation.
        scenario: Its scenario.
    """
    if scenario.lines is None or isinstance(expected, CommandsInOrder | OpenedTimes):
        return watch_of(expected, scenario)
    only = names_of_lines(scenario.lines)[0][0] if isinstance(expected, ClientLockFile) else None
    return ConductByLine(partial(watch_of, expected, scenario), only)


class ConductByLine:
    """A watch for each line, as one: it holds where no line disappoints it, and at least one has met it.

    Args:
        make: Makes a watch.
        only: The only line that it is about, such as the one of a lock file; None for all.
    """

    def __init__(self, make: Callable[[], ConductWatch], only: str | None = None) -> None:
        self._make = make
        self._only = only
        self._watches: dict[str, ConductWatch] = {}

    @property
    def is_broken(self) -> bool:
        """Whether it has been disappointed on a line, so that nothing later can mend it."""
        return any(watch.is_broken for watch in self._watches.values())

    @property
    def was_tried(self) -> bool:
        """Whether anything was done on a line that it is about."""
        return any(watch.was_tried for watch in self._watches.values())

    def take(self, record: Record) -> None:
        """Take a record; one of no line, such as the start of a client, is about none."""
        if not record.line or self._only not in (None, record.line):
            return
        watch = self._watches.get(record.line)
        if watch is None:
            watch = self._watches[record.line] = self._make()
        watch.take(record)

    def judge(self, facts: RunFacts) -> ExpectationResult:
        """Return whether the expectation held, and on which line it did not."""
        results = [(line, watch.judge(facts)) for line, watch in self._watches.items() if watch.was_tried]
        if not results:
            return self._make().judge(facts)
        for line, result in results:
            if result.held is False:
                return replace(result, found=f"on {line}: {result.found}", shortcoming=f"on {line}: {result.found}")
        return next((result for _, result in results if result.held), results[0][1])
