"""The table of programs in docs/virtual-time.md, as it is written by a test run and read by a test."""

from __future__ import annotations

from collections.abc import Iterable

from support.dialling_programs import Program
from support.marked_table import VIRTUAL_TIME, MarkedTable
from support.time_sharing import Sharing, Way, version_of

__all__ = ["in_the_documents", "write_table"]

_TABLE = MarkedTable(VIRTUAL_TIME, "programs", ("program", "version", "time", "why"))


def write_table(found: Iterable[tuple[Program, Sharing]]) -> None:
    """Put a row for each program into the documents."""
    _TABLE.write((program.name, version_of(program), sharing.way.value, sharing.why) for program, sharing in found)


def in_the_documents() -> dict[str, Way]:
    """Return how each program shares time, as the page has it."""
    return {name: Way(way) for name, _, way, _ in _TABLE.cells()}
