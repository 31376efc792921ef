"""The facts of short messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from simisp.facts.fact import Fact
from simisp.facts.sources import Source

__all__ = ["SmsReceived", "SmsSent"]


@dataclass(frozen=True, slots=True)
class SmsSent(Fact):
    """The modem sent a short message, or one part of a long one.

    Attributes:
        to: The recipient.
        text: The text of this part.
        part: Which part it is, from 1.
        parts: How many parts the message has.
        reference: The number that the modem has given it, 0 to 255.
        service_centre: The service centre; empty if none is known.
        pdu: The SMS-SUBMIT in hexadecimal.
    """

    kind: ClassVar = "sms sent"
    source: ClassVar = Source.MODEM

    to: str
    text: str
    part: int
    parts: int
    reference: int
    service_centre: str
    pdu: str


@dataclass(frozen=True, slots=True)
class SmsReceived(Fact):
    """A short message, or one part of a long one, has arrived at the modem.

    Attributes:
        sender: The sender.
        text: The text of this part.
        part: Which part it is, from 1.
        parts: How many parts the message has.
    """

    kind: ClassVar = "sms received"
    source: ClassVar = Source.MODEM

    sender: str
    text: str
    part: int
    parts: int
