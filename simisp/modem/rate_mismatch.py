"""What one end of a serial line reads while the other end sends at another rate.

The receiver is the usual one: it waits for the line to be low, takes that for the beginning of a start bit, and then
samples in the middle of each of its own bits: eight data bits, the lowest first. What it finds where it expects the
stop bit does not matter to it: the octet is delivered (with a framing error that nothing asks for), and it waits again.
Each octet is read by itself, as if the line rested between octets, so it does not matter how the octets were cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

__all__ = ["RateMismatch"]

_MOST_READ = (
    16  # octets read for one that was sent: no buffer takes the hundreds that a slow one gives a quick receiver
)
_BITS = 10  # of a character on the line: a start bit, eight data bits, a stop bit


@dataclass(frozen=True, slots=True)
class RateMismatch:
    r"""Two ends of a line, each at its own rate.

    Attributes:
        sent_at: The sender's rate in bit/s, above 0.
        read_at: The receiver's rate in bit/s, above 0.

    Example:
        >>> RateMismatch(9600, 9600).read(b"AT"), RateMismatch(115200, 19200).read(b"AT")
        (b'AT', b'\xff\xff')
        >>> RateMismatch(300, 1200).read(b"A")
        b'x\x00\x00\xf8'
    """

    sent_at: int
    read_at: int

    def read(self, data: bytes) -> bytes:
        """Return what the receiver reads when the sender sends these octets."""
        return b"".join([_read(octet, self.sent_at, self.read_at) for octet in data])


@lru_cache(maxsize=1024)
def _read(octet: int, sent_at: int, read_at: int) -> bytes:
    """Return what is read for one octet. Times are in units in which both bit lengths are whole numbers."""
    levels = [0, *((octet >> bit) & 1 for bit in range(8)), 1]
    sent_bit, read_bit = 2 * read_at, 2 * sent_at

    def level(time: int) -> int:
        place = time // sent_bit
        return levels[place] if place < _BITS else 1

    read, time = bytearray(), 0
    while len(read) < _MOST_READ and (start := _next_fall(levels, time, sent_bit)) is not None:
        middle = start + read_bit // 2
        read.append(sum(level(middle + (1 + bit) * read_bit) << bit for bit in range(8)))
        time = middle + (_BITS - 1) * read_bit
    return bytes(read)


def _next_fall(levels: list[int], time: int, sent_bit: int) -> int | None:
    """Return when the line falls, or is low and has not been read yet, from ``time`` on; None if it stays high."""
    for place in range(time // sent_bit, _BITS):
        if levels[place] == 0:
            return max(time, place * sent_bit)
    return None
