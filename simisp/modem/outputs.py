"""A modem's requests and reports to its owner, and the names of its states."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from simisp.machine import Output

__all__ = ["AnswerRequested", "CallFailure", "DialRequested", "HangUpReason", "HungUp", "ModemState", "RelayData"]


class ModemState(Enum):
    """The state of a modem (ITU-T V.250, 5.8, and the phases of a call)."""

    __hash__ = object.__hash__  # the state is looked up for each piece of input, and Enum hashes the name each time

    COMMAND = "command"
    """Octets from the DTE are commands."""
    DIALLING = "dialling"
    """The modem is dialling or waiting for the carrier. An octet from the DTE aborts the attempt."""
    ANSWERING = "answering"
    """The modem has answered and is waiting for the carrier. An octet from the DTE aborts the attempt."""
    ONLINE_DATA = "online data"
    """Octets from the DTE go to the far end."""
    ONLINE_COMMAND = "online command"
    """There is a call, and octets from the DTE are commands."""
    RUNNING = "running a command"
    """A command takes time. Octets from the DTE wait, or end it early."""
    TEXT = "text"
    """A command has asked for text, which octets from the DTE are, up to Ctrl-Z or ESC."""


class CallFailure(Enum):
    """What the exchange lets the modem hear instead of a carrier."""

    BUSY = "busy"
    NO_DIALTONE = "no dial tone"
    NO_CARRIER = "no carrier"
    """The exchange released the call without a signal."""
    NO_ANSWER = "no answer"
    """The exchange gave up on a call that was not answered."""


class HangUpReason(StrEnum):
    """Why the modem went on hook."""

    COMMAND = "command"
    """``ATH`` or ``ATZ``."""
    DTR = "DTR off"
    ABORTED = "aborted by the DTE"
    CARRIER_WAIT = "no carrier within S7"
    CALL_FAILED = "call failed"
    """As reported by :meth:`~simisp.modem.modem.Modem.fail_call`."""
    CARRIER_LOST = "carrier lost"
    POWER = "power off"
    IDLE = "no octet within S30"


@dataclass(frozen=True, slots=True)
class DialRequested(Output):
    """The modem has dialled: route the call.

    Attributes:
        number: All digits dialled since the modem went off hook, without modifiers.
        tone: Whether they were dialled by tones, rather than by pulses.
        quiet_answer: Whether ``@`` was dialled.
        stays_in_command: Whether ``;`` was dialled: the modem does not listen now. It will send either another
            :class:`DialRequested` with more digits, or :class:`HungUp`.
    """

    number: str
    tone: bool = True
    quiet_answer: bool = False
    stays_in_command: bool = False


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
