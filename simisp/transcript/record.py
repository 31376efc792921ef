"""One thing that happened, at one time, on one side of the line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from simisp.facts.fact import Fact
from simisp.facts.line import CircuitSet, Octets
from simisp.facts.sources import Source
from simisp.machine import CircuitTaken, Output, Received, SendData, SetCircuit
from simisp.spans import Spans

__all__ = ["Record", "octets_in", "octets_record", "records_of"]


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a transcript.

    Attributes:
        at: When, in seconds since the run began.
        source: The party that it is about.
        fact: What happened.
        line: The line that it happened on, where a run has several; empty where it has one.
    """

    at: float
    source: Source
    fact: Fact
    line: str = ""

    @property
    def data(self) -> bytes:
        """The octets of a record of octets; empty for any other fact."""
        return self.fact.data if type(self.fact) is Octets else b""

    @property
    def sender(self) -> Source:
        """The side of the line that the record's octets came from: the client, or the modem for all that reaches it."""
        return Source.CLIENT if self.source is Source.CLIENT else Source.MODEM


def octets_record(at: float, source: Source, data: bytes, secrets: Spans = ()) -> Record:
    """Return the record of octets, of which ``secrets`` are secret."""
    return Record(at, source, Octets(data, secrets))


def records_of(outputs: Iterable[Output], *, at: float) -> list[Record]:
    """Return the records of what a line's machine put out at one time. No transcript has other kinds of output."""
    records = []
    for output in outputs:
        match output:
            case SendData(data, secrets, relayed):
                source = Source.ISP if relayed else Source.MODEM
                records.append(octets_record(at, source, data, secrets))
            case Received(data, secrets):
                records.append(octets_record(at, Source.CLIENT, data, secrets))
            case SetCircuit(circuit, on):
                records.append(Record(at, Source.MODEM, CircuitSet(circuit, on)))
            case CircuitTaken(circuit, on):
                records.append(Record(at, Source.CLIENT, CircuitSet(circuit, on)))
            case Fact():
                records.append(Record(at, output.source, output))
    return records


def octets_in(outputs: Iterable[Output]) -> int:
    """Return how many octets of data the records of outputs have."""
    octets = 0
    for output in outputs:
        if type(output) is SendData or type(output) is Received:
            octets += len(output.data)
    return octets
