"""How many octets a pseudo-terminal asks the kernel for: few, as long as few come.

Python takes room for a few hundred octets from its own store. Room for thousands is asked of the C library and given
back to it at once, which takes as long as a twentieth of a round trip.
"""

from __future__ import annotations

__all__ = ["SHORT_READ", "ReadSize"]

SHORT_READ = 256
_LONG_READ = 4096
_PATIENCE = 16
"""So many short reads in a row end the long ones: a file is sent in long pieces with short ones between them."""


class ReadSize:
    """How many octets one port asks for.

    Attributes:
        now: How many to ask for next.

    Example:
        >>> size = ReadSize()
        >>> size.fit(256)
        >>> size.now
        4096
        >>> for _ in range(16):
        ...     size.fit(3)
        >>> size.now
        256
    """

    __slots__ = ("_short", "now")

    def __init__(self) -> None:
        self.now = SHORT_READ
        self._short = 0  # reads in a row that brought few octets

    def fit(self, taken: int) -> None:
        """Take note of how many octets a read has brought."""
        if taken >= SHORT_READ:
            self.now, self._short = _LONG_READ, 0
        else:
            self._short += 1
            if self._short >= _PATIENCE:
                self.now = SHORT_READ
