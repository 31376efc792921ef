"""The records of a run, in order, and their listeners."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from simisp.facts.fact import Fact
from simisp.facts.sources import Source
from simisp.machine import Output
from simisp.transcript.digest import digest_of
from simisp.transcript.record import Batch, Record, measured, records_of

__all__ = ["Follower", "Transcript"]

Listener = Callable[[Record], None]

_Unwritten = tuple[float, str, Sequence[Output], tuple[int, int]]
"""A batch, and how many records it makes with how many octets."""
_RECORDS_ABOVE, _OCTETS_ABOVE = 256, 64 * 1024
"""How far outputs may go above the bounds before the oldest are dropped: several at a time. The last of those is often
to be dropped in part, and has to be converted to records for that.
"""


class Follower(Protocol):
    """Takes what happens in a run in order, but late: a record, or outputs of which no record has been made."""

    def take(self, record: Record) -> None:
        """Take a record."""

    def take_batches(self, batches: Sequence[Batch]) -> None:
        """Take what the lines' machines have put out at one time after the other, in place of its records."""


class Transcript:
    """The records of one run.

    It keeps the newest records up to a bound, so that a client that floods the line does not fill the memory;
    listeners see every record. Outputs are stored as they come and converted to records only when records are read or
    listened to, so that the client gets its next answer sooner; outputs that are dropped unread never become records.

    Args:
        most_octets: How many octets of data to keep at most. The oldest records are dropped first.
        most_records: How many records to keep at most.

    Example:
        >>> from simisp.facts.port import PortOpened
        >>> transcript = Transcript()
        >>> transcript.note(0.5, PortOpened(openings=1))
        >>> [record.fact for record in transcript]
        [PortOpened(openings=1)]
    """

    def __init__(self, *, most_octets: int = 4 * 1024 * 1024, most_records: int = 100_000) -> None:
        self._most_octets = most_octets
        self._most_records = most_records
        self._octet_ceiling = most_octets + _OCTETS_ABOVE
        self._record_ceiling = most_records + _RECORDS_ABOVE
        self._records: deque[Record] = deque()
        self._unwritten: deque[_Unwritten] = deque()  # newer than all records
        self._kept = 0
        self._octets = 0
        self._latest = 0.0
        self._listeners: list[Listener] = []
        self._followers: list[Follower] = []
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """How many of the oldest records have been dropped."""
        self._drop_oldest()
        return self._dropped

    def __iter__(self) -> Iterator[Record]:
        self._write()
        return iter(tuple(self._records))

    def __len__(self) -> int:
        self._write()
        return len(self._records)

    def since(self, number: int) -> tuple[list[Record], int]:
        """Return the records from a number on, as far as they are kept, and the number of the next record to come.

        Args:
            number: Records are numbered from 0; dropped records count.
        """
        self._write()
        following = self._dropped + len(self._records)
        newest = list(itertools.islice(reversed(self._records), max(0, following - number)))
        newest.reverse()
        return newest, following

    def listen(self, listener: Listener) -> None:
        """Call ``listener`` with each record from now on, in order."""
        self._listeners.append(listener)

    def follow(self, follower: Follower) -> None:
        """Let ``follower`` take everything from now on, in order, but only on a read or a :meth:`catch_up`.

        A follower that is evaluated only at the end need not hear at once, and must not delay the client's next answer.
        """
        self._write()
        self._followers.append(follower)

    def catch_up(self) -> None:
        """Let every follower take what it has not seen yet."""
        self._write()

    def add(self, record: Record) -> None:
        """Append a record. One that is older than the newest gets its time: in a transcript times never decrease."""
        self._write()
        if record.at < self._latest:
            record = replace(record, at=self._latest)
        self._latest = record.at
        self._records.append(record)
        self._kept += 1
        self._octets += len(record.data)
        self._drop_oldest()
        for follower in self._followers:
            follower.take(record)
        for listener in self._listeners:
            listener(record)

    def note(self, at: float, fact: Fact) -> None:
        """Append a fact; the fact itself names its party."""
        self.add(Record(at, fact.source, fact))

    def add_outputs(
        self, outputs: Sequence[Output], *, at: float, line: str = "", size: tuple[int, int] | None = None
    ) -> None:
        """Append the outputs of a line's machine at one time. The transcript takes over the sequence.

        Args:
            outputs: The outputs.
            at: When they came; if that is older than the newest record, they get its time.
            line: The line's name, in a run with several lines.
            size: How many records they make, and how many octets of data those have, where that is known.
        """
        if not outputs:
            return
        if self._listeners:
            for record in records_of(outputs, at=at, line=line):
                self.add(record)
            return
        self._latest = at = max(at, self._latest)
        if size is None:
            size = measured(outputs)
        self._unwritten.append((at, line, outputs, size))
        self._kept = kept = self._kept + size[0]
        self._octets = octets = self._octets + size[1]
        if kept > self._record_ceiling or octets > self._octet_ceiling:
            self._drop_oldest()

    def digest(self, *, until: type[Fact] | None = None) -> str:
        """Return a hash of all records that are kept, in hexadecimal.

        Anything that can differ between two equivalent runs is left out: :mod:`simisp.transcript.digest`.

        Args:
            until: Ignore everything after this fact; None for the whole transcript.
        """
        return digest_of(self._until(until))

    def _until(self, last: type[Fact] | None) -> Iterator[Record]:
        for record in self:
            yield record
            if last is not None and isinstance(record.fact, last):
                return

    def octets(self, sender: Source = Source.MODEM) -> bytes:
        """Return all octets that are still kept, joined: the client's, or everything that the modem sent to it."""
        return b"".join(record.data for record in self if record.data and record.sender is sender)

    def text(self, sender: Source = Source.MODEM) -> str:
        """Return the same as text, one character for each octet."""
        return self.octets(sender).decode("latin-1")

    def _write(self) -> None:
        """Convert all stored outputs to records."""
        self._drop_oldest()
        while self._unwritten:
            self._write_oldest()

    def _write_oldest(self) -> None:
        at, line, outputs, _ = self._unwritten.popleft()
        self._records += records_of(outputs, at=at, line=line)
        for follower in self._followers:
            follower.take_batches(((at, line, outputs),))

    def _drop_oldest(self) -> None:
        """Drop what is oldest, down to the limits."""
        while self._octets > self._most_octets or self._kept > self._most_records:
            if not self._records:
                self._drop_whole_outputs()
            if self._records:
                self._octets -= len(self._records.popleft().data)
                self._kept -= 1
                self._dropped += 1
            elif self._unwritten:
                self._write_oldest()

    def _drop_whole_outputs(self) -> None:
        """Drop the oldest outputs as they are, as long as every record of theirs has to go."""
        unwritten, dropped = self._unwritten, list[Batch]()
        kept, octets, before = self._kept, self._octets, self._kept
        most_records, most_octets = self._most_records, self._most_octets
        for at, line, outputs, (records, data) in unwritten:
            if kept - records < most_records and octets - data <= most_octets:
                break
            kept -= records
            octets -= data
            dropped.append((at, line, outputs))
        for _ in dropped:
            unwritten.popleft()
        self._kept, self._octets = kept, octets
        self._dropped += before - kept
        for follower in self._followers:
            follower.take_batches(dropped)
