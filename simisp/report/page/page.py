"""The page of a run: one file, with its data, its style and its program inside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import Template
from typing import Any

from simisp.facts.run import ExpectationJudged, VerdictKind
from simisp.report.page.self_contained import asset, embedded_json, escaped, source_hash
from simisp.report.picture.model import Picture
from simisp.report.picture.rows import Row, RowEnd
from simisp.report.picture.wording import LaneKind, words_of
from simisp.visible import visible

__all__ = ["page"]

_PACKAGE = "simisp.report.page"
_SCRIPTS = ("axis.js", "timeline.js", "rows.js", "app.js")
_ECHO, _SECRET, _BAD = 1, 2, 4


def page(picture: Picture) -> str:
    """Return the page of a run, as HTML.

    A content security policy admits the page's own style and program and nothing else, so that no octet of the run
    can load or run anything.

    Args:
        picture: The run.
    """
    style, script = asset(_PACKAGE, "page.css"), "\n".join(asset(_PACKAGE, name) for name in _SCRIPTS)
    return Template(asset(_PACKAGE, "page.html")).substitute(
        title=escaped(_title(picture)),
        scenario=escaped(picture.header.scenario),
        about=escaped(_about(picture)),
        verdict="\n".join(_verdict(picture)),
        style=style,
        style_hash=source_hash(style),
        data=embedded_json(_data(picture)),
        script=script,
        script_hash=source_hash(script),
    )


def _title(picture: Picture) -> str:
    verdict = f": {picture.verdict[1].verdict.value}" if picture.verdict else ""
    return f"{picture.header.scenario}{verdict} - simisp"


def _about(picture: Picture) -> str:
    header = picture.header
    began = f", began {header.started}" if header.started else ""
    rows = f"; {picture.dropped} rows are left out" if picture.dropped else ""
    return f"{picture.end:.3f} s, {header.clock} clock, seed {header.seed}{began}, simisp {header.simisp}{rows}"


def _verdict(picture: Picture) -> Iterator[str]:
    """Yield the lines of HTML that say what the run came to, which also a browser without JavaScript shows."""
    if picture.verdict is not None:
        kind, reason = picture.verdict[1].verdict, picture.verdict[1].reason
        shape = "short" if kind is VerdictKind.CUT_SHORT else kind.value
        yield f'<p class="verdict"><span class="badge {shape}">{escaped(kind.value)}</span>{escaped(reason)}</p>'
    holders = len(picture.holders)
    findings = [f'<li class="holder"><code>{escaped(told)}</code></li>' for told in picture.findings[:holders]]
    findings += [f"<li><code>{escaped(told)}</code></li>" for told in picture.findings[holders:]]
    findings += [f"<li>{_expectation(judged)}</li>" for judged in picture.expectations]
    if findings:
        yield '<ul class="findings">' + "".join(findings) + "</ul>"


def _expectation(judged: ExpectationJudged) -> str:
    return escaped(f"expectation {words_of(judged)}")


def _data(picture: Picture) -> dict[str, Any]:
    """Return what the page's program draws."""
    numbers = {(lane.line, lane.kind): number for number, lane in enumerate(picture.lanes)}

    def number_of(line: str, kind: LaneKind) -> int:
        return numbers.get((line, kind), -1)

    spans = [
        [number_of(span.line, span.lane), span.depth, span.start, span.end, span.label, span.tone.value, span.limit]
        for span in picture.spans
    ]
    verdict, hang_at = picture.verdict, picture.hang_at
    ends = [wait.seen_at for wait in picture.holders] or ([verdict[0]] if verdict else [])
    return {
        "end": picture.end,
        "idle": picture.idle,
        "lanes": [
            {"kind": lane.kind.value, "label": visible(lane.label), "depth": lane.depth} for lane in picture.lanes
        ],
        "rows": [_row(row, number_of(row.line, row.lane)) for row in picture.rows],
        "spans": [span for span in spans if span[0] != -1],
        "verdict": None if verdict is None else {"at": max(ends), "isGood": verdict[1].verdict is VerdictKind.RELEASED},
        "hang": None if hang_at is None else {"from": hang_at, "to": max(ends), "row": _hang_row(picture.rows)},
    }


def _hang_row(rows: Sequence[Row]) -> int:
    """Return the row that shows a hang: the first process that holds the port, or the verdict if none is known."""
    holder = next((index for index, row in enumerate(rows) if row.end is RowEnd.HOLDER), None)
    if holder is not None:
        return holder
    return max((index for index, row in enumerate(rows) if row.end is RowEnd.VERDICT), default=-1)


def _row(row: Row, lane: int) -> list[Any]:
    flags = _ECHO * row.is_echo + _SECRET * row.has_secret + _BAD * row.end.is_bad
    return [round(row.at, 6), round(row.until, 6), lane, row.direction, row.kind, row.text, flags]
