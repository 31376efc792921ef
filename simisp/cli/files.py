"""Reading and writing of files by the commands."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from simisp.cli.standard_streams import standard_input
from simisp.errors import CaptureError, FileError, TranscriptError

__all__ = ["STANDARD_STREAM", "naming", "read_script", "replace_script"]

STANDARD_STREAM = "-"
"""Stands for standard input or output instead of a file's name."""

_MOST_OCTETS = 4 * 1024 * 1024
"""More than any script may have: anything beyond is not read into memory only to be refused."""


@contextmanager
def naming(file: str) -> Iterator[None]:
    """Let what is wrong in a transcript or a capture be reported with the name of its file.

    Raises:
        FileError: There is something wrong in it.
    """
    try:
        yield
    except (CaptureError, TranscriptError) as error:
        raise FileError(str(error), path="standard input" if file == STANDARD_STREAM else file) from error


def read_script(file: str, what: str = "the script") -> bytes:
    """Return the octets of a script, or of what else a message calls it.

    Raises:
        FileError: The file can't be read.
    """
    try:
        if file == STANDARD_STREAM:
            return standard_input().buffer.read(_MOST_OCTETS)
        with Path(file).open("rb") as opened:
            return opened.read(_MOST_OCTETS)
    except OSError as error:
        raise FileError(f"{what} can't be read ({error.strerror})", path=file, errno=error.errno) from error


def replace_script(file: str, data: bytes) -> None:
    """Replace a script's file atomically: readers see either the old text or the new one.

    Raises:
        FileError: It can't be written.
    """
    import tempfile  # most commands write no script

    path = Path(os.path.realpath(file))
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(data)
        Path(temporary).chmod(path.stat().st_mode & 0o7777)
        Path(temporary).replace(path)
    except OSError as error:
        with suppress(OSError):
            Path(temporary).unlink()
        raise FileError(f"the script can't be written ({error.strerror})", path=file, errno=error.errno) from error
