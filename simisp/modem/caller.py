"""The caller's number, as a modem reports it between rings."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Caller"]

_MULTIPLE_DATA = 0x80
_DATE_AND_TIME, _NUMBER, _NUMBER_ABSENT, _NAME = 0x01, 0x02, 0x04, 0x07
_ABSENT = ("O", "P")


@dataclass(frozen=True, slots=True)
class Caller:
    r"""What the exchange sends of a caller.

    Attributes:
        number: The digits; ``P`` for a number that the caller keeps private, ``O`` for one that is not known.
        name: The name, if it is sent.
        date: Month and day, such as ``0314``; empty if it is not sent.
        time: Hour and minute, such as ``0915``; empty if it is not sent.

    Example:
        >>> Caller("5550177", date="0314", time="0915").told("1")
        'DATE = 0314\nTIME = 0915\nNMBR = 5550177'
        >>> Caller("5550177").told("2")
        'MESG = 800902073535353031373700'
    """

    number: str
    name: str = ""
    date: str = ""
    time: str = ""

    def told(self, form: str) -> str:
        """Return the report: ``"1"`` in lines of words, ``"2"`` the message of the exchange in hexadecimal digits.

        See Also:
            ITU-T V.253 (+VCID); Telcordia GR-30-CORE (the multiple data message format).
        """
        if form == "2":
            return f"MESG = {self._message().hex().upper()}"
        lines = (("DATE", self.date), ("TIME", self.time), ("NMBR", self.number), ("NAME", self.name))
        return "\n".join(f"{word} = {text}" for word, text in lines if text)

    @property
    def calling_line(self) -> str:
        """What a cellular modem sends (3GPP TS 27.007, 7.6): number, type, and why there is no number."""
        if self.number in _ABSENT:
            return f'+CLIP: "",128,,,,{1 if self.number == "P" else 2}'
        return f'+CLIP: "{self.number}",{145 if self.number.startswith("+") else 129}'

    def _message(self) -> bytes:
        kind = _NUMBER_ABSENT if self.number in _ABSENT else _NUMBER
        parts = ((_DATE_AND_TIME, self.date + self.time), (kind, self.number), (_NAME, self.name))
        octets = ((kind, text.encode("ascii", "replace")[:255]) for kind, text in parts if text)
        body = b"".join(bytes((kind, len(text))) + text for kind, text in octets)[:255]
        message = bytes((_MULTIPLE_DATA, len(body))) + body
        return message + bytes((-sum(message) & 0xFF,))
