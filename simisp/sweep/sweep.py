"""A sweep: the undisturbed run, the cases of a plan, each of them played and judged."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from itertools import islice

from simisp.errors import SimispError
from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case
from simisp.sweep.client import SweepClient
from simisp.sweep.findings import judge
from simisp.sweep.groups import groups_of
from simisp.sweep.merge import Shard
from simisp.sweep.outcome import CaseOutcome
from simisp.sweep.overlay import digest_of
from simisp.sweep.plans import PLANS
from simisp.sweep.pool import played
from simisp.sweep.result import CaseResult, DialoguePiece, StatementUse, SweepResult
from simisp.sweep.undisturbed import Undisturbed

__all__ = ["Progress", "Sweep", "Way", "result_of", "run_sweep"]

_ENDLESS = "random"


@dataclass(frozen=True)
class Sweep:
    """What is swept.

    Attributes:
        scenario: The scenario.
        client: The client.
        plan: The plan's name.
        seed: The seed of everything random.
        runs: How many cases the plan ``random`` has.
    """

    scenario: LoadedScenario
    client: SweepClient
    plan: str
    seed: int = 0
    runs: int = 100

    def cases(self, undisturbed: Undisturbed) -> tuple[Case, ...]:
        """Return the cases of the plan, each once and with a name of its own."""
        all_cases = PLANS[self.plan](self.scenario, undisturbed, self.seed)
        different: dict[str, Case] = {}
        for case in islice(all_cases, self.runs if self.plan == _ENDLESS else None):
            different.setdefault(case.key, case)  # the first one: its name depends on no case behind it
        names: Counter[str] = Counter()
        named = []
        for case in different.values():
            names[case.name] += 1
            number = names[case.name]
            named.append(case if number == 1 else replace(case, name=f"{case.name} ({number})"))
        return tuple(named)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sweep has come.

    Attributes:
        done: How many cases have been played.
        planned: How many there are.
        findings: How many of them have shown something.
        groups: How many causes these have.
        seconds: How long it has taken.
    """

    done: int
    planned: int
    findings: int
    groups: int
    seconds: float

    @property
    def rate(self) -> float:
        """How many cases a second."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at this rate; None as long as there is no rate."""
        return (self.planned - self.done) / self.rate if self.rate else None


_SAVE_EVERY = 5.0
"""Seconds between two calls with what is known so far."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a sweep is played: where, which part of it, and what is known already.

    Attributes:
        jobs: In how many processes.
        executor: What the cases are played by, in place of processes of our own.
        shard: Which part; None for the whole.
        known: What came of cases that need not be played again, by their keys.
        on_begin: Called once before the first case, with how many there are to play and the undisturbed run's outcome.
        on_progress: Called after each case.
        on_part: Called with what is known so far, every few seconds.
        on_failure: Called with what is known, before the error that ends it early is raised.
    """

    jobs: int = 1
    executor: Executor | None = None
    shard: Shard | None = None
    known: Mapping[str, CaseOutcome] = field(default_factory=dict)
    on_begin: Callable[[int, CaseOutcome], None] | None = None
    on_progress: Callable[[Progress], None] | None = None
    on_part: Callable[[SweepResult], None] | None = None
    on_failure: Callable[[SweepResult], None] | None = None


def run_sweep(
    sweep: Sweep, *, jobs: int = 1, on_progress: Callable[[Progress], None] | None = None, way: Way | None = None
) -> SweepResult:
    """Play all cases and return what they have shown. A KeyboardInterrupt ends it early, with what is known.

    Args:
        sweep: What is swept.
        jobs: In how many processes the cases are played.
        on_progress: Called after each case.
        way: How it is played, in place of the two before.
    """
    return _Running(sweep, way or Way(jobs=jobs, on_progress=on_progress)).play()


class _Running:
    """One sweep that is being played."""

    def __init__(self, sweep: Sweep, way: Way) -> None:
        self._began = self._saved = time.monotonic()
        self._sweep, self._way = sweep, way
        self._undisturbed = sweep.client.player(sweep.scenario).undisturbed()
        self._cases = sweep.cases(self._undisturbed)
        wanted = [n for n in range(len(self._cases)) if way.shard is None or way.shard.has(n)]
        self._planned = len(wanted)
        self._results: dict[int, CaseResult] = {}
        self._showed: set[tuple[str, str]] = set()
        self._findings = 0
        for number in wanted:
            if (key := self._cases[number].key) in way.known:
                self._take(number, way.known[key])
        self._missing = [number for number in wanted if number not in self._results]

    def play(self) -> SweepResult:
        """Play what is missing."""
        sweep, way = self._sweep, self._way
        cases = [self._cases[number] for number in self._missing]
        if way.on_begin is not None:
            way.on_begin(len(cases), self._undisturbed.outcome)
        try:
            for index, outcome in played(sweep.scenario, sweep.client, cases, jobs=way.jobs, executor=way.executor):
                self._take(self._missing[index], outcome)
                if way.on_progress is not None:
                    way.on_progress(self._progress())
                if way.on_part is not None and time.monotonic() - self._saved >= _SAVE_EVERY:
                    way.on_part(self._result(interrupted=True))
                    self._saved = time.monotonic()
        except KeyboardInterrupt:
            return self._result(interrupted=True)
        except SimispError:
            # No port, no process or no room is left. What is known may have taken hours.
            if way.on_failure is not None and self._results:
                way.on_failure(self._result(interrupted=True))
            raise
        return self._result(interrupted=False)

    def _take(self, number: int, outcome: CaseOutcome) -> None:
        found = judge(self._undisturbed.outcome, outcome)
        self._results[number] = CaseResult(self._cases[number], outcome, found, number)
        self._findings += bool(found)
        self._showed |= {finding.key for finding in found}

    def _progress(self) -> Progress:
        seconds = time.monotonic() - self._began
        return Progress(len(self._results), self._planned, self._findings, len(self._showed), seconds)

    def _result(self, *, interrupted: bool) -> SweepResult:
        seconds = time.monotonic() - self._began
        results = [self._results[number] for number in sorted(self._results)]
        result = result_of(
            self._sweep, self._undisturbed, results, planned=len(self._cases), seconds=seconds, interrupted=interrupted
        )
        return result if self._way.shard is None else replace(result, shard=str(self._way.shard))


def result_of(
    sweep: Sweep,
    undisturbed: Undisturbed,
    judged: Sequence[CaseResult],
    *,
    planned: int,
    seconds: float = 0.0,
    interrupted: bool = False,
) -> SweepResult:
    """Return the result of what was played: it is the same in whatever order, and wherever, that was.

    Args:
        sweep: What was swept.
        undisturbed: The undisturbed run.
        judged: The cases that were played, in the plan's order.
        planned: How many cases the plan has.
        seconds: How long it took.
        interrupted: Whether it was interrupted.
    """
    usual, results = undisturbed.outcome, list(judged)
    itself = judge(usual, usual)
    if itself:
        results.insert(0, CaseResult(Case("undisturbed", sweep.plan, "undisturbed"), usual, itself))
    return SweepResult(
        scenario=sweep.scenario.name,
        path=sweep.scenario.path,
        digest=digest_of(sweep.scenario),
        client=sweep.client.name,
        recipe=tuple(sweep.client.recipe),
        plan=sweep.plan,
        seed=sweep.seed,
        planned=planned,
        undisturbed=usual,
        dialogue=tuple(
            DialoguePiece(piece.at, piece.sender.value, piece.shown.decode("latin-1"), piece.position)
            for piece in undisturbed.pieces
        ),
        results=tuple(results),
        groups=groups_of(results),
        coverage=_coverage(sweep.client, usual, [result.outcome for result in results]),
        seconds=seconds,
        replaced=sum(result.outcome.at for result in results),
        interrupted=interrupted,
    )


def _coverage(client: SweepClient, usual: CaseOutcome, outcomes: Sequence[CaseOutcome]) -> tuple[StatementUse, ...]:
    counts = Counter(number for outcome in outcomes for number in outcome.exercised)
    came_to = set(usual.exercised)
    return tuple(
        StatementUse(stand, number in came_to, counts[number]) for number, stand in enumerate(client.statements)
    )
