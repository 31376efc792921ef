"""Hands over lock files to a process that stays on the port."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from simisp.locks.lock_file import replace_own_lock

__all__ = ["hand_over"]


def hand_over(paths: Iterable[Path], pid: int) -> None:
    """Make our lock files name another process, which keeps holding the port when we have let go.

    Each file is replaced atomically: it is never missing, empty or half-written. A file that can't be replaced remains
    ours, and is stale once we are gone.

    Args:
        paths: The lock files.
        pid: The process.
    """
    for path in paths:
        try:
            replace_own_lock(path, pid)
        except OSError:
            continue
