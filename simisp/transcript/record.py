"""One thing that happened, at one time, on one side of the line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from simisp.machine import Noted, Output, Received, SendData, SetCircuit

__all__ = ["OCTETS", "Record", "Source", "record_of"]

OCTETS = "octets"
"""What a record of octets is called; every other record has a fact's name."""

Plain = str | int | float | bool | None


class Source(Enum):
    """Which party a record tells of."""

    DTE = "dte"
    """The software under test: what it sent."""
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
        """Return the record as one line of JSON. Octets stand as the characters U+0000 to U+00FF, one for one.

        Example:
            >>> Record(1.5, Source.DTE, "octets", b"ATZ\\r").to_json()
            '{"at": 1.5, "source": "dte", "what": "octets", "text": "ATZ\\\\r"}'
        """
        line: dict[str, Plain] = {"at": round(self.at, 6), "source": self.source.value, "what": self.what}
        if self.what == OCTETS:
            line["text"] = self.data.decode("latin-1")
        line.update(self.details)
        return json.dumps(line)


def record_of(output: Output, *, at: float) -> Record | None:
    """Return the record of what a line's machine put out, or None for an output that no transcript tells of."""
    match output:
        case SendData(data, secret):
            return Record(at, Source.DCE, OCTETS, data, secret)
        case Received(data, secret):
            return Record(at, Source.DTE, OCTETS, data, secret)
        case SetCircuit(circuit, on):
            return Record(at, Source.DCE, "circuit", details={"circuit": circuit.value, "on": on})
        case Noted(what, details):
            return Record(at, Source.DCE, what, details=details)
        case _:
            return None
