"""What the workers of one parallel test run make once and share: compiled programs, the clock library."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

__all__ = ["SHARED_FOLDER", "made_once", "shared_folder"]

SHARED_FOLDER = "SIMISP_TESTS_SHARED"
"""The variable by which the tests of this run find the folder."""


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Return a temporary folder that all workers of this test run have in common; it goes when theirs go."""
    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@contextmanager
def made_once(path: Path) -> Iterator[bool]:
    """Give whether ``path`` is still to be made; other workers wait meanwhile.

    It is to appear whole. A compiler that fails leaves nothing, and the next one tries again.
    """
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not path.exists()
