"""The clock library, built once for the session into a cache of its own, and programs written for its tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simisp.errors import PreloadUnavailableError
from simisp.preload import library
from support.c_programs import compiled


@pytest.fixture(scope="session", autouse=True)
def clock_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The library under test. Without a compiler there is nothing to test here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        library.cache_clear()
        try:
            yield library()
        except PreloadUnavailableError as reason:
            pytest.skip(str(reason))
        finally:
            library.cache_clear()


@pytest.fixture(scope="session")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program that makes random calls."""
    return compiled("calls.c", tmp_path_factory.mktemp("calls"))
