"""A run as something to draw: what the page, the drawing and the JUnit file are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from simisp.facts.run import ClientWaited, ExpectationJudged, HolderSeen, VerdictKind, VerdictReached
from simisp.report.picture.idle import idle_times
from simisp.report.picture.rows import Row, RowGatherer, without_secrets
from simisp.report.picture.spans import Span, SpanFinder, Tone
from simisp.report.picture.wording import LaneKind
from simisp.transcript.json_lines import Header
from simisp.transcript.record import Record

__all__ = ["Lane", "Picture", "PictureMaker", "picture_of"]

_MOST_LINES = 12
"""Lines whose lanes are drawn; the rows have them all."""
_MOST_IDLE = 400


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane of the time line.

    Attributes:
        kind: What it is of.
        line: Which of several lines it is of; else empty.
        depth: How many rows of spans it has, 1 or more.
    """

    kind: LaneKind
    line: str
    depth: int

    @property
    def label(self) -> str:
        """Its name."""
        return f"{self.line}: {self.kind.value}" if self.line else self.kind.value


@dataclass(frozen=True, slots=True)
class Picture:
    """A run as something to draw.

    Attributes:
        header: The run.
        rows: What happened, by time.
        spans: What lasted, by its beginning.
        lanes: The lanes, in their order.
        idle: The idle times, in order.
        end: The time of the last record, in seconds of the run.
        verdict: The verdict and when it was reached; None if there is none.
        holders: The processes that held the port at the verdict.
        waits: The waits of the client at the verdict.
        findings: The holders and then the waits in words, each with its line if there are several.
        expectations: How each expectation was judged.
        dropped: How many rows were left out, in the middle.
    """

    header: Header
    rows: Sequence[Row]
    spans: Sequence[Span]
    lanes: Sequence[Lane]
    idle: Sequence[tuple[float, float]]
    end: float
    verdict: tuple[float, VerdictReached] | None
    holders: Sequence[HolderSeen]
    waits: Sequence[ClientWaited]
    findings: Sequence[str]
    expectations: Sequence[ExpectationJudged]
    dropped: int

    @property
    def hang_at(self) -> float | None:
        """When what became a hang began, in seconds of the run; None if the run is no hang."""
        if self.verdict is None or self.verdict[1].verdict is not VerdictKind.HANG:
            return None
        return min((span.start for span in self.spans if span.tone is Tone.HANG), default=self.verdict[0])


class PictureMaker:
    """Takes the records of a run as they come. Its memory is bounded."""

    def __init__(self) -> None:
        self._rows = RowGatherer()
        self._spans = SpanFinder()
        self._end = 0.0
        self._verdict: tuple[float, VerdictReached] | None = None
        self._expectations: list[ExpectationJudged] = []

    def __call__(self, record: Record) -> None:
        """Take one record."""
        self._end = max(self._end, record.at)
        self._rows.take(record)
        self._spans.take(record)
        match record.fact:
            case VerdictReached() as verdict:
                self._verdict = (record.at, verdict)
            case ExpectationJudged() as judged:
                self._expectations.append(judged)

    def picture(self, header: Header) -> Picture:
        """Return the run so far.

        Args:
            header: The run.
        """
        rows, spans = self._rows.rows(), self._spans.spans(self._end)
        times = [0.0, self._end]
        for row in rows:
            times += (row.at, row.until)
        for span in spans:
            times += (span.start, self._end if span.end is None else span.end)
        idle = sorted(idle_times(times), key=lambda each: each[0] - each[1])[:_MOST_IDLE]
        return Picture(
            header=header,
            rows=rows,
            spans=spans,
            lanes=_lanes(rows, spans),
            idle=sorted(idle),
            end=self._end,
            verdict=self._verdict,
            holders=self._spans.holders,
            waits=self._spans.waits,
            findings=self._spans.findings,
            expectations=self._expectations,
            dropped=self._rows.dropped,
        )


def picture_of(header: Header, records: Iterable[Record], *, show_secrets: bool = False) -> Picture:
    """Return a run as something to draw.

    Args:
        header: The run.
        records: Its records, in order.
        show_secrets: Whether octets that are marked as secret are left unmasked.
    """
    maker = PictureMaker()
    for record in records:
        maker(record if show_secrets else without_secrets(record))
    return maker.picture(header)


def _lanes(rows: Sequence[Row], spans: Sequence[Span]) -> list[Lane]:
    depths: dict[tuple[str, LaneKind], int] = {}
    for row in rows:
        depths.setdefault((row.line, row.lane), 1)
    for span in spans:
        depths[span.line, span.lane] = max(depths.get((span.line, span.lane), 1), span.depth + 1)
    names = sorted({name for name, _ in depths})[:_MOST_LINES]
    order = list(LaneKind)
    found = [Lane(kind, name, depth) for (name, kind), depth in depths.items() if name in names]
    return sorted(found, key=lambda lane: (lane.line, order.index(lane.kind)))
