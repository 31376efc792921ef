"""The program that a process runs, and the environment that it started with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["environment_of", "opened_program", "owner_of", "program_of", "program_status"]


def program_of(pid: int) -> Path:
    """Return the path of the program that a process runs.

    Raises:
        OSError: The process is gone, or cannot be inspected.
    """
    return Path(f"/proc/{pid}/exe").readlink()


def program_status(pid: int) -> os.stat_result:
    """Return the status of the program's file, whatever its name now refers to: stat(2).

    Raises:
        OSError: The process is gone, or cannot be inspected.
    """
    return os.stat(f"/proc/{pid}/exe")  # noqa: PTH116 - a magic link, not a path


@contextmanager
def opened_program(pid: int) -> Iterator[Path]:
    """Hold the program's file open, and give a path to it.

    The target of the kernel's link may be deleted, or be in another mount namespace, or become another program at once.

    Raises:
        OSError: The process is gone, or cannot be inspected.
    """
    opened = os.open(f"/proc/{pid}/exe", os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield Path(f"/proc/self/fd/{opened}")
    finally:
        os.close(opened)


def owner_of(pid: int) -> int:
    """Return the user id of a process, as the kernel shows it: root's if the process may not be dumped.

    Raises:
        OSError: The process is gone.
    """
    return os.stat(f"/proc/{pid}").st_uid  # noqa: PTH116 - no path of a file system's


def environment_of(pid: int) -> frozenset[bytes] | None:
    """Return the environment ``NAME=value`` that a process's program started with; None if it cannot be read."""
    try:
        return frozenset(Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"))
    except OSError:
        return None
