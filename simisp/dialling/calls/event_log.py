"""The event log as a file: one line of JSON for each event."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from simisp.errors import FileError, reason_of
from simisp.ras.events import Event
from simisp.report.safe_file import open_safely
from simisp.transcript.redaction import mask_text

__all__ = ["EventLog"]


class EventLog:
    """Appends events to a file, each in one write, and passes them to a listener.

    If the disk is full the event is still passed on, and logging continues when there is room again.

    Args:
        path: The file.
        began: The wall time at which the run began.
        listener: Called with each event and its time.
        secrets: Passwords to mask in events.

    Raises:
        FileError: The file cannot be opened.
    """

    def __init__(
        self,
        path: Path,
        began: datetime,
        listener: Callable[[float, Event], None],
        secrets: Sequence[str] = (),
    ) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.fdopen(open_safely(path, "the event log can't be opened", append=True), "ab", buffering=0)
        except OSError as error:
            reason = reason_of(error).lower()
            raise FileError(f"the event log can't be opened ({reason})", path=str(path), errno=error.errno) from None
        self._began = began
        self._torn = False  # whether the file ends in an incomplete line that could not be removed
        self._listener = listener
        self._secrets = [secret.encode("utf-8", "surrogateescape") for secret in secrets]

    def add(self, at: float, event: Event) -> None:
        """Log an event."""
        event = self._without_secrets(event)
        with suppress(OSError):
            self._write(event.to_json(at, self._began).encode("utf-8", "backslashreplace") + b"\n")
        self._listener(at, event)

    def _without_secrets(self, event: Event) -> Event:
        details = {
            name: mask_text(value, self._secrets) if isinstance(value, str) else value
            for name, value in event.details.items()
        }
        return replace(event, text=mask_text(event.text, self._secrets), details=details)

    def _write(self, line: bytes) -> None:
        """Write a whole line, or nothing: a disk that fills up may accept only the beginning of a line."""
        if self._torn:
            line = b"\n" + line
        written = self._file.write(line) or 0
        if written == len(line):
            self._torn = False
        elif written:
            self._torn = True
            os.ftruncate(self._file.fileno(), self._file.tell() - written)
            self._torn = False

    def close(self) -> None:
        """Close the file."""
        self._file.close()
