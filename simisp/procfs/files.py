"""Reading of files in /proc: the kernel generates them on reading, so each read gives another text."""

from __future__ import annotations

import os

__all__ = ["read_bounded", "read_once"]

_LONGEST_READ = 4096
_LONGEST_RECORD = 16 * 1024


def read_once(path: str) -> bytes:
    """Return one of the kernel's files with a single record, such as a thread's status.

    The kernel returns such a file in one piece, so one read is enough, and the content is of one moment.

    Raises:
        OSError: It is gone, or may not be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, _LONGEST_RECORD)
    finally:
        os.close(descriptor)


def read_bounded(path: str, limit: int = _LONGEST_READ) -> bytes:
    """Return the beginning of one of the kernel's files, including files with many records.

    Args:
        path: The file.
        limit: The most octets to read.

    Raises:
        OSError: It is gone, or may not be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY)
    octets = b""
    try:
        # The kernel returns long files in several reads.
        while len(octets) < limit and (piece := os.read(descriptor, limit - len(octets))):
            octets += piece
        return octets
    finally:
        os.close(descriptor)
