"""How a responder conducts itself: as the standard says, or with the bad manners that real modems have.

Each deviation has broken a real client; ``docs/scenarios.md`` names the reports.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["CommandBit", "DiscAnswer", "MuxConduct", "SignalsSent"]


class DiscAnswer(Enum):
    """What DISC is answered with."""

    UA = "UA"
    """As the standard says."""
    DM = "DM"
    UIH = "UIH"
    """An empty UIH frame on the same DLC."""
    NOTHING = "nothing"


class CommandBit(Enum):
    """What becomes of the C/R bit."""

    IGNORED = "ignored"
    """A frame is taken whatever its C/R bit says."""
    STRICT = "strict"
    """A frame with a false C/R bit is discarded."""
    INVERTED = "inverted"
    """It is ignored in what comes, and false in what is sent."""


class SignalsSent(Enum):
    """When the first MSC of a DLC is sent."""

    AT_ONCE = "at once"
    """Right behind UA."""
    AFTER_THE_CLIENT = "after the client's"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class MuxConduct:
    """The conduct of a responder. By default it has no bad manners.

    Attributes:
        unanswered: The DLCs whose SABM gets no answer.
        disc: What DISC is answered with; the DLC is down all the same.
        final_bit: Whether answers have the F bit that was asked for; otherwise they never have it.
        command_bit: What becomes of the C/R bit.
        signals: When the first MSC of a DLC is sent.
        greeting: Octets on each DLC behind UA, in the first frame, before any MSC: an unsolicited code.
        lost_length: Which frame, counted from 1, is sent without its length octet; 0 for none of them. Only the basic
            option has one.
        octet_a_frame: Whether each octet is sent in a frame of its own.
        never_ready: Whether FC, once this side has set it after the first octets of a DLC, is never released.
        answers_flags: Whether three flags in succession are answered with three flags.
    """

    unanswered: frozenset[int] = frozenset()
    disc: DiscAnswer = DiscAnswer.UA
    final_bit: bool = True
    command_bit: CommandBit = CommandBit.IGNORED
    signals: SignalsSent = SignalsSent.AT_ONCE
    greeting: bytes = b""
    lost_length: int = 0
    octet_a_frame: bool = False
    never_ready: bool = False
    answers_flags: bool = True
