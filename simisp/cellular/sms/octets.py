"""Octets of a PDU read from the left."""

from __future__ import annotations

from simisp.errors import PduError

__all__ = ["PduReader", "octets_of_hex"]


class PduReader:
    """Reads a PDU octet by octet.

    Args:
        data: The PDU.
        position: The index of the first octet to read.
        base: What is added to the positions of errors: the index of ``data`` in what it is a part of.
    """

    def __init__(self, data: bytes, position: int = 0, *, base: int = 0) -> None:
        self._data = data
        self._base = base
        self.position = position

    @property
    def left(self) -> int:
        """How many octets have not been read."""
        return len(self._data) - self.position

    def octet(self, what: str) -> int:
        """Return the next octet.

        Args:
            what: What it is, for the message of an error.

        Raises:
            PduError: There is none.
        """
        return self.octets(1, what)[0]

    def octets(self, count: int, what: str) -> bytes:
        """Return the next octets.

        Args:
            count: How many, 0 or more.
            what: What they are, for the message of an error.

        Raises:
            PduError: There are fewer.
        """
        if count > self.left:
            raise PduError(f"{what} needs {count} octets, and {self.left} are there", self._base + self.position)
        start, self.position = self.position, self.position + count
        return self._data[start : self.position]

    def end(self) -> None:
        """Check that everything was read.

        Raises:
            PduError: There is more.
        """
        if self.left:
            raise PduError(f"{self.left} octets more than the PDU has", self._base + self.position)


def octets_of_hex(text: str) -> bytes:
    """Return the octets that are written in hexadecimal, in either case.

    Raises:
        PduError: A character is no hexadecimal digit, or the number of digits is odd.

    Example:
        >>> octets_of_hex("07911326").hex()
        '07911326'
    """
    for position, character in enumerate(text):
        if character not in "0123456789abcdefABCDEF":
            raise PduError(f"{character!r} is no hexadecimal digit", position)
    if len(text) % 2:
        raise PduError("the number of hexadecimal digits is odd", len(text))
    return bytes.fromhex(text)
