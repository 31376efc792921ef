"""One event, at one time, on one side of the line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from simisp.facts.fact import Fact
from simisp.facts.line import CircuitSet, Octets
from simisp.facts.sources import Source
from simisp.machine import CircuitTaken, OnLine, Output, Received, SendData, SetCircuit
from simisp.spans import Spans

__all__ = ["Batch", "Record", "line_within", "measured", "octets_record", "record_of", "records_of"]

Batch = tuple[float, str, Sequence[Output]]
"""When a line's machine has put something out, the line's name in a run with several lines, and the outputs."""
_RECORDED = (Fact, SetCircuit, CircuitTaken)
"""What makes a record besides octets."""


@dataclass(slots=True, unsafe_hash=True)  # a frozen one takes three times as long to build
class Record:
    """One record of a transcript. Its fields are not to be changed.

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


def records_of(outputs: Iterable[Output], *, at: float, line: str = "") -> list[Record]:
    """Return the records of a line machine's outputs at one time. Other kinds of output leave no record.

    Args:
        outputs: The outputs.
        at: When they came.
        line: The line's name, in a run with several lines.
    """
    return [record for output in outputs if (record := record_of(output, at=at, line=line)) is not None]


def record_of(output: Output, *, at: float, line: str = "") -> Record | None:
    """Return the record of a line machine's output; None for a kind of output that leaves no record."""
    if type(output) is SendData:
        source = Source.ISP if output.relayed else Source.MODEM
        return Record(at, source, Octets(output.data, output.secrets), line)
    if type(output) is Received:
        return Record(at, Source.CLIENT, Octets(output.data, output.secrets), line)
    match output:
        case Fact():
            return Record(at, output.source, output, line)
        case SetCircuit(circuit, on) | CircuitTaken(circuit, on):
            side = Source.MODEM if type(output) is SetCircuit else Source.CLIENT
            return Record(at, side, CircuitSet(circuit, on), line)
        case OnLine(name, inner):
            return record_of(inner, at=at, line=line_within(line, name))
    return None


def line_within(line: str, name: str) -> str:
    """Return the name of a line behind another line's port, such as a channel of a multiplexer on a line of a bank.

    Example:
        >>> line_within("2", "modem"), line_within("", "modem")
        ('2 modem', 'modem')
    """
    return f"{line} {name}" if line else name


def measured(outputs: Iterable[Output]) -> tuple[int, int]:
    """Return how many records these outputs make, and how many octets of data those have."""
    records = octets = 0
    for output in outputs:
        while type(output) is OnLine:
            output = output.output  # noqa: PLW2901 - what is counted is in it
        if type(output) is SendData or type(output) is Received:
            octets += len(output.data)
            records += 1
        elif isinstance(output, _RECORDED):
            records += 1
    return records, octets
