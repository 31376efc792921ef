"""Repeats a run: does it always go the same way?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from simisp.runner.clocks import ClockChoice
from simisp.runner.run import run_client
from simisp.runner.run_options import RunOptions
from simisp.runner.station import Station
from simisp.scenario.load import LoadedScenario

__all__ = ["Verification", "verify"]


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of several runs.

    Attributes:
        counts: How many runs had each transcript, most first. Virtual time promises a single number.
    """

    counts: tuple[int, ...]

    @property
    def alike(self) -> bool:
        """Whether all runs had the same transcript."""
        return len(self.counts) == 1

    def describe(self) -> str:
        """Return it in words.

        Example:
            >>> Verification((20,)).describe()
            'verified: 20 runs, one transcript'
        """
        runs = sum(self.counts)
        if self.alike:
            return f"verified: {runs} runs, one transcript"
        return f"not verified: {runs} runs, {len(self.counts)} transcripts ({', '.join(map(str, self.counts))})"


async def verify(
    scenario: LoadedScenario,
    command: Sequence[str],
    options: RunOptions,
    *,
    clock: ClockChoice,
    runs: int,
    first: str | None = None,
) -> Verification:
    """Run a command against a scenario several times and compare the transcripts.

    Args:
        scenario: The scenario to play.
        command: The program and its arguments.
        options: The options of each run.
        clock: The clock of each run.
        runs: How many runs to make in all, 1 or more.
        first: The digest of a run that was already made and counts as the first.

    Raises:
        ClientError: The command can't be started.
    """
    digests = Counter([first] if first is not None else [])
    while digests.total() < runs:
        with Station(scenario, clock=clock) as station:
            await run_client(station, command, options)
            digests[station.digest()] += 1
    return Verification(tuple(count for _, count in digests.most_common()))
