"""A sweep's result as text, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simisp.sweep.result import Group, SweepResult
from simisp.sweep.token import replay_line

__all__ = ["as_table"]

_MOST_UNREACHED = 20


def as_table(result: SweepResult) -> str:
    """Return what was found, cause by cause, and what no fault could reach, as lines of text."""
    return "\n".join([*_lines(result), ""])


def _lines(result: SweepResult) -> Iterator[str]:
    yield f"{result.scenario}, {result.client}, plan {result.plan}: {_cases(result)}{_speed(result)}"
    if result.groups:
        yield ""
        yield from _table(result.groups)
        for number, group in enumerate(result.groups, 1):
            yield ""
            yield from _about(number, group)
    unreached = [use.stand for use in result.coverage if not use.cases and not use.undisturbed]
    if unreached:
        yield ""
        yield f"not reached by any case: {len(unreached)} of {len(result.coverage)}"
        yield from (f"  {stand}" for stand in unreached[:_MOST_UNREACHED])
        if len(unreached) > _MOST_UNREACHED:
            yield f"  and {len(unreached) - _MOST_UNREACHED} more"
    yield ""
    yield _summary(result)


def _cases(result: SweepResult) -> str:
    played = sum(each.case.row != "undisturbed" for each in result.results)
    return f"{played} cases" if played >= result.planned else f"{played} of {result.planned} cases"


def _speed(result: SweepResult) -> str:
    if result.seconds <= 0:
        return ""
    return f" in {result.seconds:.1f} s ({result.rate:.0f} a second; in real time {_duration(result.replaced)})"


def _duration(seconds: float) -> str:
    for unit, name in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.1f} {name}"
    return f"{seconds:.0f} s"


def _table(groups: Sequence[Group]) -> Iterator[str]:
    rows = [("", "found", "cases", "where")]
    rows += [
        (str(number), group.kind.value, str(len(group.cases)), str(group.stand or "not known"))
        for number, group in enumerate(groups, 1)
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for number, kind, cases, where in rows:
        yield f"{number:>{widths[0]}}  {kind:<{widths[1]}}  {cases:>{widths[2]}}  {where}"


def _about(number: int, group: Group) -> Iterator[str]:
    yield f"{number}: {group.detail}"
    yield f"   such as: {group.cases[0]}" if group.cases else ""
    if group.shrunk is not None:
        yield f"   smallest: {group.shrunk.case.name}"
        if group.shrunk.file:
            yield f"   scenario: {group.shrunk.file}"
        if group.shrunk.token:
            yield f"   again: {replay_line(group.shrunk.token)}"


def _summary(result: SweepResult) -> str:
    end = "incomplete, " if result.interrupted else ""
    if not result.groups:
        return f"{end}nothing found"
    found = sum(bool(each.findings) for each in result.results)
    return f"{end}{_count(len(result.groups), 'cause')} found, in {_count(found, 'case')}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
