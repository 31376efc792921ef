"""What a scenario expects on single lines of a bank, besides what it expects of all lines together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from simisp.runner.expectations import Expectations
from simisp.runner.run_facts import RunFacts
from simisp.runner.verdict import ExpectationResult
from simisp.scenario.load import LoadedScenario
from simisp.transcript import Record
from simisp.transcript.record import Batch

__all__ = ["BankExpectations", "expectations_of"]


def expectations_of(scenario: LoadedScenario, lines_of_ports: Mapping[str, str]) -> Expectations:
    """Return what is to be watched for in a run of a scenario.

    Args:
        scenario: The scenario.
        lines_of_ports: The name of each port's line.
    """
    own = {
        line.name: Expectations(played.model)
        for line, played in zip(scenario.bank, scenario.own, strict=False)
        if played is not None and played.model.expect
    }
    return BankExpectations(scenario, own, lines_of_ports) if own else Expectations(scenario.model)


class BankExpectations(Expectations):
    """The expectations of a bank of which some lines have expectations of their own.

    Args:
        scenario: The scenario.
        own: The expectations of each line that has some, by its name.
        lines_of_ports: The name of each port's line.
    """

    def __init__(
        self, scenario: LoadedScenario, own: Mapping[str, Expectations], lines_of_ports: Mapping[str, str]
    ) -> None:
        super().__init__(scenario.model)
        self._own = own
        self._own_of = {port: own[line] for port, line in lines_of_ports.items() if line in own}

    @property
    def expects_release(self) -> bool:
        """Whether a port has to come free within a time."""
        return super().expects_release or any(own.expects_release for own in self._own.values())

    def lock_names_on(self, line: str) -> tuple[str, ...]:
        """Return the lock files that the client is expected to make for the port of one line."""
        return self._own[line].lock_names if line in self._own else ()

    def take(self, record: Record) -> None:
        """Take a record."""
        super().take(record)
        if record.line in self._own_of:
            self._own_of[record.line].take(record)

    def take_batches(self, batches: Sequence[Batch]) -> None:
        """Take what lines have put out at one time after the other."""
        super().take_batches(batches)
        for batch in batches:
            if (own := self._own_of.get(batch[1])) is not None:
                own.take_batches((batch,))

    def judge(self, facts: RunFacts) -> list[ExpectationResult]:
        """Return each expectation with whether it held: first those of all lines, then those of each line."""
        own = (_on(line, result) for line, each in self._own_facts(facts) for result in self._own[line].judge(each))
        return [*super().judge(facts), *own]

    def judge_so_far(self, facts: RunFacts) -> list[ExpectationResult]:
        """Return each expectation as a run that is interrupted leaves it."""
        results = super().judge_so_far(facts)
        for line, each in self._own_facts(facts):
            results += (_on(line, result) for result in self._own[line].judge_so_far(each))
        return results

    def _own_facts(self, facts: RunFacts) -> Iterator[tuple[str, RunFacts]]:
        return ((line, facts.lines[line]) for line in self._own)


def _on(line: str, result: ExpectationResult) -> ExpectationResult:
    """Return how an expectation was judged, with the line that it is about."""
    shortcoming = f"on line {line} {result.shortcoming}" if result.shortcoming else ""
    return replace(result, expectation=f"line {line}: {result.expectation}", shortcoming=shortcoming)
