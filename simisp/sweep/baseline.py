"""A baseline: the findings that are known. A build fails only on new ones, and old ones that are gone are reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from simisp.errors import FileError, reason_of
from simisp.sweep.result import Group, SweepResult
from simisp.sweep.written import write_file

__all__ = ["BaselineDifference", "against_baseline", "check_baseline", "read_result", "write_baseline"]

_MOST_OCTETS = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BaselineDifference:
    """A result beside a baseline.

    Attributes:
        new: The groups that the baseline does not have.
        known: Those that it has.
        gone: Those of the baseline that were not found any more.
    """

    new: tuple[Group, ...]
    known: tuple[Group, ...]
    gone: tuple[Group, ...]


def read_result(path: Path) -> SweepResult:
    """Return the result that a file has.

    Raises:
        FileError: It can't be read, or has something else.
    """
    try:
        with path.open("rb") as opened:
            data = opened.read(_MOST_OCTETS)
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else "it is not UTF-8"
        raise FileError(f"the result of a sweep can't be read ({reason})", path=str(path)) from error
    return SweepResult.from_json(text, name=str(path))


def write_baseline(path: Path, result: SweepResult) -> None:
    """Write a result as a baseline: its findings, and nothing that changes from run to run.

    Raises:
        FileError: It can't be written.
    """
    groups = tuple(replace(group, cases=(), shrunk=None) for group in sorted(result.groups, key=lambda each: each.key))
    kept = replace(result, dialogue=(), results=(), groups=groups, coverage=(), seconds=0.0, replaced=0.0)
    write_file(path, kept.to_json())


def check_baseline(baseline: SweepResult, name: str, *, scenario: tuple[str, str], client: str, plan: str) -> None:
    """Refuse a baseline that a sweep can't be compared with.

    Args:
        baseline: The baseline.
        name: The name of its file.
        scenario: The name and the digest of the sweep's scenario.
        client: What its client is called.
        plan: Its plan.

    Raises:
        FileError: The baseline is of another scenario, client or plan, or of a part of the cases.
    """
    if baseline.shard:
        problem = f"a baseline is of all cases, and this has shard {baseline.shard} alone"
        raise FileError(problem, path=name, remedy="simisp sweep merge joins the shards")
    for what, ours, theirs in (
        ("scenario", scenario, (baseline.scenario, baseline.digest)),
        ("client", Path(client).name, Path(baseline.client).name),
        ("plan", plan, baseline.plan),
    ):
        if ours != theirs:
            shown = theirs[0] if isinstance(theirs, tuple) else theirs
            problem = f"a baseline of another {what}: of {shown}" + (" as it was" if ours[0] == shown else "")
            raise FileError(problem, path=name, remedy="--update-baseline writes a new one")


def against_baseline(result: SweepResult, baseline: SweepResult, name: str) -> BaselineDifference:
    """Return what a result has beside a baseline.

    A finding is known by its kind, the name of the file and the statement; not by its line, which every change above
    it moves.

    Args:
        result: The result.
        baseline: The baseline.
        name: The name of the baseline's file.

    Raises:
        FileError: The baseline is of another scenario, client or plan.
    """
    scenario = result.scenario, result.digest
    check_baseline(baseline, name, scenario=scenario, client=result.client, plan=result.plan)
    left = Counter(_known_by(group) for group in baseline.groups)
    new: list[Group] = []
    known: list[Group] = []
    for group in result.groups:
        is_known = left[_known_by(group)] > 0
        left[_known_by(group)] -= is_known
        (known if is_known else new).append(group)
    return BaselineDifference(tuple(new), tuple(known), _gone(baseline.groups, left))


def _gone(groups: Sequence[Group], left: Counter[tuple[str, str, str]]) -> tuple[Group, ...]:
    gone = []
    for group in reversed(groups):
        if left[_known_by(group)] > 0:
            left[_known_by(group)] -= 1
            gone.append(group)
    return tuple(reversed(gone))


def _known_by(group: Group) -> tuple[str, str, str]:
    stand = group.stand
    return (group.kind.value, "", "") if stand is None else (group.kind.value, Path(stand.file).name, stand.text)
