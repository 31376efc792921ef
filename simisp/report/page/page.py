"""The page of a run: one file, with its data, its style and its program inside."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

from simisp.facts.run import ExpectationJudged
from simisp.report.picture.model import Picture
from simisp.report.picture.rows import Row
from simisp.report.picture.wording import LaneKind, words_of
from simisp.visible import visible

__all__ = ["embedded_json", "page"]

_SCRIPTS = ("axis.js", "timeline.js", "rows.js", "app.js")
_ECHO, _SECRET = 1, 2
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def page(picture: Picture) -> str:
    """Return the page of a run, as HTML.

    A content security policy admits the page's own style and program and nothing else, so that no octet of the run
    can load or run anything.

    Args:
        picture: The run.
    """
    style, script = _asset("page.css"), "\n".join(map(_asset, _SCRIPTS))
    return Template(_asset("page.html")).substitute(
        title=_escaped(_title(picture)),
        scenario=_escaped(picture.header.scenario),
        about=_escaped(_about(picture)),
        verdict="\n".join(_verdict(picture)),
        style=style,
        style_hash=_hash(style),
        data=embedded_json(_data(picture)),
        script=script,
        script_hash=_hash(script),
    )


def embedded_json(data: object) -> str:
    r"""Return data as JSON that can stand in a ``script`` element: nothing in it can end the element.

    Example:
        >>> embedded_json("</script><!--")
        '"\\u003c/script\\u003e\\u003c!--"'

    See Also:
        HTML Living Standard, 4.12.1.3, "Restrictions for contents of script elements".
    """
    return json.dumps(data, separators=(",", ":")).translate(_ESCAPES)


@cache
def _asset(name: str) -> str:
    return (files("simisp.report.page") / "assets" / name).read_text(encoding="utf-8").rstrip("\n")


def _hash(text: str) -> str:
    """Return the source expression of an inline style or script (Content Security Policy Level 3, 2.3.1)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def _escaped(text: str) -> str:
    return html.escape(visible(text))


def _title(picture: Picture) -> str:
    verdict = f": {picture.verdict[1].verdict}" if picture.verdict else ""
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
        shape = "short" if kind == "cut short" else html.escape(kind)
        yield f'<p class="verdict"><span class="badge {shape}">{_escaped(kind)}</span>{_escaped(reason)}</p>'
    findings = [f'<li class="holder"><code>{_escaped(words_of(holder))}</code></li>' for holder in picture.holders]
    findings += [f"<li><code>{_escaped(words_of(wait))}</code></li>" for wait in picture.waits]
    findings += [f"<li>{_expectation(judged)}</li>" for judged in picture.expectations]
    if findings:
        yield '<ul class="findings">' + "".join(findings) + "</ul>"


def _expectation(judged: ExpectationJudged) -> str:
    return _escaped(f"expectation {words_of(judged)}")


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
        "verdict": None if verdict is None else {"at": max(ends), "kind": verdict[1].verdict},
        "hang": None if hang_at is None else {"from": hang_at, "to": max(ends)},
    }


def _row(row: Row, lane: int) -> list[Any]:
    flags = _ECHO * row.is_echo + _SECRET * row.has_secret
    return [round(row.at, 6), round(row.until, 6), lane, row.direction, row.kind, row.text, flags]
