"""Points in time and validity periods of a PDU (3GPP TS 23.040, 9.2.3.11 and 9.2.3.12)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from simisp.cellular.sms.octets import PduReader
from simisp.errors import PduError

__all__ = ["EnhancedValidity", "RelativeValidity", "Timestamp", "Validity", "read_timestamp"]

_MINUTE, _HOUR, _DAY, _WEEK = 60, 3600, 86_400, 604_800
_TEXT = re.compile(r"(\d\d)/(\d\d)/(\d\d),(\d\d):(\d\d):(\d\d)([+-])(\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A point in local time. Only the number of digits is checked, as networks send zeros too.

    Attributes:
        year: The last two digits, 0 to 99.
        month: 0 to 99, and likewise day, hour, minute and second.
        day: The day of the month.
        hour: The hour.
        minute: The minute.
        second: The second.
        zone: How far local time is ahead of UTC in quarters of an hour, -79 to 79.
    """

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    zone: int = 0

    @classmethod
    def of(cls, text: str) -> Timestamp | None:
        """Return the time that is written as in commands: ``26/11/28,22:15:32+04``; None if the text is not one.

        See Also:
            3GPP TS 27.005, 3.1 (``<scts>``, ``<dt>``).
        """
        if (match := _TEXT.fullmatch(text)) is None:
            return None
        year, month, day, hour, minute, second = map(int, match.groups()[:6])
        zone = int(match[7] + match[8])
        return cls(year, month, day, hour, minute, second, zone) if abs(zone) < 80 else None

    def __str__(self) -> str:
        """Return it as commands write it.

        Example:
            >>> str(Timestamp(26, 11, 28, 22, 15, 32, -4))
            '26/11/28,22:15:32-04'
        """
        sign = "-" if self.zone < 0 else "+"
        date = f"{self.year:02}/{self.month:02}/{self.day:02}"
        return f"{date},{self.hour:02}:{self.minute:02}:{self.second:02}{sign}{abs(self.zone):02}"

    def encode(self) -> bytes:
        """Return it in seven octets of two swapped decimal digits; the sign of the zone is a bit of the last one.

        Raises:
            PduError: A number is out of range.

        Example:
            >>> Timestamp(26, 11, 28, 22, 15, 32, -4).encode().hex()
            '62118222512348'
        """
        numbers = (self.year, self.month, self.day, self.hour, self.minute, self.second)
        for position, number in enumerate(numbers):
            if not 0 <= number <= 99:
                raise PduError(f"{number} has not two digits", position)
        if abs(self.zone) > 79:
            raise PduError(f"{self.zone} is no time zone", 6)
        zone = _swapped(abs(self.zone)) | (0x08 if self.zone < 0 else 0)
        return bytes([*map(_swapped, numbers), zone])


@dataclass(frozen=True, slots=True)
class RelativeValidity:
    """A validity period that begins when the service centre gets the message.

    Attributes:
        octet: 0 to 255, as in the PDU.
    """

    octet: int

    @property
    def seconds(self) -> int:
        """The period in seconds (9.2.3.12.1).

        Example:
            >>> RelativeValidity(167).seconds // 3600, RelativeValidity(255).seconds // 86400
            (24, 441)
        """
        octet = self.octet
        if octet <= 143:
            return (octet + 1) * 5 * _MINUTE
        if octet <= 167:
            return 12 * _HOUR + (octet - 143) * 30 * _MINUTE
        return (octet - 166) * _DAY if octet <= 196 else (octet - 192) * _WEEK


@dataclass(frozen=True, slots=True)
class EnhancedValidity:
    """A validity period in the enhanced format, as its seven octets (9.2.3.12.3)."""

    octets: bytes


Validity = RelativeValidity | EnhancedValidity | Timestamp | None
"""How long the service centre tries to deliver a message; None leaves it to the service centre."""


def read_timestamp(reader: PduReader) -> Timestamp:
    """Read a point in time.

    Raises:
        PduError: There is none.
    """
    start = reader.position
    octets = reader.octets(7, "a time")
    numbers = []
    for position, octet in enumerate((*octets[:6], octets[6] & ~0x08)):
        if octet & 0xF > 9 or octet >> 4 > 9:
            raise PduError(f"{octets[position]:02x} is not two decimal digits", start + position)
        numbers.append(_swapped_back(octet))
    year, month, day, hour, minute, second, zone = numbers
    return Timestamp(year, month, day, hour, minute, second, -zone if octets[6] & 0x08 else zone)


def _swapped(number: int) -> int:
    return number // 10 | number % 10 << 4


def _swapped_back(octet: int) -> int:
    return (octet & 0xF) * 10 + (octet >> 4)
