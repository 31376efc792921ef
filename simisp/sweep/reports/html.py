"""A sweep's result as one HTML page, with its data, style and program inside: it needs no network and no server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from string import Template

from simisp.report.page.self_contained import asset, embedded_json, escaped, source_hash
from simisp.scenario.dump import dumps_plain
from simisp.sweep.case import Case
from simisp.sweep.reports.strip import Grade, StripRow, grade_of, strip_of
from simisp.sweep.result import CaseResult, SweepResult
from simisp.sweep.token import replay_line
from simisp.visible import visible, visible_lines

__all__ = ["as_html"]

_PACKAGE = "simisp.sweep.reports"
_MOST_NAMED = 20_000
"""Of more cases only what they came to is in the page."""
_MOST_DETAILED = 1500
"""For how many cases with findings the page has the scenario."""
_MOST_TRANSCRIPTS = 500
_LONGEST_TRANSCRIPT = 6000
_LONGEST_SCENARIO = 2000


def as_html(result: SweepResult, transcripts: Mapping[str, str] | None = None) -> str:
    """Return the page.

    A content security policy admits the page's own style and program and nothing else, so no octet that a client or a
    scenario has brought in can load or run anything.

    Args:
        result: The result.
        transcripts: The dialogue of cases, by their names, without secrets; those that are lacking are not shown.
    """
    style, script = asset(_PACKAGE, "page.css"), asset(_PACKAGE, "page.js")
    return Template(asset(_PACKAGE, "page.html")).substitute(
        title=escaped(f"{result.scenario}: {result.client}"),
        scenario=escaped(result.scenario),
        about=escaped(_about(result)),
        summary=escaped(_summary(result)),
        causes="\n".join(_causes(result)),
        style=style,
        style_hash=source_hash(style),
        data=embedded_json(_data(result, transcripts or {})),
        script=script,
        script_hash=source_hash(script),
    )


def _about(result: SweepResult) -> str:
    speed = f", {result.rate:.0f} a second" if result.rate else ""
    return f"{result.client}, plan {result.plan}, seed {result.seed}, {len(result.results)} cases{speed}"


def _summary(result: SweepResult) -> str:
    found = sum(bool(each.findings) for each in result.results)
    said = f"{len(result.groups)} causes found, in {found} cases" if result.groups else "nothing found"
    played = len(result.results)
    return f"incomplete, {played} of {result.planned} cases played: {said}" if result.interrupted else said


def _causes(result: SweepResult) -> Iterator[str]:
    """Yield the rows of the table of causes; they are there without the program too."""
    grades = _grades_of_groups(result)
    for number, group in enumerate(result.groups):
        stand = "" if group.stand is None else escaped(str(group.stand))
        yield (
            f'<tr data-cause="{number}" tabindex="0"><td><span class="dot g{grades[number]}"></span>'
            f"{escaped(group.kind.value)}</td><td><code>{stand}</code></td><td>{escaped(group.detail)}</td>"
            f"<td class=n>{len(group.cases)}</td></tr>"
        )


def _grades_of_groups(result: SweepResult) -> list[int]:
    """Return the grade of each cause: that of a case which shows it alone would be the same."""
    by_name = {each.case.name: each for each in result.results}
    grades = []
    for group in result.groups:
        first = by_name.get(group.cases[0]) if group.cases else None
        alone = [] if first is None else [each for each in first.findings if each.key == group.key]
        graded = grade_of(CaseResult(first.case, first.outcome, tuple(alone))) if first is not None else Grade.OTHER
        grades.append(int(graded))
    return grades


def _data(result: SweepResult, transcripts: Mapping[str, str]) -> dict[str, object]:
    strip = strip_of(result)
    wanted = _named(result)
    numbers = {old: new for new, old in enumerate(wanted)}
    causes_of: dict[str, list[int]] = {}
    for number, group in enumerate(result.groups):
        for name in group.cases:
            causes_of.setdefault(name, []).append(number)
    return {
        "columns": strip.columns,
        "pieces": [[piece.sender, visible(piece.text), piece.column, piece.columns] for piece in strip.pieces],
        "rows": [_row(row, numbers) for row in strip.rows],
        "cases": [_case(result.results[old], causes_of) for old in wanted],
        "scenarios": _scenarios(result, wanted),
        "causes": [_cause(result, number) for number in range(len(result.groups))],
        "transcripts": _transcripts(result, wanted, transcripts),
        "coverage": [[str(use.stand), int(use.undisturbed), use.cases] for use in result.coverage],
        "recipe": list(result.recipe),
    }


def _named(result: SweepResult) -> list[int]:
    """Return the numbers of the cases that are in the page: if not all, then those with findings first."""
    everything = range(len(result.results))
    if len(everything) <= _MOST_NAMED:
        return list(everything)
    first = [number for number in everything if result.results[number].findings]
    others = [number for number in everything if not result.results[number].findings]
    return sorted([*first, *others][:_MOST_NAMED])


def _row(row: StripRow, numbers: Mapping[int, int]) -> list[object]:
    cells = [
        [cell.column, int(cell.grade), len(cell.cases), [numbers[old] for old in cell.cases if old in numbers]]
        for cell in row.cells
    ]
    return [visible(row.name), cells]


def _case(result: CaseResult, causes_of: Mapping[str, Sequence[int]]) -> list[object]:
    outcome = result.outcome
    status = outcome.signal or ("" if outcome.exit_status is None else f"exit status {outcome.exit_status}")
    stand = "" if outcome.stand is None else str(outcome.stand)
    name = result.case.name
    return [
        visible(name),
        int(grade_of(result)),
        visible(outcome.reason),
        round(outcome.at, 3),
        status,
        visible(stand),
        list(causes_of.get(name, ())),
    ]


def _cause(result: SweepResult, number: int) -> dict[str, object]:
    group = result.groups[number]
    shrunk = group.shrunk
    return {
        "kind": group.kind.value,
        "stand": "" if group.stand is None else visible(str(group.stand)),
        "detail": visible(group.detail),
        "smallest": "" if shrunk is None else visible(shrunk.case.name),
        "scenario": "" if shrunk is None else _scenario(result, shrunk.case),
        "file": "" if shrunk is None else visible(shrunk.file),
        "replay": "" if shrunk is None or not shrunk.token else replay_line(shrunk.token),
    }


def _scenarios(result: SweepResult, wanted: Sequence[int]) -> dict[str, str]:
    found = [(new, result.results[old]) for new, old in enumerate(wanted) if result.results[old].findings]
    return {str(new): _scenario(result, each.case) for new, each in found[:_MOST_DETAILED]}


def _scenario(result: SweepResult, case: Case) -> str:
    """Return a case as a scenario that extends the swept one."""
    text = dumps_plain({"extends": result.path, "title": case.name, **case.overlay})
    return visible_lines(text)[:_LONGEST_SCENARIO]


def _transcripts(result: SweepResult, wanted: Sequence[int], transcripts: Mapping[str, str]) -> dict[str, str]:
    names = [(new, result.results[old].case.name) for new, old in enumerate(wanted)]
    shown = [(new, transcripts[name]) for new, name in names if name in transcripts][:_MOST_TRANSCRIPTS]
    return {str(new): visible_lines(text)[-_LONGEST_TRANSCRIPT:] for new, text in shown}
