"""Reading and writing of files by the commands."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from simisp.cli.file_kind import FileKind, kind_of
from simisp.cli.standard_streams import standard_input
from simisp.errors import CaptureError, FileError, TranscriptError

__all__ = ["STANDARD_STREAM", "naming", "read_script", "refusal_of", "replace_script"]

STANDARD_STREAM = "-"
"""Stands for standard input or output instead of a file's name."""

_ENOUGH = 64 * 1024
"""How many octets show what a file is."""
_MOST_OCTETS = 4 * 1024 * 1024
"""More than any script may have: anything beyond is not read into memory only to be refused."""


@contextmanager
def naming(file: str, wanted: str = "") -> Iterator[None]:
    """Let what is wrong in a transcript or a capture be reported with the name of its file.

    Args:
        file: The name of the file.
        wanted: What the file is to be, for a file that is seen to be something else.

    Raises:
        FileError: There is something wrong in it.
    """
    try:
        yield
    except (CaptureError, TranscriptError) as error:
        if wanted and (refusal := refusal_of(file, wanted)) is not None:
            raise refusal from error
        raise FileError(str(error), path="standard input" if file == STANDARD_STREAM else file) from error


def refusal_of(file: str, wanted: str) -> FileError | None:
    """Return the refusal of a file whose text shows that it is something else, such as a scenario; None if it does not.

    Args:
        file: The name of the file.
        wanted: What the file is to be.
    """
    kind = None if file == STANDARD_STREAM else _kind_of(file)
    if kind is None:
        return None
    remedy = f"simisp run {file} --transcript FILE writes a transcript" if kind is FileKind.SCENARIO else ""
    return FileError(f"this is a {kind.value}, and {wanted} is wanted", path=file, remedy=remedy)


def _kind_of(file: str) -> FileKind | None:
    """Return what a file is whose text shows that it is neither a transcript nor binary; None for any other."""
    try:
        with Path(file).open("rb") as opened:
            start = opened.read(_ENOUGH)
    except OSError:
        return None
    kind = None if start.lstrip()[:1] == b"{" else kind_of(start, file)
    return None if kind in (FileKind.BINARY, FileKind.UTF_16) else kind


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
