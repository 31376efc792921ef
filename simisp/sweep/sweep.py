"""A sweep: the undisturbed run, the cases of a plan, each of them played and judged."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from simisp.scenario.dump import dumps
from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case
from simisp.sweep.client import SweepClient
from simisp.sweep.findings import judge
from simisp.sweep.groups import groups_of
from simisp.sweep.outcome import CaseOutcome
from simisp.sweep.plans import PLANS
from simisp.sweep.pool import played
from simisp.sweep.result import CaseResult, DialoguePiece, StatementUse, SweepResult
from simisp.sweep.undisturbed import Undisturbed

__all__ = ["Progress", "Sweep", "digest_of", "result_of", "run_sweep"]


def digest_of(scenario: LoadedScenario) -> str:
    """Return what tells a scenario from every other one: its meaning, not how it is written."""
    return hashlib.sha256(dumps(scenario.model).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Sweep:
    """What is swept.

    Attributes:
        scenario: The scenario.
        client: The client.
        plan: The plan's name.
        seed: The seed of everything random.
    """

    scenario: LoadedScenario
    client: SweepClient
    plan: str
    seed: int = 0

    def cases(self, undisturbed: Undisturbed) -> tuple[Case, ...]:
        """Return the cases of the plan, each once."""
        return tuple({case.key: case for case in PLANS[self.plan](self.scenario, undisturbed, self.seed)}.values())


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


def run_sweep(sweep: Sweep, *, jobs: int = 1, on_progress: Callable[[Progress], None] | None = None) -> SweepResult:
    """Play all cases and return what they have shown. A KeyboardInterrupt ends it early, with what is known.

    Args:
        sweep: What is swept.
        jobs: In how many processes the cases are played.
        on_progress: Called after each case.
    """
    began = time.monotonic()
    undisturbed = sweep.client.player(sweep.scenario).undisturbed()
    cases = sweep.cases(undisturbed)
    outcomes: dict[int, CaseOutcome] = {}
    showed: set[tuple[str, str]] = set()
    findings, interrupted = 0, False
    try:
        for number, outcome in played(sweep.scenario, sweep.client, cases, jobs=jobs):
            outcomes[number] = outcome
            if on_progress is not None:
                found = judge(undisturbed.outcome, outcome)
                findings += bool(found)
                showed |= {finding.key for finding in found}
                seconds = time.monotonic() - began
                on_progress(Progress(len(outcomes), len(cases), findings, len(showed), seconds))
    except KeyboardInterrupt:
        interrupted = True
    seconds = time.monotonic() - began
    return result_of(sweep, undisturbed, cases, outcomes, seconds=seconds, interrupted=interrupted)


def result_of(
    sweep: Sweep,
    undisturbed: Undisturbed,
    cases: Sequence[Case],
    outcomes: Mapping[int, CaseOutcome],
    *,
    seconds: float = 0.0,
    interrupted: bool = False,
) -> SweepResult:
    """Return the result of what was played: it is the same in whatever order, and wherever, that was.

    Args:
        sweep: What was swept.
        undisturbed: The undisturbed run.
        cases: All cases of the plan.
        outcomes: What came of those that were played, by their numbers.
        seconds: How long it took.
        interrupted: Whether it was interrupted.
    """
    usual = undisturbed.outcome
    results = [
        CaseResult(cases[number], outcomes[number], judge(usual, outcomes[number])) for number in sorted(outcomes)
    ]
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
        planned=len(cases),
        undisturbed=usual,
        dialogue=tuple(
            DialoguePiece(piece.at, piece.sender, piece.shown.decode("latin-1"), piece.position)
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
