r"""A transcript as lines of JSON, format version 1. ``docs/transcript.md`` describes it for users.

The first line is the header, each other line a record. The details of a record are under a separate key, so that no
detail's name can clash with a name of the record; they are named like the fact's fields. Nothing is lost: times are not
rounded, octets are the characters U+0000 to U+00FF one for one, and secret octets are marked as such.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum

from simisp.facts.fact import values_of
from simisp.transcript.record import Record

__all__ = ["FORMAT", "VERSION", "Header", "header_line", "record_line", "value_in_json"]

FORMAT = "simisp transcript"
"""How the header identifies the format."""
VERSION = 1
"""The version of the format that is written, and the newest that can be read."""


@dataclass(frozen=True, slots=True)
class Header:
    """The run that a transcript is of.

    Attributes:
        scenario: The scenario's name.
        digest: A hash of the scenario's content, in hexadecimal, without comments and layout.
        seed: The seed of everything random.
        clock: ``"real"``, ``"virtual"`` or ``"scaled"``, as at the beginning of the run.
        started: The wall time at which the run began, in ISO 8601; empty for a story, which has no wall time.
        simisp: The version of simisp that wrote it.
    """

    scenario: str
    digest: str
    seed: int
    clock: str
    started: str
    simisp: str


def header_line(header: Header) -> str:
    """Return the first line of a transcript, without its line end."""
    scenario = {"name": header.scenario, "digest": header.digest}
    about = {"simisp": header.simisp, "scenario": scenario, "seed": header.seed}
    return json.dumps({"format": FORMAT, "version": VERSION, **about, "clock": header.clock, "started": header.started})


def record_line(record: Record) -> str:
    r"""Return a record as a line of JSON, without its line end.

    Example:
        >>> from simisp.facts.sources import Source
        >>> from simisp.transcript.record import octets_record
        >>> record_line(octets_record(1.5, Source.CLIENT, b"ATZ\r"))
        '{"at": 1.5, "source": "client", "kind": "octets", "details": {"data": "ATZ\\r"}}'
    """
    fact = record.fact
    written: dict[str, object] = {"at": record.at, "source": record.source.value}
    if record.line:
        written["line"] = record.line
    written["kind"] = fact.kind
    details = {field.name: value_in_json(value) for field, value in values_of(fact) if value != field.default}
    if details:
        written["details"] = details
    return json.dumps(written)


def value_in_json(value: object) -> object:
    """Return the value of a fact's field as JSON has it; octets in Latin-1."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value.value if isinstance(value, Enum) else value
