"""Result codes: their numbers and words, which of them the X command enables, and their framing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

__all__ = [
    "CONNECT_NUMBERS",
    "X_LEVELS",
    "ResultCode",
    "XLevel",
    "frame_information",
    "frame_result",
    "result_number",
]


class ResultCode(Enum):
    """A result code by its number (``V0``); :attr:`words` has its text (``V1``).

    See Also:
        ITU-T V.250, 5.7.1 and table 1.
    """

    __hash__ = object.__hash__  # members are singletons, and Enum's hash is slow

    OK = 0
    CONNECT = 1
    RING = 2
    NO_CARRIER = 3
    ERROR = 4
    NO_DIALTONE = 6
    BUSY = 7
    NO_ANSWER = 8

    def __init__(self, _number: int) -> None:
        self.words = self.name.replace("_", " ")
        """The code as ``V1`` shows it."""


CONNECT_NUMBERS: Mapping[int, int] = {
    300: 1,
    600: 9,
    1200: 5,
    2400: 10,
    4800: 11,
    7200: 13,
    9600: 12,
    12000: 14,
    14400: 15,
    16800: 59,
    19200: 16,
    21600: 61,
    24000: 62,
    26400: 63,
    28800: 64,
    31200: 91,
    33600: 84,
    38400: 17,
    57600: 18,
    115200: 19,
}
"""Rate in bit/s to the number of ``CONNECT rate`` under ``V0``.

V.250 leaves these to the maker. 5 and 10 are Hayes's, the others those of the Rockwell chips in most Hayes
compatible modems. A rate that is not listed is reported as a plain 1.
"""


@dataclass(frozen=True, slots=True)
class XLevel:
    """What one value of the X command enables.

    Attributes:
        rate: CONNECT includes the rate.
        dial_tone: The modem waits for dial tone, and reports NO DIALTONE without it. Otherwise it dials blindly.
        busy: The modem detects busy and ring-back tones: BUSY, NO ANSWER.
    """

    rate: bool
    dial_tone: bool
    busy: bool


X_LEVELS: tuple[XLevel, ...] = (
    XLevel(rate=False, dial_tone=False, busy=False),
    XLevel(rate=True, dial_tone=False, busy=False),
    XLevel(rate=True, dial_tone=True, busy=False),
    XLevel(rate=True, dial_tone=False, busy=True),
    XLevel(rate=True, dial_tone=True, busy=True),
)
"""X0 to X4 (ITU-T V.250, 6.2.7)."""


def result_number(code: ResultCode, rate: int | None) -> int:
    """Return the number of a result code; for CONNECT the number for the rate, unless ``rate`` is None.

    Example:
        >>> result_number(ResultCode.CONNECT, 33600), result_number(ResultCode.CONNECT, None)
        (84, 1)
    """
    return code.value if rate is None else CONNECT_NUMBERS.get(rate, code.value)


@lru_cache(maxsize=64)
def frame_result(code: ResultCode, rate: int | None, v: int, s3: int, s4: int) -> bytes:
    r"""Return a result code as it is sent to the DTE.

    Args:
        code: The result.
        rate: The rate in bit/s for CONNECT; None for a plain CONNECT and for all other codes.
        v: 1 for words, 0 for numbers.
        s3: The octet that ends a line.
        s4: The second octet around a response.

    Example:
        >>> frame_result(ResultCode.OK, None, 1, 13, 10)
        b'\r\nOK\r\n'
        >>> frame_result(ResultCode.CONNECT, 33600, 0, 13, 10)
        b'84\r'

    See Also:
        ITU-T V.250, 5.7.1 and 6.2.6.
    """
    if v == 0:
        return str(result_number(code, rate)).encode() + bytes([s3])
    words = code.words if rate is None else f"{code.words} {rate}"
    return bytes([s3, s4]) + words.encode() + bytes([s3, s4])


def frame_information(text: str, v: int, s3: int, s4: int) -> bytes:
    r"""Return information text as it is sent to the DTE. Lines in ``text`` are separated by LF.

    Example:
        >>> frame_information("050", 1, 13, 10)
        b'\r\n050\r\n'
        >>> frame_information("050", 0, 13, 10)
        b'050\r\n'

    See Also:
        ITU-T V.250, 5.7.1 and 6.2.6.
    """
    end = bytes([s3, s4])
    octets = text.encode("ascii", "replace").replace(b"\n", end) + end
    return end + octets if v else octets
