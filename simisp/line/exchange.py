"""The telephone exchange: where a dialled number leads, and after how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Final

from simisp.line.incoming import IncomingCall

__all__ = ["CallOutcome", "Exchange", "Route", "digits_of"]


class CallOutcome(Enum):
    """The outcome of a call for the caller."""

    __hash__ = object.__hash__  # members are singletons, and Enum's hash is slow

    ISP = "isp"
    """The ISP's modem answers."""
    BUSY = "busy"
    """Busy tone."""
    NO_ANSWER = "no answer"
    """It rings, but is not answered."""
    NO_DIAL_TONE = "no dial tone"
    """The line is dead."""
    VOICE = "voice"
    """A person answers: there is never a carrier."""
    NO_CARRIER = "no carrier"
    """A modem answers, but the handshake fails."""


# Seconds from dialling until the modem knows: a cycle of busy tone, the wait for dial tone, a failed handshake.
_BUSY_HEARD_AFTER = 0.5
_NO_DIAL_TONE_AFTER = 0.5
_HANDSHAKE_FAILS_AFTER = 0.5


@dataclass(slots=True, unsafe_hash=True)
class Route:
    """Where one call leads.

    Attributes:
        outcome: The outcome of the call.
        after: Seconds from dialling until the modem can detect it; None if it never can, and S7 decides.
        rings: Whether ring-back tone is heard.
    """

    outcome: Final[CallOutcome]
    after: Final[float | None]
    rings: Final[bool]


@dataclass(frozen=True, slots=True)
class Exchange:
    """Numbers and where they lead.

    Args:
        numbers: The outcome of each number; a number is compared without its punctuation.
        default: The outcome of any other number.
        answer_after: Seconds of ringing before the call is answered.
        busy_after: For how many seconds behind the end of a call that the ISP had answered each number of the ISP is
            busy: its line has not been cleared yet.
        calls_in: The calls that come in.

    Example:
        >>> Exchange({"555-0000": CallOutcome.BUSY}).route("5550000")
        Route(outcome=<CallOutcome.BUSY: 'busy'>, after=0.5, rings=False)
    """

    numbers: Mapping[str, CallOutcome] = field(default_factory=dict)
    default: CallOutcome = CallOutcome.ISP
    answer_after: float = 1.0
    busy_after: float = 0.0
    calls_in: tuple[IncomingCall, ...] = ()

    def route(self, number: str, *, is_clearing: bool = False) -> Route:
        """Return where a dialled number leads; ``is_clearing``: within ``busy_after`` of a call's end."""
        outcome = self._outcome(digits_of(number)) if self.numbers else self.default
        if is_clearing and outcome is CallOutcome.ISP:
            outcome = CallOutcome.BUSY
        return _route(outcome, self.answer_after)

    def _outcome(self, wanted: str) -> CallOutcome:
        """Return the outcome of a number without its punctuation."""
        for known, outcome in self.numbers.items():
            if digits_of(known) == wanted:
                return outcome
        return self.default


@lru_cache(maxsize=64)
def _route(outcome: CallOutcome, answer_after: float) -> Route:
    """Return the route of a call with this outcome; those of most calls are the same."""
    match outcome:
        case CallOutcome.ISP:
            return Route(outcome, answer_after, rings=True)
        case CallOutcome.BUSY:
            return Route(outcome, _BUSY_HEARD_AFTER, rings=False)
        case CallOutcome.NO_DIAL_TONE:
            return Route(outcome, _NO_DIAL_TONE_AFTER, rings=False)
        case CallOutcome.NO_CARRIER:
            # It is answered, so if S7 runs out first that is not NO ANSWER.
            return Route(outcome, answer_after + _HANDSHAKE_FAILS_AFTER, rings=False)
        case CallOutcome.NO_ANSWER:
            return Route(outcome, None, rings=True)
        case _:
            # A person picks up, so the ring-back tone stops, but a modem can detect nothing of what follows.
            return Route(outcome, None, rings=False)


@lru_cache(maxsize=256)
def digits_of(number: str) -> str:
    """Return a number without its punctuation, as numbers are compared."""
    return "".join(character for character in number.upper() if character in "0123456789*#ABCD+")
