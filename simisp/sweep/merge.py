"""Several results of one sweep as one: its shards, played on several machines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from simisp.errors import FileError
from simisp.sweep.groups import groups_of
from simisp.sweep.result import CaseResult, Group, StatementUse, SweepResult
from simisp.sweep.shrink import simplest

__all__ = ["Shard", "merged", "missing_shards"]


@dataclass(frozen=True, slots=True)
class Shard:
    """A part of a sweep: of each ``of`` cases, the one at ``number``.

    Attributes:
        number: From 1 to ``of``.
        of: How many shards there are, 1 or more.
    """

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Return the shard that a text such as ``2/8`` names.

        Raises:
            ValueError: It names none.

        Example:
            >>> Shard.parse("2/8")
            Shard(number=2, of=8)
        """
        number, _, of = text.partition("/")
        if not (number.isdecimal() and of.isdecimal() and number.isascii() and of.isascii()):
            raise ValueError(f"{text!r} is not a shard: write 2/8 for the second of eight")
        if not 1 <= int(number) <= int(of) <= 10_000:
            raise ValueError(f"{text!r} is not a shard: it is from 1/{of} to {of}/{of}, and there are 10000 at most")
        return cls(int(number), int(of))

    def has(self, number: int) -> bool:
        """Return whether a case is in it, by its number in the plan, from 0."""
        return number % self.of == self.number - 1


def merged(results: Mapping[str, SweepResult]) -> SweepResult:
    """Return the results of one sweep as one. Cases that are in several of them count once.

    Args:
        results: Each result by the name of its file, one or more.

    Raises:
        FileError: They are not of one sweep.
    """
    (first_name, first), *others = results.items()
    for name, other in others:
        _check(first_name, first, name, other)
    found: dict[int, CaseResult] = {}
    for result in results.values():
        for each in result.results:
            found.setdefault(each.number, each)
    ordered = tuple(found[number] for number in sorted(found))
    return replace(
        first,
        results=ordered,
        groups=tuple(_with_smallest(group, results.values()) for group in groups_of(ordered)),
        coverage=_joined([result.coverage for result in results.values()]),
        seconds=max(result.seconds for result in results.values()),
        replaced=sum(result.replaced for result in results.values()),
        interrupted=any(result.interrupted for result in results.values()),
        shard="",
    )


def _with_smallest(group: Group, results: Iterable[SweepResult]) -> Group:
    """Return a group with the smallest case that any result has for it."""
    found = [each.shrunk for result in results for each in result.groups if each.key == group.key]
    cases = {each.case.name: each for each in reversed(found) if each is not None}
    return replace(group, shrunk=cases[simplest([each.case for each in cases.values()]).name]) if cases else group


def missing_shards(results: Mapping[str, SweepResult]) -> list[str]:
    """Return the shards of a sweep that are in none of its results, and those that were interrupted, in words."""
    shards = [Shard.parse(result.shard) for result in results.values() if result.shard]
    if len(shards) < len(results):
        return []  # one of them is the whole
    of = max((shard.of for shard in shards), default=1)
    there = {shard.number for shard in shards}
    missing = [f"shard {number}/{of} is missing" for number in range(1, of + 1) if number not in there]
    cut = [f"{name} was interrupted" for name, result in results.items() if result.interrupted]
    return missing + cut


def _check(first_name: str, first: SweepResult, name: str, other: SweepResult) -> None:
    """Refuse a result that is not of the same sweep.

    Raises:
        FileError: It is of another one.
    """
    for what, key in (("scenario", "digest"), ("client", "recipe"), ("plan", "plan"), ("seed", "seed")):
        if getattr(first, key) != getattr(other, key):
            raise FileError(f"a sweep with another {what} than {first_name}", path=name)
    if first.planned != other.planned:
        problem = f"a sweep of {other.planned} cases, where {first_name} has {first.planned}"
        raise FileError(problem, path=name, remedy="the client's undisturbed run was another one there")
    if first.shard and other.shard and Shard.parse(first.shard).of != Shard.parse(other.shard).of:
        raise FileError(f"shard {other.shard}, where {first_name} is shard {first.shard}", path=name)


def _joined(coverages: Sequence[Sequence[StatementUse]]) -> tuple[StatementUse, ...]:
    """Return the uses of all, statement by statement."""
    if len({len(coverage) for coverage in coverages}) != 1:
        return ()
    return tuple(replace(uses[0], cases=sum(use.cases for use in uses)) for uses in zip(*coverages, strict=True))
