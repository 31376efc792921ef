"""Which descriptors this process has open: a leak is seen by comparing before and after."""

from __future__ import annotations

import gc
from pathlib import Path

__all__ = ["descriptors"]


def descriptors() -> set[str]:
    """Return the numbers of this process's open descriptors, without the one that the look itself takes.

    Those that an earlier test has left to the collector of cycles are closed first: it may come at any time.
    """
    gc.collect()
    # The look's own descriptor is closed again by the time that its name is looked at.
    return {path.name for path in list(Path("/proc/self/fd").iterdir()) if path.is_symlink()}
