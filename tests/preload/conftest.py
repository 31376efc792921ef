"""The clock library, built once for the session into a cache of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from simisp.preload import PreloadUnavailable, library


@pytest.fixture(scope="session", autouse=True)
def clock_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The library under test. Without a compiler there is nothing to test here."""
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    library.cache_clear()
    try:
        yield library()
    except PreloadUnavailable as reason:
        pytest.skip(str(reason))
    finally:
        library.cache_clear()
        if before is None:
            del os.environ["XDG_CACHE_HOME"]
        else:
            os.environ["XDG_CACHE_HOME"] = before
