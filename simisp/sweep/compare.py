"""Several clients side by side: the same cases for each, and where they come to different ends."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simisp.scenario.load import LoadedScenario
from simisp.sweep.case import Case
from simisp.sweep.client import SweepClient
from simisp.sweep.findings import judge
from simisp.sweep.outcome import CaseOutcome
from simisp.sweep.pool import played
from simisp.sweep.sweep import Sweep

__all__ = ["Comparison", "compare"]

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOST_CLIENTS = len(_LETTERS)
"""How many clients can be compared at once."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What several clients came to in the same cases.

    Attributes:
        scenario: The scenario's name.
        plan: The plan's name.
        clients: What each client is called.
        undisturbed: What came of each one's undisturbed run, in a few words.
        cases: The cases, from the undisturbed run of the first client.
        ends: Of each case, what came of it with each client, in a few words.
    """

    scenario: str
    plan: str
    clients: tuple[str, ...]
    undisturbed: tuple[str, ...]
    cases: tuple[Case, ...]
    ends: tuple[tuple[str, ...], ...]

    @property
    def differ(self) -> bool:
        """Whether any case ends in another way with one client than with another."""
        return any(len(set(ends)) > 1 for ends in self.ends)

    def describe(self) -> str:
        """Return it as a table, then the cases that differ, those of one kind and one result together."""
        letters = _LETTERS[: len(self.clients)]
        head = f"{self.scenario}, plan {self.plan}: {len(self.cases)} cases, {len(self.clients)} clients"
        lines = [head, *(f"  {letter}  {name}" for letter, name in zip(letters, self.clients, strict=True)), ""]
        lines += _columns([["", *letters], ["undisturbed", *self.undisturbed], *self._counts()])
        if self.differ:
            lines += ["", "where they differ:"]
            lines += _columns([["what goes wrong", "cases", *letters], *self._differences()])
        return "\n".join(lines) + "\n"

    def to_json(self) -> str:
        """Return it as JSON."""
        cases = [
            {"name": case.name, "row": case.row, "overlay": case.overlay, "ends": ends}
            for case, ends in zip(self.cases, self.ends, strict=True)
        ]
        said = {
            "simisp compare": 1, "scenario": self.scenario, "plan": self.plan, "clients": self.clients,
            "undisturbed": self.undisturbed, "cases": cases,
        }  # fmt: skip
        return json.dumps(said, indent=1) + "\n"

    def _counts(self) -> Iterator[list[str]]:
        """Yield how often each client came to each end, the most frequent end first."""
        counts = [Counter(ends[index] for ends in self.ends) for index in range(len(self.clients))]
        total: Counter[str] = sum(counts, Counter())
        for end, _ in sorted(total.items(), key=lambda each: (-each[1], each[0])):
            yield [end, *(str(count[end]) for count in counts)]

    def _differences(self) -> Iterator[list[str]]:
        pairs = zip(self.cases, self.ends, strict=True)
        groups = Counter((case.row, ends) for case, ends in pairs if len(set(ends)) > 1)
        for (row, ends), count in groups.items():
            yield [row, str(count), *ends]


def compare(
    scenario: LoadedScenario, clients: Sequence[SweepClient], plan: str, *, seed: int = 0, jobs: int = 1
) -> Comparison:
    """Play the same cases with several clients.

    Args:
        scenario: The scenario.
        clients: The clients, one or more; the cases come from the undisturbed run of the first one.
        plan: The plan's name.
        seed: The seed of everything random.
        jobs: In how many processes the cases are played.

    Raises:
        ClientError: A command can't be started.
        ClockUnavailableError: A command can't have the clock that was asked for by name.
        FileError: There is no room for temporary files.
    """
    undisturbed = [client.player(scenario).undisturbed() for client in clients]
    cases = Sweep(scenario, clients[0], plan, seed).cases(undisturbed[0])
    columns: list[list[str]] = []
    for client, usual in zip(clients, undisturbed, strict=True):
        column = [""] * len(cases)
        for number, outcome in played(scenario, client, cases, jobs=jobs):
            column[number] = _end(usual.outcome, outcome)
        columns.append(column)
    return Comparison(
        scenario.name,
        plan,
        tuple(_name(client) for client in clients),
        tuple(_end(usual.outcome, usual.outcome) for usual in undisturbed),
        cases,
        tuple(zip(*columns, strict=True)),
    )


def _name(client: SweepClient) -> str:
    recipe = list(client.recipe)
    return shlex.join(recipe[recipe.index("--") + 1 :] if "--" in recipe else recipe)


def _end(usual: CaseOutcome, outcome: CaseOutcome) -> str:
    """Return what came of a case: what it has shown, or how the client ended."""
    found = dict.fromkeys(finding.kind.value for finding in judge(usual, outcome))
    if found:
        return "; ".join(found)
    if outcome.signal is not None:
        return outcome.signal
    return outcome.verdict.value if outcome.exit_status is None else f"exit status {outcome.exit_status}"


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines with columns of equal width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
