"""What happened on a line, in order: the one source from which every view, report and verdict is made."""

from simisp.transcript.record import Record, Source
from simisp.transcript.redaction import Redactor
from simisp.transcript.transcript import Transcript

__all__ = ["Record", "Redactor", "Source", "Transcript"]
