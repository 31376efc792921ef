"""What happened on a line, in order: the single source of every view, report and verdict."""

from typing import TYPE_CHECKING

from simisp.facts.sources import Source
from simisp.transcript.json_lines import Header
from simisp.transcript.record import Record
from simisp.transcript.redaction import Redactor
from simisp.transcript.transcript import Transcript

if TYPE_CHECKING:
    from simisp.transcript.reader import TranscriptFile, read

__all__ = ["Header", "Record", "Redactor", "Source", "Transcript", "TranscriptFile", "read"]


def __getattr__(name: str) -> object:
    """Return what reads transcripts. It knows the facts of all rooms, so a run that reads none goes without it."""
    if name not in {"TranscriptFile", "read"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from simisp.transcript import reader

    return getattr(reader, name)
