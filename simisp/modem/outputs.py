"""What a modem asks of its owner and tells it, and the words for the states of a call."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from simisp.machine import Output

__all__ = ["AnswerRequested", "CallFailure", "DialRequested", "HangUpReason", "HungUp", "ModemState", "RelayData"]


class ModemState(Enum):
    """The state of a modem (ITU-T V.250, 5.8, and the phases of a call)."""

    __hash__ = object.__hash__  # each piece of input looks its state up in a table; Enum hashes the name each time

    COMMAND = "command"
    """Octets from the DTE are commands."""
    DIALLING = "dialling"
    """The modem dials, or waits for the carrier. An octet from the DTE ends the attempt."""
    ANSWERING = "answering"
    """The modem has answered and waits for the carrier. An octet from the DTE ends the attempt."""
    ONLINE_DATA = "online data"
    """Octets from the DTE go to the far end."""
    ONLINE_COMMAND = "online command"
    """There is a call, and octets from the DTE are commands."""


class CallFailure(Enum):
    """What the exchange lets the modem hear in place of a carrier."""

    BUSY = "busy"
    NO_DIALTONE = "no dial tone"
    NO_CARRIER = "no carrier"
    """The exchange released the call without a signal."""
    NO_ANSWER = "no answer"
    """The exchange let it ring and gave up."""


class HangUpReason(StrEnum):
    """Why the modem went on hook."""

    COMMAND = "command"
    """``ATH`` or ``ATZ``."""
    DTR = "DTR off"
    ABORTED = "aborted by the DTE"
    CARRIER_WAIT = "no carrier within S7"
    CALL_FAILED = "call failed"
    """What :meth:`~simisp.modem.modem.Modem.fail_call` told it."""
    CARRIER_LOST = "carrier lost"


@dataclass(frozen=True, slots=True)
class DialRequested(Output):
    """The modem has dialled: route the call.

    Attributes:
        number: All that was dialled since the modem went off hook, without modifiers.
        tone: By tones, or by pulses.
        quiet_answer: ``@`` was dialled.
        stays_in_command: ``;`` was dialled: the modem listens to nothing now. Either another :class:`DialRequested`
            follows, with more digits, or :class:`HungUp`.
    """

    number: str
    tone: bool = True
    quiet_answer: bool = False
    stays_in_command: bool = False


@dataclass(frozen=True, slots=True)
class AnswerRequested(Output):
    """The modem has answered the call that rang: connect it."""


@dataclass(frozen=True, slots=True)
class HungUp(Output):
    """The modem went on hook: the call that it dialled or answered is over.

    It follows each :class:`DialRequested` and :class:`AnswerRequested` exactly once (further digits of the same call
    count as one), also when it was the owner who told the modem that the call failed or that the carrier is lost.
    """

    reason: HangUpReason


@dataclass(slots=True, unsafe_hash=True)
class RelayData(Output):
    """Octets for the far end."""

    data: Final[bytes]
