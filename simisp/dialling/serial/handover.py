"""Lock files handed on to a process that stays behind on the port."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from simisp.locks.lock_file import replace_own_lock

__all__ = ["hand_over"]


def hand_over(paths: Iterable[Path], pid: int) -> None:
    """Let lock files of ours name another process, which holds the port on when we have let go.

    Each file is replaced at one go: nobody sees it missing, empty or half-written. A file that can't be replaced stays
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
