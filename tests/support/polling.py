"""Waiting in tests for what other processes do: by a condition, never by a time alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

__all__ = ["until"]

T = TypeVar("T")

_PATIENCE = 120.0
"""Seconds, far more than anything here takes, on a busy machine too: only a test that fails waits as long as this."""
_PAUSE = 0.005


def until(condition: Callable[[], T], *, what: str = "", pause: float = _PAUSE) -> T:
    """Return what the condition returns, as soon as that is true; fail when it stays false.

    Args:
        condition: What is looked at.
        what: What it is, for the message.
        pause: Seconds between two looks; longer where a look takes a process.
    """
    deadline = time.monotonic() + _PATIENCE
    while not (value := condition()):
        if time.monotonic() >= deadline:
            raise AssertionError(f"this never came: {what or condition}")
        time.sleep(pause)
    return value
