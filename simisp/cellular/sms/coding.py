"""The data coding scheme: the alphabet of a message, and its class (3GPP TS 23.038, 4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Alphabet", "DataCoding"]


class Alphabet(Enum):
    """The alphabet of a message."""

    GSM = "GSM 7 bit"
    OCTETS = "8 bit"
    UCS2 = "UCS2"


@dataclass(frozen=True, slots=True)
class DataCoding:
    """What an octet of data coding says.

    Attributes:
        alphabet: The alphabet. Reserved values are the GSM alphabet; compressed content is nothing but octets here.
        message_class: 0 to 3, or None for a message without one.

    Example:
        >>> DataCoding.of(0x08).alphabet, DataCoding.of(0x10).message_class
        (<Alphabet.UCS2: 'UCS2'>, 0)
    """

    alphabet: Alphabet
    message_class: int | None = None

    @classmethod
    def of(cls, octet: int) -> DataCoding:
        """Return what an octet, 0 to 255, says."""
        group = octet >> 4
        if group < 0x8:
            alphabet = Alphabet.OCTETS if octet & 0x20 else _GENERAL[octet >> 2 & 3]
            return cls(alphabet, octet & 3 if octet & 0x10 else None)
        if group == 0xE:  # a message waits; text in UCS2
            return cls(Alphabet.UCS2)
        if group == 0xF:
            return cls(Alphabet.OCTETS if octet & 4 else Alphabet.GSM, octet & 3)
        return cls(Alphabet.GSM)


_GENERAL = (Alphabet.GSM, Alphabet.OCTETS, Alphabet.UCS2, Alphabet.GSM)
