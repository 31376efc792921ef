"""A transcript as JSON lines, written as it happens, in the format of :mod:`simisp.transcript.json_lines`."""

from __future__ import annotations

import os
from pathlib import Path

from simisp.report.safe_file import open_safely
from simisp.transcript import Header, Record
from simisp.transcript.json_lines import header_line, record_line

__all__ = ["JsonLines"]


class JsonLines:
    """Writes records to a file that only its owner may read.

    A full disk ends the file but not the run.

    Args:
        path: The file; it is overwritten. See :func:`simisp.report.safe_file.open_safely`.

    Attributes:
        complaint: Why the file is incomplete; empty while it is complete.

    Raises:
        FileError: The file cannot be written.
    """

    def __init__(self, path: str | Path) -> None:
        descriptor = open_safely(path, "the transcript can't be written")
        self.complaint = ""
        self._path = path
        self._file = os.fdopen(descriptor, "w", encoding="utf-8", buffering=1)

    def begin(self, header: Header) -> None:
        """Write the header; call it before any record is written."""
        self._write(header_line(header))

    def __call__(self, record: Record) -> None:
        """Write one record."""
        self._write(record_line(record))

    def _write(self, text: str) -> None:
        if not self.complaint:
            try:
                self._file.write(text + "\n")
            except OSError as error:
                self._complain(error)

    def close(self) -> None:
        """Close the file. Calling it again does nothing."""
        try:
            self._file.close()
        except OSError as error:
            self._complain(error)

    def _complain(self, error: OSError) -> None:
        self.complaint = f"the transcript is not complete ({error.strerror}): {self._path}"
