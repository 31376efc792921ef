"""The library that shares time with programs, for the tests that need it."""

from __future__ import annotations

import pytest

from simisp.errors import PreloadUnavailableError
from simisp.preload import library

__all__ = ["needs_library"]


def needs_library() -> None:
    """Skip the test that calls this, with the reason, where there is no library and none can be built."""
    try:
        library()
    except PreloadUnavailableError as reason:
        pytest.skip(str(reason))
