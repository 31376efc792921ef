"""How often a test repeats what chance decides: a few times in each run of the tests, and many times on demand."""

from __future__ import annotations

import os

__all__ = ["rounds"]


def rounds(usual: int) -> int:
    """Return ``usual`` times ``SIMISP_ROUNDS``, which is 1 unless it is set.

    Only repetitions of one and the same check are counted by this: every case that a test tells apart is played
    whatever the number.
    """
    return usual * int(os.environ.get("SIMISP_ROUNDS", "1"))
