"""A sweep's result as a JUnit report: one case for each kind of fault, and one for each cause that was found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from simisp.sweep.reports.strip import Grade, strip_of
from simisp.sweep.result import Group, SweepResult
from simisp.sweep.token import replay_line
from simisp.visible import visible, visible_lines

__all__ = ["as_junit"]

_MOST_NAMED = 20
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(result: SweepResult) -> str:
    """Return the report as XML. A kind of fault that hurts the client is a failure, with the causes that it shows."""
    cases = list(_rows(result))
    failures = sum("<failure" in case for case in cases)
    name = quoteattr(_clean(visible(f"simisp sweep {result.scenario} {result.client}")))
    numbers = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="0" time="{result.seconds:.3f}"'
    return "\n".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>',
            f'<testsuites name="simisp sweep" tests="{len(cases)}" failures="{failures}" errors="0">',
            f"<testsuite name={name} {numbers}>",
            *cases,
            "</testsuite>",
            "</testsuites>",
            "",
        ]
    )


def _rows(result: SweepResult) -> Iterator[str]:
    for row in strip_of(result).rows:
        numbers = [number for cell in row.cells for number in cell.cases]
        worst = max((cell.grade for cell in row.cells), default=Grade.SUCCEEDED)
        head = f"<testcase classname={_quoted(f'{result.scenario}.{result.plan}')} name={_quoted(row.name)}"
        if worst <= Grade.GAVE_UP:
            yield f"{head}/>"
            continue
        names = {result.results[number].case.name for number in numbers}
        groups = [group for group in result.groups if not names.isdisjoint(group.cases)]
        message = "; ".join(dict.fromkeys(_heading(group) for group in groups))
        text = "\n".join(line for group in groups for line in _about(group, names))
        kind = _quoted(groups[0].kind.value if groups else "finding")
        yield f"{head}><failure message={_quoted(message)} type={kind}>{_content(text)}</failure></testcase>"


def _heading(group: Group) -> str:
    return group.kind.value + ("" if group.stand is None else f" at {group.stand}")


def _about(group: Group, names: set[str]) -> Iterator[str]:
    yield f"{_heading(group)}: {group.detail}"
    mine = [name for name in group.cases if name in names]
    yield from (f"  {name}" for name in mine[:_MOST_NAMED])
    if len(mine) > _MOST_NAMED:
        yield f"  and {len(mine) - _MOST_NAMED} more"
    if group.shrunk is not None and group.shrunk.token:
        yield f"  again: {replay_line(group.shrunk.token)}"


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)


def _quoted(text: str) -> str:
    return quoteattr(_clean(visible(text)))


def _content(text: str) -> str:
    return escape(_clean(visible_lines(text)))
