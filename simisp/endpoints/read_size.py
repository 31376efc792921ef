"""How many octets an endpoint asks the kernel for: few, as long as few come.

Python takes room for a few hundred octets from its own store. Room for thousands is asked of the C library and given
back to it at once, which takes as long as a twentieth of a round trip.
"""

from __future__ import annotations

__all__ = ["LONG_READ", "SHORT_READ", "fitted"]

SHORT_READ = 256
LONG_READ = 4096


def fitted(size: int, taken: int) -> int:
    """Return how many octets to ask for next.

    Args:
        size: How many the last read asked for.
        taken: How many it has brought.

    Example:
        >>> fitted(SHORT_READ, 256), fitted(4096, 4000), fitted(4096, 12)
        (4096, 4096, 256)
    """
    if taken >= size:
        return LONG_READ
    return SHORT_READ if taken < SHORT_READ else size
