"""Octets for the DTE with a mark of what they are, for what alters the answers of a modem on their way.

A modem whose configuration says so sends :class:`MarkedData` in place of :class:`~simisp.machine.SendData`; all that
its far end sends stays :class:`~simisp.machine.SendData`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from simisp.machine import Output
from simisp.modem.dte import DteInterface
from simisp.modem.link import AgreedLink
from simisp.modem.result_codes import ResultCode, ResultCodes
from simisp.modem.settings import ModemSettings

__all__ = ["AnswerMark", "MarkedData", "MarkingDte"]


class AnswerMark(Enum):
    """What octets for the DTE are (ITU-T V.250, 5.2.3 and 5.7)."""

    __hash__ = object.__hash__

    LINE = "line"
    """No octets for the DTE: the command line whose answer follows, with its prefix."""
    ECHO = "echo"
    INFORMATION = "information"
    FINAL = "final"
    """A final result code, CONNECT, or a report on the way to CONNECT."""
    UNSOLICITED = "unsolicited"
    PROMPT = "prompt"
    """The request for text."""


@dataclass(slots=True, unsafe_hash=True)
class MarkedData(Output):
    """Octets for the DTE, and what they are."""

    data: Final[bytes]
    mark: Final[AnswerMark]


class MarkingDte(DteInterface):
    """The modem's side of the interface to a DTE, where all octets have marks."""

    __slots__ = ("_words",)

    def __init__(self, settings: ModemSettings, results: ResultCodes) -> None:
        super().__init__(settings, results)
        self._words = AnswerMark.UNSOLICITED

    def begin_line(self, line: str) -> None:
        """Say which command line the following answers."""
        self.outputs.append(MarkedData(line.encode("ascii"), AnswerMark.LINE))

    def send_echo(self, data: bytes) -> None:
        """Echo octets of a command line, if echo is on."""
        super().send_echo(data)
        self._mark(AnswerMark.ECHO)

    def send_exactly(self, data: bytes) -> None:
        """Send the request for text."""
        super().send_exactly(data)
        self._mark(AnswerMark.PROMPT)

    def send_words(self, text: str | bytes) -> None:
        """Send a result code that has no number."""
        super().send_words(text)
        self._mark(self._words)

    def send_final(self, text: str | bytes) -> None:
        """Send a final result code that has no number."""
        self._words = AnswerMark.FINAL
        super().send_final(text)
        self._words = AnswerMark.UNSOLICITED

    def send_information(self, text: str | bytes) -> None:
        """Send information text."""
        super().send_information(text)
        self._mark(AnswerMark.INFORMATION)

    def send_result(self, code: ResultCode, *, rate: int | None = None) -> None:
        """Send a result code."""
        super().send_result(code, rate=rate)
        self._mark(AnswerMark.UNSOLICITED if code is ResultCode.RING else AnswerMark.FINAL)

    def send_connect(self, link: AgreedLink, rate_to_dte: int | None) -> None:
        """Send CONNECT."""
        self._words = AnswerMark.FINAL
        super().send_connect(link, rate_to_dte)
        self._words = AnswerMark.UNSOLICITED

    def _mark(self, mark: AnswerMark) -> None:
        """Put out what was collected, with a mark."""
        if self.unsent:
            data = self.take_unsent()
            self.outputs.append(MarkedData(data if self._mismatch is None else self._mismatch.read(data), mark))
