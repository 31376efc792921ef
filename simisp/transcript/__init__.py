"""What happened on a line, in order: the single source of every view, report and verdict."""

from simisp.facts.sources import Source
from simisp.transcript.json_lines import Header
from simisp.transcript.reader import TranscriptFile, read
from simisp.transcript.record import Record
from simisp.transcript.redaction import Redactor
from simisp.transcript.transcript import Transcript

__all__ = ["Header", "Record", "Redactor", "Source", "Transcript", "TranscriptFile", "read"]
