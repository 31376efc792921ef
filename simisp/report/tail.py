"""The last events on a line, for the report of a failed test."""

from __future__ import annotations

from collections.abc import Iterable

from simisp.report.live import LiveView
from simisp.transcript import Record
from simisp.transcript.redaction import Redactor

__all__ = ["last_lines"]

_LAST_LINES = 12


def last_lines(records: Iterable[Record], secrets: Iterable[bytes]) -> str:
    """Return the last lines of the live view of some records, with all secrets masked, since many people see a failure.

    Args:
        records: All records.
        secrets: The known secrets.
    """
    lines: list[str] = []
    view, redactor = LiveView(lambda line: lines.append(str(line))), Redactor(secrets)
    for record in records:
        for ready in redactor.feed(record):
            view(ready)
    for ready in redactor.flush():
        view(ready)
    view.flush()
    return "\n".join(lines[-_LAST_LINES:]) or "  nothing"
