"""Parses a modem's answers, line by line, as a dialler reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from simisp.ras.error_codes import Cause

__all__ = ["FAILURES", "LONGEST_LINE", "ModemResponse", "ModemResponseKind", "ResponseReader"]

LONGEST_LINE = 256
"""How many octets of a line are kept."""


class ModemResponseKind(Enum):
    """The meaning of a line from the modem."""

    OK = "OK"
    CONNECT = "CONNECT"
    FAILURE = "failure"
    """Any other final result code."""
    OTHER = "other"
    """Echo, information text, an unsolicited result code, or an unknown line."""


FAILURES: Mapping[str, Cause] = {
    "BUSY": Cause.BUSY,
    "VOICE": Cause.VOICE,
    "NO ANSWER": Cause.NO_ANSWER,
    "NO CARRIER": Cause.NO_CARRIER,
    "NO DIALTONE": Cause.NO_DIAL_TONE,
    "NO DIAL TONE": Cause.NO_DIAL_TONE,
    "ERROR": Cause.MODEM_ERROR,
    "BLACKLISTED": Cause.MODEM_ERROR,
    "DELAYED": Cause.MODEM_ERROR,
}
"""The result codes that report a failure, and the cause that each stands for."""

_NUMBERS = {0: "OK", 1: "CONNECT", 3: "NO CARRIER", 4: "ERROR", 6: "NO DIALTONE", 7: "BUSY", 8: "NO ANSWER"}
_RING = 2
_VERBOSE_ERROR = re.compile(r"\+CM[ES] ERROR\b")
_CONNECT = re.compile(r"CONNECT\b(?:\s+(\d+))?")
_NUMBER = re.compile(rb"\d{1,2}")


@dataclass(frozen=True, slots=True)
class ModemResponse:
    """One line from the modem.

    Attributes:
        kind: Its meaning.
        text: The line.
        cause: The failure, if it reports one.
        rate: The rate in CONNECT, in bit/s.
    """

    kind: ModemResponseKind
    text: str
    cause: Cause | None = None
    rate: int | None = None


class ResponseReader:
    r"""Splits what a modem sends into lines, with or without echo, in words (V1) or numbers (V0).

    A line in words ends with its line feed, and a number with its carriage return, so the octets after CONNECT are
    exactly those of the far end.

    Example:
        >>> reader = ResponseReader()
        >>> for response, end in reader.read(b"ATDT1\r\r\nCONNECT 33600\r\nlogin:"):
        ...     print(response.kind.value, response.rate, end)
        other None 8
        CONNECT 33600 23

    See Also:
        ITU-T V.250, 5.7.1 (formats), table 1 (result codes).
    """

    def __init__(self) -> None:
        self._line = bytearray()
        self._sent = b""

    def expect_echo_of(self, line: bytes) -> None:
        """Note a command line that was sent, so that its echo does not count as a response."""
        self._sent = line.strip()
        self._line.clear()

    def read(self, data: bytes) -> Iterator[tuple[ModemResponse, int]]:
        """Yield the responses that ``data`` completes, each with the index after its end.

        No octet after a response is examined before the next response is asked for.
        """
        for index, octet in enumerate(data):
            response = self._take(octet)
            if response is not None:
                yield response, index + 1

    def _take(self, octet: int) -> ModemResponse | None:
        if octet == 0x0D and not (_NUMBER.fullmatch(self._line) or self._is_echo()):
            return None  # the line feed ends it
        if octet not in b"\r\n":
            if len(self._line) < LONGEST_LINE and octet:
                self._line.append(octet)
            return None
        line, self._line = bytes(self._line).strip(), bytearray()
        return self._judge(line) if line else None

    def _is_echo(self) -> bool:
        return bool(self._sent) and self._line.strip() == self._sent

    def _judge(self, line: bytes) -> ModemResponse:
        text = line.decode("ascii", "replace")
        if line == self._sent:
            self._sent = b""
            return ModemResponse(ModemResponseKind.OTHER, text)
        if _NUMBER.fullmatch(line):
            text = _words_of(int(line))
        words = text.upper()
        connect = _CONNECT.match(words)
        if connect:
            return ModemResponse(ModemResponseKind.CONNECT, text, rate=int(connect[1]) if connect[1] else None)
        if words == "OK":
            return ModemResponse(ModemResponseKind.OK, text)
        cause = Cause.MODEM_ERROR if _VERBOSE_ERROR.match(words) else FAILURES.get(words)
        return ModemResponse(ModemResponseKind.FAILURE if cause else ModemResponseKind.OTHER, text, cause=cause)


def _words_of(number: int) -> str:
    """Return a numeric result code in words. 5 and all numbers from 9 on are CONNECT with some rate."""
    return _NUMBERS.get(number) or ("RING" if number == _RING else "CONNECT")
