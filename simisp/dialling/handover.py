"""Lock files handed on to a process that stays behind on the port."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

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
        new = path.with_name(f"LTMP.{os.getpid()}.{pid}")
        try:
            new.write_text(f"{pid:10}\n", encoding="ascii")
            new.chmod(0o644)
            new.replace(path)
        except OSError:
            with suppress(OSError):
                new.unlink()
