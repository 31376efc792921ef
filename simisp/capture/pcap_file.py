"""The frames of a run, written as they pass to a file for network analysers."""

from __future__ import annotations

import os
from pathlib import Path

from simisp.capture.frames import CapturedFrame, FramesOfRecords
from simisp.capture.pcapng import file_head, packet_block
from simisp.report.safe_file import open_safely
from simisp.transcript import Record

__all__ = ["PcapFile"]


class PcapFile:
    """Writes the frames in the records of a run to a file that only its owner may read, in the format pcapng.

    A full disk ends the file but not the run.

    Args:
        path: The file; it is overwritten. See :func:`simisp.report.safe_file.open_safely`.
        began: When the run began, in seconds since 1970.

    Attributes:
        complaint: Why the file is incomplete; empty while it is complete.

    Raises:
        FileError: The file cannot be written.
    """

    def __init__(self, path: str | Path, began: float) -> None:
        self.complaint = ""
        self._path = path
        self._began = began
        self._frames = FramesOfRecords()
        self._file = os.fdopen(open_safely(path, "the frames can't be written"), "wb")
        self._write(file_head())

    def __call__(self, record: Record) -> None:
        """Write the frames that a record completes."""
        for found in self._frames.take(record):
            if isinstance(found, CapturedFrame):
                self._write(packet_block(found, self._began))

    def close(self) -> None:
        """Close the file. Calling it again does nothing."""
        try:
            self._file.close()
        except OSError as error:
            self._complain(error)

    def _write(self, octets: bytes) -> None:
        if self.complaint:
            return
        try:
            self._file.write(octets)
            self._file.flush()
        except OSError as error:
            self._complain(error)

    def _complain(self, error: OSError) -> None:
        self.complaint = f"the frames are not complete ({error.strerror}): {self._path}"
