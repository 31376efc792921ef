"""A run as a small drawing for documents, in colours that are readable on light and on dark ground."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from simisp.facts.run import VerdictKind
from simisp.report.picture.idle import TimeAxis
from simisp.report.picture.model import Lane, Picture
from simisp.report.picture.rows import Direction
from simisp.report.picture.spans import Span, Tone
from simisp.report.picture.wording import LaneKind
from simisp.visible import visible

__all__ = ["svg"]

_WIDTH, _RIGHT, _TOP = 860, 10, 24
_NARROWEST_GUTTER, _WIDEST_GUTTER, _PER_BOLD = 78, 220, 6.4
_BAR, _MARKS, _GAP = 15, 7, 5
_PER_CHARACTER = 5.6
_INK, _FAINT = "#76808c", "#8a94a0"
_FILLS = {
    Tone.PLAIN: "#3f7fc0",
    Tone.WAIT: "#b07d1a",
    Tone.SILENT: "#7b8591",
    Tone.FAULT: "#8a5cc0",
    Tone.HANG: "#d03a3a",
}
_CIRCUIT = "#3f9560"
_MOST_SPANS, _MOST_IDLE_TEXTS = 600, 12


def svg(picture: Picture) -> str:
    """Return the time line of a run as SVG: its lanes, what lasted, what was sent, idle times, and the hang.

    Args:
        picture: The run.
    """
    drawing = _Drawing(picture)
    title = picture.header.scenario + (f": {picture.verdict[1].verdict.value}" if picture.verdict else "")
    size = f'viewBox="0 0 {_WIDTH} {drawing.height}" width="{_WIDTH}" height="{drawing.height}"'
    font = 'font-family="system-ui,DejaVu Sans,sans-serif" font-size="10"'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font} role="img">'
    return "\n".join([opening, f"<title>{escape(visible(title))}</title>", *drawing.elements(), "</svg>", ""])


class _Drawing:
    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._axis = TimeAxis(picture.end, picture.idle)
        longest = max((len(lane.label) for lane in picture.lanes), default=0)
        self._gutter = int(min(max(_NARROWEST_GUTTER, 11 + longest * _PER_BOLD), _WIDEST_GUTTER))
        self._inner = _WIDTH - self._gutter - _RIGHT
        self._tops: dict[tuple[str, LaneKind], int] = {}
        top = _TOP
        for lane in picture.lanes:
            self._tops[lane.line, lane.kind] = top
            top += lane.depth * _BAR + _MARKS + _GAP
        self.height = top + 4

    def elements(self) -> Iterator[str]:
        """Yield the elements, the lowest first."""
        yield from self._idle()
        for lane in self._picture.lanes:
            yield from self._lane(lane)
        for span in self._picture.spans[:_MOST_SPANS]:
            yield from self._span(span)
        yield from self._marks()
        yield from self._verdict()

    def _x(self, time: float) -> float:
        return round(self._gutter + self._axis.at(time) * self._inner, 1)

    def _idle(self) -> Iterator[str]:
        for number, (sooner, later) in enumerate(self._picture.idle):
            left, right = self._x(sooner), self._x(later)
            yield _box(left, _TOP - 4, right - left, self.height - _TOP, fill=_FAINT, more='fill-opacity=".16"')
            if number < _MOST_IDLE_TEXTS and right - left > 34:
                yield _text((left + right) / 2, 12, _FAINT, _length(later - sooner), 'text-anchor="middle"')

    def _lane(self, lane: Lane) -> Iterator[str]:
        top = self._tops[lane.line, lane.kind]
        yield _text(4, top + 10, _INK, self._shortened(lane.label), 'font-weight="bold"')
        bottom = top + lane.depth * _BAR + _MARKS + 1
        yield f'<path d="M{self._gutter} {bottom}h{self._inner}" stroke="{_FAINT}" stroke-opacity=".35"/>'

    def _shortened(self, label: str) -> str:
        room = int((self._gutter - 10) / _PER_BOLD)
        return label if len(label) <= room else label[: room - 1] + "…"

    def _span(self, span: Span) -> Iterator[str]:
        top = self._tops.get((span.line, span.lane))
        if top is None:
            return
        left, right = self._x(span.start), self._x(self._picture.end if span.end is None else span.end)
        width, y = max(right - left, 1.5), top + span.depth * _BAR
        fill = _CIRCUIT if span.lane is LaneKind.CIRCUITS else _FILLS[span.tone]
        words = f"{span.label} ({span.limit})" if span.limit else span.label
        title = f"<title>{escape(visible(words))}</title>"
        yield f'<rect x="{left}" y="{y}" width="{width:.1f}" height="13" rx="2" fill="{fill}">{title}</rect>'
        room = int((width - 6) / _PER_CHARACTER)
        if span.tone is Tone.HANG and len(words) > room and left - self._gutter > len(words) * _PER_CHARACTER:
            yield _text(left - 4, y + 10, fill, words, 'text-anchor="end" font-weight="bold"')
        elif room >= min(3, len(words)):
            shown = words if len(words) <= room else words[: max(room - 1, 1)] + "…"
            yield _text(left + 3, y + 10, "#fff", shown)

    def _marks(self) -> Iterator[str]:
        """Yield what was sent, and the facts; at most one for each pixel and a half of a lane."""
        taken: dict[tuple[str, LaneKind], float] = {}
        depths = {(lane.line, lane.kind): lane.depth for lane in self._picture.lanes}
        fills = {Direction.FACT: _INK, Direction.FROM_CLIENT: "#3f7fc0", Direction.TO_CLIENT: "#2a9488"}
        for row in self._picture.rows:
            key = (row.line, row.lane)
            left = self._x(row.at)
            if key not in self._tops or left - taken.get(key, -9.0) < 1.5:
                continue
            width = max(self._x(row.until) - left, 1.5)
            taken[key] = left + width - 1.5
            yield _box(left, self._tops[key] + depths[key] * _BAR, width, _MARKS - 2, fill=fills[row.direction])

    def _verdict(self) -> Iterator[str]:
        picture = self._picture
        if picture.verdict is None:
            return
        x = self._x(max([holder.seen_at for holder in picture.holders], default=picture.verdict[0]))
        kind = picture.verdict[1].verdict
        colour = "#2f9e52" if kind is VerdictKind.RELEASED else _FILLS[Tone.HANG]
        yield f'<path d="M{x} {_TOP - 6}V{self.height - 2}" stroke="{colour}" stroke-dasharray="4 3"/>'
        yield _text(min(x, _WIDTH - 4), _TOP - 8, colour, kind.value, 'text-anchor="end" font-weight="bold"')


def _length(seconds: float) -> str:
    for size, unit in ((7200.0, "h"), (120.0, "min")):
        if seconds >= size:
            return f"{seconds / (size / 2):.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.3g} s"


def _box(left: float, top: float, width: float, height: float, *, fill: str, more: str = "") -> str:
    extra = f" {more}" if more else ""
    return f'<rect x="{left}" y="{top}" width="{width:.1f}" height="{height}" fill="{fill}"{extra}/>'


def _text(left: float, top: float, fill: str, text: str, more: str = "") -> str:
    extra = f" {more}" if more else ""
    return f'<text x="{left}" y="{top}" fill="{fill}"{extra}>{escape(visible(text))}</text>'
