"""How files of /proc are read: the kernel makes them while they are read, so each look is another text."""

from __future__ import annotations

import os

__all__ = ["read_bounded", "read_once"]

_LONGEST_READ = 4096
_LONGEST_RECORD = 16 * 1024


def read_once(path: str) -> bytes:
    """Return one of the kernel's files that holds a single record, such as a thread's status.

    The kernel gives such a file in one piece, so one read is enough, and it is of one moment.

    Raises:
        OSError: It is gone, or may not be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, _LONGEST_RECORD)
    finally:
        os.close(descriptor)


def read_bounded(path: str, limit: int = _LONGEST_READ) -> bytes:
    """Return the first octets of one of the kernel's files, also of one that has many records.

    Args:
        path: The file.
        limit: How many octets are read at most.

    Raises:
        OSError: It is gone, or may not be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY)
    octets = b""
    try:
        # The kernel gives long ones in pieces.
        while len(octets) < limit and (piece := os.read(descriptor, limit - len(octets))):
            octets += piece
        return octets
    finally:
        os.close(descriptor)
