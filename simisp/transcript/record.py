"""One event, at one time, on one side of the line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from simisp.facts.fact import Fact
from simisp.facts.line import CircuitSet, Octets
from simisp.facts.sources import Source
from simisp.machine import CircuitTaken, OnLine, Output, Received, SendData, SetCircuit
from simisp.spans import Spans

__all__ = ["Record", "octets_in", "octets_record", "record_of", "records_of"]


@dataclass(slots=True, unsafe_hash=True)
class Record:
    """One record of a transcript. Immutable by ``Final`` fields: a frozen one takes three times as long.

    Attributes:
        at: When, in seconds since the run began.
        source: The party that it is about.
        fact: What happened.
        line: The line that it happened on, in a run with several lines; else empty.
    """

    at: Final[float]
    source: Final[Source]
    fact: Final[Fact]
    line: Final[str] = ""

    @property
    def data(self) -> bytes:
        """The octets of a record of octets; empty for any other fact."""
        return self.fact.data if type(self.fact) is Octets else b""

    @property
    def sender(self) -> Source:
        """The side of the line that the octets came from: the client, or the modem for all that the client receives."""
        return Source.CLIENT if self.source is Source.CLIENT else Source.MODEM


def octets_record(at: float, source: Source, data: bytes, secrets: Spans = ()) -> Record:
    """Return a record of octets, of which the spans ``secrets`` are secret."""
    return Record(at, source, Octets(data, secrets))


def records_of(outputs: Iterable[Output], *, at: float) -> list[Record]:
    """Return the records of a line machine's outputs at one time. Other kinds of output leave no record."""
    return [record for output in outputs if (record := record_of(output, at=at)) is not None]


def record_of(output: Output, *, at: float) -> Record | None:
    """Return the record of a line machine's output; None for a kind of output that leaves no record."""
    if type(output) is SendData:
        source = Source.ISP if output.relayed else Source.MODEM
        return Record(at, source, Octets(output.data, output.secrets))
    if type(output) is Received:
        return Record(at, Source.CLIENT, Octets(output.data, output.secrets))
    match output:
        case Fact():
            return Record(at, output.source, output)
        case SetCircuit(circuit, on) | CircuitTaken(circuit, on):
            side = Source.MODEM if type(output) is SetCircuit else Source.CLIENT
            return Record(at, side, CircuitSet(circuit, on))
        case OnLine(line, inner):
            record = record_of(inner, at=at)
            return None if record is None else replace(record, line=f"{line} {record.line}".rstrip())
    return None


def octets_in(outputs: Iterable[Output]) -> int:
    """Return how many octets of data the records of these outputs have."""
    octets = 0
    for output in outputs:
        if type(output) is OnLine:
            output = output.output  # noqa: PLW2901 - what is counted is in it
        if type(output) is SendData or type(output) is Received:
            octets += len(output.data)
    return octets
