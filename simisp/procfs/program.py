"""The program that a process runs, and what it was given when that began."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["environment_of", "opened_program", "owner_of", "program_of", "program_status"]


def program_of(pid: int) -> Path:
    """Return the path of the program that a process runs.

    Raises:
        OSError: The process is gone, or may not be looked at.
    """
    return Path(f"/proc/{pid}/exe").readlink()


def program_status(pid: int) -> os.stat_result:
    """Return the status of the program's file, whatever its name leads to by now: stat(2).

    Raises:
        OSError: The process is gone, or may not be looked at.
    """
    return os.stat(f"/proc/{pid}/exe")  # noqa: PTH116 - a magic link, not a path


@contextmanager
def opened_program(pid: int) -> Iterator[Path]:
    """Hold the program's file open, and give a path that leads to it.

    What the kernel's link leads to may be deleted, or lie in another mount namespace, and be another program at once.

    Raises:
        OSError: The process is gone, or may not be looked at.
    """
    opened = os.open(f"/proc/{pid}/exe", os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield Path(f"/proc/self/fd/{opened}")
    finally:
        os.close(opened)


def owner_of(pid: int) -> int:
    """Return the user whom a process belongs to, as the kernel shows it: root's when it may not be dumped.

    Raises:
        OSError: The process is gone.
    """
    return os.stat(f"/proc/{pid}").st_uid  # noqa: PTH116 - no path of a file system's


def environment_of(pid: int) -> frozenset[bytes] | None:
    """Return the variables, ``NAME=value``, with which a process's program began; None when they can't be seen."""
    try:
        return frozenset(Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"))
    except OSError:
        return None
