"""How many descriptors are open on a file, as /proc shows them: slow, and only for when counting events has failed."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["open_descriptors"]

_PROCESSES = Path("/proc")


def open_descriptors(path: str, *, without: int) -> int:
    """Return how many descriptors of all processes that can be looked into are open on a file.

    Args:
        path: The file.
        without: A descriptor of this process that doesn't count.

    See Also:
        proc(5), /proc/PID/fd.
    """
    ours = str(os.getpid()), str(without)
    return sum(
        (process.name, descriptor.name) != ours and _leads_to(descriptor, path)
        for process in _PROCESSES.iterdir()
        if process.name.isdigit()
        for descriptor in _descriptors(process)
    )


def _descriptors(process: Path) -> list[Path]:
    try:
        return list((process / "fd").iterdir())
    except OSError:  # it has ended, or is somebody else's
        return []


def _leads_to(descriptor: Path, path: str) -> bool:
    try:
        return os.readlink(descriptor) == path  # noqa: PTH115 - compared as text
    except OSError:
        return False
