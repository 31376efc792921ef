"""Result codes: their numbers and words, which of them the X command enables, and their framing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

__all__ = [
    "CONNECT_NUMBERS",
    "X_LEVELS",
    "ResultCode",
    "ResultCodes",
    "XLevel",
    "frame_information",
    "frame_result",
    "frame_words",
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


@dataclass(frozen=True, slots=True, eq=False)
class ResultCodes:
    """How a maker words and numbers the result codes. All modems of a profile share one.

    Attributes:
        words: The words of the codes that differ from the standard's: ``{NO_DIALTONE: "NO DIAL TONE"}``.
        numbers: The numbers that differ from the standard's.
        connect: CONNECT with a rate; ``{rate}`` is replaced by it, and ``{link}`` by one of the next two. It may be any
            text.
        reliable: What stands for ``{link}`` in a call with error control: ``/ARQ/{carrier}/{protocol}/{compression}``.
        unreliable: What stands there in any other call.
        plain_connect: CONNECT under X0, and where the rate is not known.
        connect_numbers: The number of CONNECT by the rate in bit/s.

    Example:
        >>> codes = ResultCodes(connect="CONNECT {rate}{link}", reliable="/ARQ")
        >>> codes.in_words(ResultCode.CONNECT, 33600), codes.in_words(ResultCode.CONNECT, None)
        ('CONNECT 33600', 'CONNECT')
    """

    words: Mapping[ResultCode, str] = field(default_factory=dict)
    numbers: Mapping[ResultCode, int] = field(default_factory=dict)
    connect: str = "CONNECT {rate}"
    reliable: str = ""
    unreliable: str = ""
    plain_connect: str = "CONNECT"
    connect_numbers: Mapping[int, int] = field(default_factory=lambda: CONNECT_NUMBERS)

    def in_words(self, code: ResultCode, rate: int | None, link: str = "") -> str:
        """Return the words of a code; ``rate`` is that of CONNECT in bit/s, or None; ``link`` stands for ``{link}``."""
        if code is ResultCode.CONNECT:
            if rate is None:
                return self.plain_connect
            return self.connect.replace("{rate}", str(rate)).replace("{link}", link)
        return self.words.get(code, code.words)

    def number(self, code: ResultCode, rate: int | None) -> int:
        """Return the number of a code; for CONNECT that of the rate, unless ``rate`` is None or has no number."""
        number = self.numbers.get(code, code.value)
        return number if rate is None else self.connect_numbers.get(rate, number)


_STANDARD = ResultCodes()


def result_number(code: ResultCode, rate: int | None) -> int:
    """Return the standard's number of a result code; for CONNECT that of the rate, unless ``rate`` is None.

    Example:
        >>> result_number(ResultCode.CONNECT, 33600), result_number(ResultCode.CONNECT, None)
        (84, 1)
    """
    return _STANDARD.number(code, rate)


@lru_cache(maxsize=64)
def frame_result(  # noqa: PLR0917 - by position, which is what makes the cache quick
    code: ResultCode, rate: int | None, v: int, s3: int, s4: int, codes: ResultCodes = _STANDARD
) -> bytes:
    r"""Return a result code as it is sent to the DTE.

    Args:
        code: The result.
        rate: The rate in bit/s for CONNECT; None for a plain CONNECT and for all other codes.
        v: 1 for words, 0 for numbers.
        s3: The octet that ends a line.
        s4: The second octet around a response.
        codes: The words and numbers.

    Example:
        >>> frame_result(ResultCode.OK, None, 1, 13, 10)
        b'\r\nOK\r\n'
        >>> frame_result(ResultCode.CONNECT, 33600, 0, 13, 10)
        b'84\r'

    See Also:
        ITU-T V.250, 5.7.1 and 6.2.6.
    """
    if v == 0:
        return str(codes.number(code, rate)).encode() + bytes([s3])
    return frame_words(codes.in_words(code, rate), v, s3, s4)


def frame_words(text: str | bytes, v: int, s3: int, s4: int) -> bytes:
    r"""Return a result code that has no number as it is sent to the DTE. Lines in ``text`` are separated by LF.

    Example:
        >>> frame_words("+CME ERROR: 10", 1, 13, 10), frame_words("+CME ERROR: 10", 0, 13, 10)
        (b'\r\n+CME ERROR: 10\r\n', b'+CME ERROR: 10\r')

    See Also:
        ITU-T V.250, 5.7.1: extended syntax result codes.
    """
    end = bytes([s3, s4])
    octets = _octets(text).replace(b"\n", end)
    return end + octets + end if v else octets + end[:1]


def frame_information(text: str | bytes, v: int, s3: int, s4: int) -> bytes:
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
    octets = _octets(text).replace(b"\n", end) + end
    return end + octets if v else octets


def _octets(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("ascii", "replace")
