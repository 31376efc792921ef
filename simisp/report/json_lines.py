"""A transcript as JSON lines: one record a line, written as it happens."""

from __future__ import annotations

import os
from pathlib import Path

from simisp.errors import EndpointError
from simisp.transcript import Record

__all__ = ["JsonLines"]


class JsonLines:
    """Writes records to a file that only its owner may read.

    Args:
        path: The file; it is replaced.

    Raises:
        EndpointError: The file can't be written.
    """

    def __init__(self, path: str | Path) -> None:
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise EndpointError(
                f"the transcript can't be written ({error.strerror})", path=str(path), errno=error.errno
            ) from error
        self._file = os.fdopen(descriptor, "w", encoding="utf-8", buffering=1)

    def __call__(self, record: Record) -> None:
        """Write one record."""
        self._file.write(record.to_json() + "\n")

    def close(self) -> None:
        """Close the file. Calling it again does nothing."""
        self._file.close()
