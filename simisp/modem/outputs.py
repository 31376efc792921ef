"""A modem's requests and reports to its owner. Its states are those of :mod:`simisp.facts.line`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from simisp.facts.line import HangUpReason, ModemState
from simisp.machine import Output

__all__ = ["AnswerRequested", "CallFailure", "DialRequested", "HangUpReason", "HungUp", "ModemState", "RelayData"]


class CallFailure(Enum):
    """What the exchange lets the modem hear instead of a carrier."""

    BUSY = "busy"
    NO_DIALTONE = "no dial tone"
    NO_CARRIER = "no carrier"
    """The exchange released the call without a signal."""
    NO_ANSWER = "no answer"
    """The exchange gave up on a call that was not answered."""


@dataclass(slots=True, unsafe_hash=True)
class DialRequested(Output):
    """The modem has dialled: route the call.

    Attributes:
        number: All digits dialled since the modem went off hook, without modifiers.
        tone: Whether they were dialled by tones, rather than by pulses.
        quiet_answer: Whether ``@`` was dialled.
        stays_in_command: Whether ``;`` was dialled: the modem does not listen now. It will send either another
            :class:`DialRequested` with more digits, or :class:`HungUp`.
    """

    number: Final[str]
    tone: Final[bool] = True
    quiet_answer: Final[bool] = False
    stays_in_command: Final[bool] = False


@dataclass(frozen=True, slots=True)
class AnswerRequested(Output):
    """The modem has answered the ringing call: connect it."""


@dataclass(frozen=True, slots=True)
class HungUp(Output):
    """The modem went on hook: the call that it dialled or answered is over.

    It follows each :class:`DialRequested` and :class:`AnswerRequested` exactly once (further digits of the same call do
    not count), including when the owner itself reported the failure of the call or the loss of the carrier.
    """

    reason: HangUpReason


@dataclass(slots=True, unsafe_hash=True)
class RelayData(Output):
    """Octets for the far end."""

    data: Final[bytes]
