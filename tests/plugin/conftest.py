"""What the tests of the plugin share: the user's cache, where the clock's library is built once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True, scope="session")
def _one_cache() -> Iterator[None]:
    """Keep the cache where it is: pytester gives each test a home of its own, where the library would be built anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache"))
        yield
