"""The rows of a picture: each fact, and each line of octets of one side."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, replace
from enum import Enum
from itertools import chain

from simisp.facts.fact import Fact
from simisp.facts.line import Octets
from simisp.facts.run import ClientWaited, HolderSeen, VerdictKind, VerdictReached
from simisp.facts.sources import Source
from simisp.report.picture.wording import LaneKind, lane_of, words_of
from simisp.spans import MASK, masked
from simisp.transcript.record import Record

__all__ = ["Direction", "Row", "RowEnd", "RowGatherer", "without_secrets"]

_LONGEST = 4096
"""Octets after which a row ends in any case."""
_PAUSE = 0.5
"""Seconds without an octet after which a row ends, as in the live view."""
_FIRST_ROWS = 2_000
_MOST_ROWS = 100_000
_MOST_OCTETS = 16 * 1024 * 1024
_LINES = re.compile(rb"[^\n]{0,4095}\n|[^\n]{1,4096}")
_CLIENTS_LINES = re.compile(rb"[^\r\n]{0,4095}[\r\n]|[^\r\n]{1,4096}")


class Direction:
    """What a row is, as the page's data has it."""

    FACT = 0
    FROM_CLIENT = 1
    TO_CLIENT = 2


class RowEnd(Enum):
    """What a row says of the run's end."""

    NOTHING = "nothing"
    RELEASED = "released"
    """The verdict, and a good one."""
    VERDICT = "verdict"
    """Any other verdict."""
    HOLDER = "holder"
    """A process that held the port."""
    WAIT = "wait"
    """A wait of the client."""

    @classmethod
    def of(cls, fact: Fact) -> RowEnd:
        """Return what a fact says of it."""
        match fact:
            case VerdictReached(VerdictKind.RELEASED):
                return cls.RELEASED
            case VerdictReached():
                return cls.VERDICT
            case HolderSeen():
                return cls.HOLDER
            case ClientWaited():
                return cls.WAIT
        return cls.NOTHING

    @property
    def is_bad(self) -> bool:
        """Whether it is part of what went wrong."""
        return self not in (RowEnd.NOTHING, RowEnd.RELEASED)


@dataclass(slots=True)
class Row:
    """One row.

    Attributes:
        at: When it began, in seconds of the run.
        until: When its last octet was sent; for a fact the same as ``at``.
        lane: Where it is drawn.
        line: Which of several lines it is of; else empty.
        direction: A member of :class:`Direction`.
        kind: The fact's kind.
        text: Words; for octets one character for each octet.
        is_echo: Whether it repeats what the client typed.
        has_secret: Whether some of its octets are masked.
        end: What it says of the run's end.
    """

    at: float
    until: float
    lane: LaneKind
    line: str
    direction: int
    kind: str
    text: str
    is_echo: bool = False
    has_secret: bool = False
    end: RowEnd = RowEnd.NOTHING


class _OpenRow:
    """Octets of one side whose line has not ended yet."""

    __slots__ = ("at", "data", "last", "record", "secret")

    def __init__(self, record: Record) -> None:
        self.record = record
        self.at = self.last = record.at
        self.data = bytearray()
        self.secret = False


class RowGatherer:
    """Turns records into rows. Memory is bounded: of very many rows, the first and the newest are kept.

    Attributes:
        dropped: How many rows, of those in the middle, were dropped.
    """

    def __init__(self) -> None:
        self._first: list[Row] = []
        self._newest: deque[Row] = deque()
        self._octets = 0
        self._open: dict[tuple[str, Source], _OpenRow] = {}
        self._typed: dict[str, str] = {}
        self.dropped = 0

    def take(self, record: Record) -> None:
        """Take one record."""
        for key, row in [*self._open.items()]:
            if record.at - row.last >= _PAUSE:
                self._end(key)
        if isinstance(record.fact, Octets):
            self._gather(record, record.fact)
            return
        for key in [key for key in self._open if key[0] == record.line]:
            if self._open[key].data:
                self._end(key)
        self._keep(
            Row(
                record.at, record.at, lane_of(record), record.line, Direction.FACT, record.fact.kind,
                words_of(record.fact, record.line), end=RowEnd.of(record.fact),
            )
        )  # fmt: skip

    def rows(self) -> list[Row]:
        """Return the rows so far, by time."""
        for key in [*self._open]:
            self._end(key)
        return sorted(chain(self._first, self._newest), key=lambda row: row.at)

    def _gather(self, record: Record, octets: Octets) -> None:
        key = (record.line, record.source)
        is_client = record.source is Source.CLIENT
        is_masked = bool(octets.secrets) and MASK in octets.data
        for piece in (_CLIENTS_LINES if is_client else _LINES).findall(octets.data):
            row = self._open.get(key)
            if row is None:
                row = self._open[key] = _OpenRow(record)
            row.data += piece
            row.last = record.at
            row.secret = row.secret or (is_masked and MASK in piece)
            # An empty line before a text, as before each result code, belongs to the text.
            if (
                len(row.data) >= _LONGEST
                or (piece.endswith(b"\n") and row.data.strip(b"\r\n"))
                or (is_client and piece.endswith(b"\r"))
            ):
                self._end(key)

    def _end(self, key: tuple[str, Source]) -> None:
        row = self._open.pop(key)
        record, text = row.record, row.data.decode("latin-1")
        words = text.strip("\r\n")
        is_client = record.source is Source.CLIENT
        is_echo = not is_client and bool(words) and words == self._typed.get(record.line)
        if is_client:
            self._typed[record.line] = words
        elif is_echo:
            del self._typed[record.line]
        direction = Direction.FROM_CLIENT if is_client else Direction.TO_CLIENT
        lane = LaneKind.CLIENT if is_client else lane_of(record)
        self._keep(Row(row.at, row.last, lane, record.line, direction, "octets", text, is_echo, row.secret))

    def _keep(self, row: Row) -> None:
        if len(self._first) < _FIRST_ROWS:
            self._first.append(row)
            return
        self._newest.append(row)
        self._octets += len(row.text)
        while len(self._newest) > _MOST_ROWS - _FIRST_ROWS or self._octets > _MOST_OCTETS:
            self._octets -= len(self._newest.popleft().text)
            self.dropped += 1


def without_secrets(record: Record) -> Record:
    r"""Return a record with the octets that are marked as secret masked, as they are in a transcript by default.

    Example:
        >>> from simisp.transcript.record import octets_record
        >>> without_secrets(octets_record(0.0, Source.CLIENT, b"swordfish\r", ((0, 10),))).data
        b'*********\r'
    """
    fact = record.fact
    if not isinstance(fact, Octets) or not fact.secrets:
        return record
    return replace(record, fact=replace(fact, data=masked(fact.data, fact.secrets, but=b"\r\n")))
