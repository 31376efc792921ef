"""The telephone exchange: what a dialled number leads to, and after how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

__all__ = ["CallOutcome", "Exchange", "Route"]


class CallOutcome(Enum):
    """What the caller meets."""

    ISP = "isp"
    """The ISP's modem answers."""
    BUSY = "busy"
    """Busy tone."""
    NO_ANSWER = "no answer"
    """It rings, and nobody answers."""
    NO_DIAL_TONE = "no dial tone"
    """The line is dead."""
    VOICE = "voice"
    """A person answers: no carrier ever comes."""
    NO_CARRIER = "no carrier"
    """Something answers, and the modems don't come to terms."""


# How long after dialling the modem knows, in seconds: a cycle of busy tone, the wait for dial tone, a failed handshake.
_BUSY_HEARD_AFTER = 0.5
_NO_DIAL_TONE_AFTER = 0.5
_HANDSHAKE_FAILS_AFTER = 0.5


@dataclass(frozen=True, slots=True)
class Route:
    """Where one call leads.

    Attributes:
        outcome: What the caller meets.
        after: Seconds from dialling until the modem can tell; None when it never can and its own limit (S7) decides.
        rings: Whether ring-back tone is heard.
    """

    outcome: CallOutcome
    after: float | None
    rings: bool


@dataclass(frozen=True, slots=True)
class Exchange:
    """Numbers and where they lead.

    Args:
        numbers: The outcome of each number; a number is compared without its punctuation.
        default: The outcome of any other number.
        answer_after: Seconds of ringing before anybody answers.

    Example:
        >>> Exchange({"555-0000": CallOutcome.BUSY}).route("5550000")
        Route(outcome=<CallOutcome.BUSY: 'busy'>, after=0.5, rings=False)
    """

    numbers: Mapping[str, CallOutcome] = field(default_factory=dict)
    default: CallOutcome = CallOutcome.ISP
    answer_after: float = 1.0

    def route(self, number: str) -> Route:
        """Return where a dialled number leads."""
        wanted = _digits(number)
        outcome = next(
            (outcome for known, outcome in self.numbers.items() if _digits(known) == wanted),
            self.default,
        )
        match outcome:
            case CallOutcome.ISP:
                return Route(outcome, self.answer_after, rings=True)
            case CallOutcome.BUSY:
                return Route(outcome, _BUSY_HEARD_AFTER, rings=False)
            case CallOutcome.NO_DIAL_TONE:
                return Route(outcome, _NO_DIAL_TONE_AFTER, rings=False)
            case CallOutcome.NO_CARRIER:
                # It is answered, so when S7 runs out first that is no NO ANSWER.
                return Route(outcome, self.answer_after + _HANDSHAKE_FAILS_AFTER, rings=False)
            case CallOutcome.NO_ANSWER:
                return Route(outcome, None, rings=True)
            case _:
                # A person picks up, so the ring-back stops, but what follows is nothing that a modem could name.
                return Route(outcome, None, rings=False)


def _digits(number: str) -> str:
    return "".join(character for character in number.upper() if character in "0123456789*#ABCD+")
