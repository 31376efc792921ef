"""What a dial attempt asks of its owner, and tells it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from simisp.facts.dial_up import ModemConnected, ModemResponded
from simisp.machine import Output, SendData, SetCircuit
from simisp.ras.error_codes import Cause
from simisp.ras.phonebook import PostConnectScript, Protocol
from simisp.ras.port import PortChanged

__all__ = [
    "AttemptEnded",
    "AttemptOutput",
    "LineUp",
    "LinkRequested",
    "OnGiveUp",
    "RedialPending",
    "ScriptAbandoned",
    "ScriptEnd",
    "ScriptEndRequested",
    "ScriptRequested",
]


class OnGiveUp(Enum):
    """What becomes of the post-connect script when the dialler gives up before it has ended."""

    ORPHAN = "orphan"
    """It is left running, and keeps the port, as under Windows NT."""
    END = "end"
    """It is ended."""


class ScriptEnd(Enum):
    """How a post-connect script came to its end."""

    COMPLETED = "completed"
    HALTED = "halted"
    """It waits for a person to go on."""
    SYNTAX_ERROR = "syntax error"
    CARRIER_LOST = "carrier lost"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ScriptRequested(Output):
    """Start the post-connect script on the port, and report its end with ``script_ended``.

    Attributes:
        script: What to start.
        user: The user name to log in with.
        unread: Octets of the far end that came together with CONNECT: the script gets them first.
    """

    script: PostConnectScript
    user: str
    unread: bytes = b""


@dataclass(frozen=True, slots=True)
class ScriptEndRequested(Output):
    """End the script: the dialler gives up."""


@dataclass(frozen=True, slots=True)
class ScriptAbandoned(Output):
    """The dialler gives up and leaves the script running."""


@dataclass(frozen=True, slots=True)
class LinkRequested(Output):
    """Begin PPP or SLIP on the line, and report with ``link_up`` or ``link_failed``.

    Attributes:
        protocol: Which.
        unread: Octets of the far end that nobody has taken yet.
    """

    protocol: Protocol
    unread: bytes = b""


@dataclass(frozen=True, slots=True)
class LineUp(Output):
    """The connection is made.

    Attributes:
        rate: The rate that the modem told, in bit/s; None when it told none.
    """

    rate: int | None = None


@dataclass(frozen=True, slots=True)
class RedialPending(Output):
    """A call failed, and the number is dialled again after a pause.

    Attributes:
        cause: Why it failed.
        at: When the next try begins.
    """

    cause: Cause
    at: float


@dataclass(frozen=True, slots=True)
class AttemptEnded(Output):
    """The attempt is over and the port is given back, as far as the dialler holds it.

    Attributes:
        cause: Why; :attr:`~simisp.ras.error_codes.Cause.HUNG_UP` when it was asked to end.
        was_up: Whether the connection had been made.
        detail: What there is to say beyond the cause, such as the holder of the port; often empty.
    """

    cause: Cause
    was_up: bool
    detail: str = ""


AttemptOutput = (
    SendData
    | SetCircuit
    | ModemResponded
    | ModemConnected
    | PortChanged
    | ScriptRequested
    | ScriptEndRequested
    | ScriptAbandoned
    | LinkRequested
    | LineUp
    | RedialPending
    | AttemptEnded
)
"""All that a dial attempt puts out. Who matches on it is told by the type checker what it has left out."""
