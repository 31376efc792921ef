"""A hash of what happened in a run, equal for runs that went the same way.

What only chance decides is left out of it: process ids, the path of the port, and, within one instant, how the kernel
cut the octets and which party's event was noticed first. What one party does on one line has an order. Two processes
that have the port open are two parties, though, and nothing orders what they do in one instant; the transcript does not
say which of them did what. So there

- opening, closing, setting and what else happens at the port have no order among each other; settings have one among
  themselves, for the last one holds;
- how many openings there are in between is left out, and so is whether a closing would have hung up: how many processes
  opened and closed the port remains.

What a look finds only some time after it happened is left out altogether: flushes, exclusive use, and which process
does not have the port any more.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from simisp.facts.fact import Fact, details_of
from simisp.facts.line import Octets
from simisp.facts.port import PortClosed, PortClosedBy, PortExclusive, PortFlushed, PortOpened, PortRecounted
from simisp.facts.sources import Source
from simisp.transcript.record import Record

__all__ = ["digest_of"]

_ONE_MACHINE = {Source.EXCHANGE: Source.MODEM, Source.ISP: Source.MODEM}
"""Modem, exchange and ISP are one machine, so the order of their outputs is deterministic."""

_FOUND_LATER = frozenset({PortFlushed, PortExclusive, PortClosedBy})

_Party = tuple[str, str]
"""A line, and a side of it."""
_Said = tuple[str, list[tuple[str, object]]]
"""A fact: its kind, and its details that count."""


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...


def digest_of(records: Iterable[Record]) -> str:
    """Return the hash, in hexadecimal."""
    digest = hashlib.sha256()
    ports = _Ports()
    for at, instant in itertools.groupby(records, key=lambda record: round(record.at, 6)):
        _add(digest, at, list(instant), ports)
    return digest.hexdigest()


def _add(digest: _Hash, at: float, instant: Sequence[Record], ports: _Ports) -> None:
    octets: dict[_Party, bytes] = {}
    facts: dict[_Party, list[Fact]] = {}
    for record in instant:
        if isinstance(record.fact, Octets):
            sender = record.line, record.sender.value
            octets[sender] = octets.get(sender, b"") + record.fact.data
        elif type(record.fact) not in _FOUND_LATER:
            party = record.line, _ONE_MACHINE.get(record.source, record.source).value
            facts.setdefault(party, []).append(record.fact)
    shared = ports.shared_in(instant)
    said = {
        party: _unordered(each) if party[1] == Source.PORT.value and party[0] in shared else list(map(_said, each))
        for party, each in facts.items()
    }
    digest.update(repr((at, sorted(octets.items()), sorted(said.items()))).encode())


class _Ports:
    """How many times the port of each line is open."""

    def __init__(self) -> None:
        self._openings: dict[str, int] = {}

    def shared_in(self, instant: Iterable[Record]) -> set[str]:
        """Take the records of an instant; return the lines whose ports were open more than once in it."""
        shared = {line for line, openings in self._openings.items() if openings > 1}
        for record in instant:
            if isinstance(record.fact, PortOpened | PortClosed | PortRecounted):
                self._openings[record.line] = record.fact.openings
                if record.fact.openings > 1:
                    shared.add(record.line)
        return shared


def _said(fact: Fact, *, without: Iterable[str] = ()) -> _Said:
    passing = {*fact.passing, *without}
    return fact.kind, sorted((name, value) for name, value in details_of(fact).items() if name not in passing)


def _unordered(facts: Iterable[Fact]) -> list[_Said]:
    """Return facts of the port, those of each kind in their order."""
    said = [_said(fact, without=_counts(fact)) for fact in facts]
    return sorted(said, key=lambda one: one[0])


def _counts(fact: Fact) -> Iterator[str]:
    if isinstance(fact, PortOpened | PortClosed):
        yield "openings"
    if isinstance(fact, PortClosed) and fact.openings:
        yield "hangs_up"
