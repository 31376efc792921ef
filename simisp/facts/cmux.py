"""The facts of the multiplexer (3GPP TS 27.010)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from simisp.facts.fact import Fact
from simisp.facts.sources import Source

__all__ = [
    "ControlCommandUnanswered",
    "DlcClosed",
    "DlcOpened",
    "MultiplexerBegan",
    "MultiplexerEnded",
    "MuxFrameSeen",
    "MuxOctetsDiscarded",
]


@dataclass(frozen=True, slots=True)
class MultiplexerBegan(Fact):
    """The modem's line became a multiplexer.

    Attributes:
        option: ``"basic"`` or ``"advanced"``.
        frame_size: N1: how many octets a frame may carry.
    """

    kind: ClassVar = "multiplexer began"
    source: ClassVar = Source.MODEM

    option: str
    frame_size: int


@dataclass(frozen=True, slots=True)
class MultiplexerEnded(Fact):
    """The multiplexer is over, and the line takes AT commands again.

    Attributes:
        why: What ended it.
    """

    kind: ClassVar = "multiplexer ended"
    source: ClassVar = Source.MODEM

    why: str


@dataclass(frozen=True, slots=True)
class MuxFrameSeen(Fact):
    """A frame or a message of the control channel passed. Frames that carry octets are not recorded this way.

    Attributes:
        dlci: The DLC that it belongs to, or that a message is about.
        frame: What it is, in words: ``SABM``, ``UA``, ``MSC command``.
        sent: Whether this side sent it.
        octets: A frame's address and control fields, or a message, in hexadecimal.
        is_message: Whether it is a message of the control channel.
    """

    kind: ClassVar = "mux frame"
    source: ClassVar = Source.MODEM

    dlci: int
    frame: str
    sent: bool
    octets: str = ""
    is_message: bool = False


@dataclass(frozen=True, slots=True)
class MuxOctetsDiscarded(Fact):
    """Octets came that are no frame, or a frame that was not taken.

    Attributes:
        why: What is wrong with them.
        octets: How many they are, as far as they say it themselves.
    """

    kind: ClassVar = "mux octets discarded"
    source: ClassVar = Source.MODEM

    why: str
    octets: int


@dataclass(frozen=True, slots=True)
class DlcOpened(Fact):
    """A data link connection was set up.

    Attributes:
        dlci: Which; 0 is the control channel.
    """

    kind: ClassVar = "dlc opened"
    source: ClassVar = Source.MODEM

    dlci: int


@dataclass(frozen=True, slots=True)
class DlcClosed(Fact):
    """A data link connection is down, or could not be set up.

    Attributes:
        dlci: Which; 0 is the control channel.
        why: What took it down.
    """

    kind: ClassVar = "dlc closed"
    source: ClassVar = Source.MODEM

    dlci: int
    why: str


@dataclass(frozen=True, slots=True)
class ControlCommandUnanswered(Fact):
    """A command of the control channel was sent N2 times more and got no response.

    Attributes:
        command: Which, in words.
    """

    kind: ClassVar = "control command unanswered"
    source: ClassVar = Source.MODEM

    command: str
