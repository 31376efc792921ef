"""One thing that happened, at one time, on one side of the line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from simisp.machine import CircuitTaken, Noted, Output, Received, SendData, SetCircuit

__all__ = ["OCTETS", "Record", "Source", "octets_in", "records_of"]

OCTETS = "octets"
"""What a record of octets is called; every other record has a fact's name."""

Plain = str | int | float | bool | None


class Source(Enum):
    """Which party a record tells of."""

    DTE = "dte"
    """The software under test: what it sent, and the circuits that it drives."""
    DCE = "dce"
    """The simulator: what it sent, and what its modem, exchange and ISP did."""
    PORT = "port"
    """The endpoint: opened, closed, its settings changed."""
    CLIENT = "client"
    """The client's processes: started, ended, gave up."""
    RUN = "run"
    """The run itself."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a transcript.

    Attributes:
        at: When, in seconds since the run began.
        source: Who.
        what: ``"octets"``, or the name of a fact.
        data: The octets, for ``"octets"``; empty otherwise.
        secret: Whether the octets are a secret that was asked for as one.
        details: The fact's plain values.
    """

    at: float
    source: Source
    what: str
    data: bytes = b""
    secret: bool = False
    details: Mapping[str, Plain] = field(default_factory=dict)

    def to_json(self) -> str:
        r"""Return the record as one line of JSON. Octets stand as the characters U+0000 to U+00FF, one for one.

        Example:
            >>> Record(1.5, Source.DTE, "octets", b"ATZ\r").to_json()
            '{"at": 1.5, "source": "dte", "what": "octets", "text": "ATZ\\r"}'
        """
        line: dict[str, Plain] = {"at": round(self.at, 6), "source": self.source.value, "what": self.what}
        if self.what == OCTETS:
            line["text"] = self.data.decode("latin-1")
        line.update(self.details)
        return json.dumps(line)


def records_of(outputs: Iterable[Output], *, at: float) -> list[Record]:
    """Return the records of what a line's machine put out at one time. No transcript tells of other kinds of output."""
    records = []
    for output in outputs:
        match output:
            case SendData(data, secret):
                records.append(Record(at, Source.DCE, OCTETS, data, secret))
            case Received(data, secret):
                records.append(Record(at, Source.DTE, OCTETS, data, secret))
            case SetCircuit(circuit, on):
                records.append(Record(at, Source.DCE, "circuit", details={"circuit": circuit.value, "on": on}))
            case CircuitTaken(circuit, on):
                records.append(Record(at, Source.DTE, "circuit", details={"circuit": circuit.value, "on": on}))
            case Noted(what, details):
                records.append(Record(at, Source.DCE, what, details=details))
    return records


def octets_in(outputs: Iterable[Output]) -> int:
    """Return how many octets of data the records of outputs have."""
    octets = 0
    for output in outputs:
        if type(output) is SendData or type(output) is Received:
            octets += len(output.data)
    return octets
