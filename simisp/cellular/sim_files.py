"""The files of a SIM, as +CRSM reads and updates them (3GPP TS 51.011, 10; 3GPP TS 31.102, 4).

======  ==========================================  ==============================
file    content                                     readable
======  ==========================================  ==============================
2F05    preferred languages                         always
2FE2    ICCID: its own number                       always
6F05    languages                                   always
6F07    IMSI: the subscriber's identity             once the PIN is entered
6F31    search period of the home network           once the PIN is entered
6F38    services that it has                        once the PIN is entered
6F40    MSISDN: the subscriber's number, a record   once the PIN is entered
6F46    SPN: the provider's name                    always
6F78    access control class                        once the PIN is entered
6FAD    administrative data                         always
======  ==========================================  ==============================
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simisp.cellular.sim import SimConfig

__all__ = ["SimFiles"]

_LANGUAGES, _ICCID, _OLD_LANGUAGES, _IMSI, _PERIOD = 0x2F05, 0x2FE2, 0x6F05, 0x6F07, 0x6F31
_SERVICES, _NUMBER, _PROVIDER, _CLASS, _ADMINISTRATIVE = 0x6F38, 0x6F40, 0x6F46, 0x6F78, 0x6FAD
_ALWAYS = frozenset({_LANGUAGES, _ICCID, _OLD_LANGUAGES, _PROVIDER, _ADMINISTRATIVE})
_NAME_LENGTH, _NUMBER_LENGTH = 16, 10
_SERVICE_NUMBERS = (10, 12, 19, 21)
"""Messages, their parameters, the provider's name, the subscriber's number (31.102, 4.2.8)."""
_SERVICE_OCTETS = 4
_INTERNATIONAL, _UNKNOWN = 0x91, 0x81
_ELEMENTARY, _ACCESS = 0x04, bytes.fromhex("0fff44")


@dataclass(slots=True)
class SimFiles:
    """The files.

    Attributes:
        config: What SIM it is.
        updated: What files contain that the modem has updated, by number.
    """

    config: SimConfig
    updated: dict[int, bytes] = field(default_factory=dict)

    def content(self, number: int) -> bytes | None:
        """Return the content of a file, all its records, or None if there is no such file."""
        if number in self.updated:
            return self.updated[number]
        make = _CONTENTS.get(number)
        return None if make is None else make(self.config)

    def is_readable(self, number: int, *, is_unlocked: bool) -> bool:
        """Return whether a file may be read, before or after the PIN was entered."""
        return is_unlocked or number in _ALWAYS

    def record_length(self, number: int) -> int:
        """Return how long a record is; 0 for a file without records."""
        return len(_number(self.config)) if number == _NUMBER else 0

    def header(self, number: int) -> bytes | None:
        """Return what a SIM answers to GET RESPONSE for a file (51.011, 9.2.1), or None without the file."""
        content = self.content(number)
        if content is None:
            return None
        length = self.record_length(number)
        place = b"\0\0" + len(content).to_bytes(2, "big") + number.to_bytes(2, "big")
        return place + bytes((_ELEMENTARY, 0)) + _ACCESS + bytes((1, 2, int(length > 0), length))

    def update(self, number: int, offset: int, octets: bytes) -> bool:
        """Replace a part of a file; return whether there is such a part."""
        content = self.content(number)
        if content is None or not octets or offset + len(octets) > len(content):
            return False
        self.updated[number] = content[:offset] + octets + content[offset + len(octets) :]
        return True


def _iccid(config: SimConfig) -> bytes:
    return _swapped(config.iccid)


def _imsi(config: SimConfig) -> bytes:
    """Return the IMSI with its length and, in the first half octet, its parity (31.102, 4.2.2)."""
    digits = config.imsi
    octets = _swapped(("9" if len(digits) % 2 else "1") + digits)
    return bytes((len(octets),)) + octets.ljust(8, b"\xff")


def _administrative(config: SimConfig) -> bytes:
    """Return the mode, normal operation, and how long the network's part of the IMSI is (31.102, 4.2.18)."""
    return bytes((0, 0, 0, config.network_digits))


def _provider(config: SimConfig) -> bytes:
    name = config.provider.encode("ascii", "replace")[:_NAME_LENGTH]
    return b"\x01" + name.ljust(_NAME_LENGTH, b"\xff")


def _number(config: SimConfig) -> bytes:
    """Return the record of the subscriber's number (31.102, 4.2.26): name, length, type, digits, two identifiers."""
    digits = config.number.removeprefix("+")[: 2 * _NUMBER_LENGTH]
    octets = _swapped(digits)
    kind = _INTERNATIONAL if config.number.startswith("+") else _UNKNOWN
    head = bytes((len(octets) + 1, kind)) if digits else b"\xff\xff"
    return b"\xff" * _NAME_LENGTH + head + octets.ljust(_NUMBER_LENGTH, b"\xff") + b"\xff\xff"


def _services(_config: SimConfig) -> bytes:
    flags = sum(1 << (number - 1) for number in _SERVICE_NUMBERS)
    return flags.to_bytes(_SERVICE_OCTETS, "little")


def _access_class(config: SimConfig) -> bytes:
    """Return the class, which is the IMSI's last digit (3GPP TS 22.011, 4.2)."""
    return (1 << int(config.imsi[-1])).to_bytes(2, "big")


_CONTENTS = {
    _LANGUAGES: lambda _config: b"en",
    _ICCID: _iccid,
    _OLD_LANGUAGES: lambda _config: b"\x01",
    _IMSI: _imsi,
    _PERIOD: lambda _config: b"\x0a",
    _SERVICES: _services,
    _NUMBER: _number,
    _PROVIDER: _provider,
    _CLASS: _access_class,
    _ADMINISTRATIVE: _administrative,
}


def _swapped(digits: str) -> bytes:
    """Return digits two to an octet, the first in the lower half, as SIMs store numbers."""
    padded = digits + "F" * (len(digits) % 2)
    return bytes(int(padded[index + 1] + padded[index], 16) for index in range(0, len(padded), 2))
