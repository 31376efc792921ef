"""Character framing as it shows in eight-bit octets: what a 7E1 line looks like without a UART.

A PTY or a TCP connection carries octets, not characters with start, parity and stop bits. What shows there of the other
side's parity bit is the eighth bit of each octet. So the receiver drops the bits above its data bits, and the sender,
if nothing below it has a UART, puts the parity bit where the line would have carried it. Eight data bits leave no room
for a parity bit, and octets pass unchanged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

__all__ = ["Framing", "Parity"]

_WRITTEN = re.compile(r"([5-8])([NOEMS])([12])")


class Parity(Enum):
    """The parity bit of a character. The value is the word in a script."""

    NONE = "none"
    ODD = "odd"
    EVEN = "even"
    MARK = "mark"
    SPACE = "space"


@dataclass(frozen=True, slots=True)
class Framing:
    r"""How characters are framed on a line.

    Example:
        >>> seven_even = Framing(databits=7, parity=Parity.EVEN)
        >>> seven_even.encode(b"AC")
        b'A\xc3'
        >>> seven_even.decode(b"A\xc3")
        b'AC'
        >>> Framing().decode(b"A\xc3")
        b'A\xc3'
    """

    databits: int = 8
    """Data bits, 5 to 8."""
    parity: Parity = Parity.NONE
    stopbits: int = 1
    """Stop bits, 1 or 2. They do not show in octets."""

    @classmethod
    def parse(cls, text: str) -> Framing:
        """Parse a framing written as data bits, parity (N, O, E, M or S) and stop bits.

        Raises:
            ValueError: The text is not a framing.

        Example:
            >>> Framing.parse("7E1")
            Framing(databits=7, parity=<Parity.EVEN: 'even'>, stopbits=1)
        """
        match = _WRITTEN.fullmatch(text.upper())
        if match is None:
            raise ValueError(f"{text!r} is not a framing such as 8N1 or 7E1")
        parity = next(each for each in Parity if each.value[0].upper() == match[2])
        return cls(int(match[1]), parity, int(match[3]))

    def encode(self, data: bytes) -> bytes:
        """Return ``data`` with the bits above the data bits cleared and the parity bit set above them."""
        return data if self.databits == 8 else data.translate(_encoding(self.databits, self.parity))

    def decode(self, data: bytes) -> bytes:
        """Return ``data`` with the bits above the data bits cleared, whatever parity they carry."""
        return data if self.databits == 8 else data.translate(_encoding(self.databits, Parity.NONE))


@lru_cache
def _encoding(databits: int, parity: Parity) -> bytes:
    """Return the translation table for :meth:`bytes.translate`: for each octet, the octet that carries it."""
    mask = (1 << databits) - 1
    return bytes((octet & mask) | _parity_bit(octet & mask, parity) << databits for octet in range(256))


def _parity_bit(character: int, parity: Parity) -> int:
    match parity:
        case Parity.ODD:
            return 1 - character.bit_count() % 2
        case Parity.EVEN:
            return character.bit_count() % 2
        case Parity.MARK:
            return 1
        case _:
            return 0
