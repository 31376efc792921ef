"""A dial attempt's requests and reports to its owner."""

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
    """What happens to the post-connect script if the dialler gives up before it has ended."""

    ORPHAN = "orphan"
    """It is left running, and keeps the port, as under Windows NT."""
    END = "end"
    """It is ended."""


class ScriptEnd(Enum):
    """How a post-connect script ended."""

    COMPLETED = "completed"
    HALTED = "halted"
    """It waits for the user to continue."""
    SYNTAX_ERROR = "syntax error"
    CARRIER_LOST = "carrier lost"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ScriptRequested(Output):
    """Start the post-connect script on the port, and report its end with ``script_ended``.

    Attributes:
        script: The script to start.
        user: The user name to log in with.
        unread: Octets from the far end that came together with CONNECT: the script receives them first.
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
        protocol: The protocol.
        unread: Octets from the far end that were not read yet.
    """

    protocol: Protocol
    unread: bytes = b""


@dataclass(frozen=True, slots=True)
class LineUp(Output):
    """The connection is made.

    Attributes:
        rate: The rate in the modem's CONNECT, in bit/s; None if it gave no rate.
    """

    rate: int | None = None


@dataclass(frozen=True, slots=True)
class RedialPending(Output):
    """A call failed, and the number will be redialled after a pause.

    Attributes:
        cause: Why it failed.
        at: When the next attempt begins.
    """

    cause: Cause
    at: float


@dataclass(frozen=True, slots=True)
class AttemptEnded(Output):
    """The attempt is over, and the dialler no longer holds the port.

    Attributes:
        cause: Why it ended; :attr:`~simisp.ras.error_codes.Cause.HUNG_UP` if it was asked to.
        was_up: Whether the connection had been made.
        detail: Further information, such as the holder of the port; often empty.
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
"""All outputs of a dial attempt. Where code matches on them, the type checker reports what it leaves out."""
