"""Addresses in a PDU: telephone numbers and names, of people and of the service centre (3GPP TS 23.040, 9.1.2.5)."""

from __future__ import annotations

from dataclasses import dataclass

from simisp.cellular.sms.alphabet import decode_septets, encode_septets, pack, unpack
from simisp.cellular.sms.octets import PduReader
from simisp.errors import PduError

__all__ = ["ALPHANUMERIC", "INTERNATIONAL", "NATIONAL", "Address", "read_address", "read_service_centre"]

NATIONAL = 129
"""The type of a number of unknown or national kind, in the telephone numbering plan."""
INTERNATIONAL = 145
"""The type of an international number in the telephone numbering plan."""
ALPHANUMERIC = 208
"""The type of an address that is a name in the GSM alphabet."""

_DIGITS = "0123456789*#abc"
_FILL = 0xF
_MOST_DIGITS = 20
_KIND = 0x70
_NAME_KIND = 0x50


@dataclass(frozen=True, slots=True)
class Address:
    """A number or a name.

    Attributes:
        text: Digits, ``*``, ``#``, ``a``, ``b`` and ``c`` of a number, without ``+``; or up to 11 septets of a name.
        type: The type of address, 128 to 255.
    """

    text: str
    type: int = NATIONAL

    @classmethod
    def of(cls, text: str) -> Address:
        """Return the address that a person writes: ``+31624000000``, ``1234``, or a name.

        Example:
            >>> Address.of("+31624000000"), Address.of("INFO")
            (Address(text='31624000000', type=145), Address(text='INFO', type=208))
        """
        if text.startswith("+") and text[1:].isdecimal() and text.isascii():
            return cls(text[1:], INTERNATIONAL)
        if all(character in _DIGITS for character in text):
            return cls(text)
        return cls(text, ALPHANUMERIC)

    @property
    def is_name(self) -> bool:
        """Whether it is a name."""
        return self.type & _KIND == _NAME_KIND

    def __str__(self) -> str:
        """Return it as a person writes it."""
        return f"+{self.text}" if self.type & _KIND == INTERNATIONAL & _KIND else self.text

    def encode(self) -> bytes:
        """Return it as it stands in a TPDU: its length in semi-octets, its type, and the semi-octets (9.1.2.5).

        Raises:
            PduError: It is too long, or has a character that can't stand there.

        Example:
            >>> Address.of("+31624000000").encode().hex()
            '0b911326040000f0'
        """
        if self.is_name:
            septets = encode_septets(self.text)
            if 7 * len(septets) > 4 * _MOST_DIGITS:
                raise PduError("a name in an address has no more than 11 septets", 11)
            return bytes([(7 * len(septets) + 3) // 4, self.type]) + pack(septets)
        digits = self._digits()  # first, for it refuses a number whose length is no octet
        return bytes([len(self.text), self.type]) + digits

    def encode_service_centre(self) -> bytes:
        """Return it as a service centre in front of a TPDU: its length in octets, type, and semi-octets.

        Raises:
            PduError: It is a name, is too long, or has a character that can't stand there.

        Example:
            >>> Address.of("+31624000000").encode_service_centre().hex()
            '07911326040000f0'
        """
        if self.is_name:
            raise PduError("a service centre is a number", 0)
        digits = self._digits()
        return bytes([len(digits) + 1, self.type]) + digits

    def _digits(self) -> bytes:
        """Return the semi-octets of a number, two an octet, the first in the lower half."""
        if len(self.text) > _MOST_DIGITS:
            raise PduError(f"a number has no more than {_MOST_DIGITS} digits", _MOST_DIGITS)
        values = []
        for position, character in enumerate(self.text):
            if character not in _DIGITS:
                raise PduError(f"{character!r} is no digit of a number", position)
            values.append(_DIGITS.index(character))
        if len(values) % 2:
            values.append(_FILL)
        return bytes(low | high << 4 for low, high in zip(values[::2], values[1::2], strict=True))


def read_address(reader: PduReader) -> Address:
    """Read an address of a TPDU.

    Raises:
        PduError: There is none.
    """
    length = reader.octet("the length of an address")
    if length > _MOST_DIGITS:
        raise PduError(f"an address has no more than {_MOST_DIGITS} semi-octets, not {length}", reader.position - 1)
    kind = _read_type(reader)
    start = reader.position
    octets = reader.octets((length + 1) // 2, "an address")
    if kind & _KIND == _NAME_KIND:
        return Address(decode_septets(unpack(octets, length * 4 // 7)), kind)
    return Address(_read_digits(octets, length, start), kind)


def read_service_centre(reader: PduReader) -> Address | None:
    """Read the service centre in front of a TPDU; None if it is the one that the modem knows.

    Raises:
        PduError: There is none.
    """
    length = reader.octet("the length of the service centre")
    if not length:
        return None
    if length > 1 + _MOST_DIGITS // 2:
        raise PduError(f"a service centre has no more than 11 octets, not {length}", reader.position - 1)
    kind = _read_type(reader)
    start = reader.position
    octets = reader.octets(length - 1, "the service centre")
    count = 2 * len(octets)
    if octets and octets[-1] >> 4 == _FILL:
        count -= 1
    return Address(_read_digits(octets, count, start), kind)


def _read_type(reader: PduReader) -> int:
    kind = reader.octet("the type of an address")
    if kind < 0x80:
        raise PduError(f"{kind} is no type of address", reader.position - 1)
    return kind


def _read_digits(octets: bytes, count: int, start: int) -> str:
    """Return the first ``count`` semi-octets of a number as text. The octets begin at index ``start`` of the PDU."""
    values = [half for octet in octets for half in (octet & 0xF, octet >> 4)]
    for index, value in enumerate(values[:count]):
        if value == _FILL:
            raise PduError("a fill within the digits of a number", start + index // 2)
    return "".join(_DIGITS[value] for value in values[:count])
