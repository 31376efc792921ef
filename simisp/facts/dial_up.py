"""What the dialling side does: the Remote Access Service, its post-connect script, and the script's own machine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from simisp.facts.fact import Fact
from simisp.facts.sources import Source

__all__ = [
    "AddressNotFound",
    "DialEnded",
    "EventRecorded",
    "InputDropped",
    "ModemConnected",
    "ModemResponded",
    "PortHeld",
    "PortState",
    "RedialScheduled",
    "ScriptEnded",
    "ScriptLeftRunning",
    "ScriptNotStarted",
    "ScriptStarted",
]


class PortState(Enum):
    """The state of a port."""

    CLOSED = "closed"
    """No process holds it."""
    OPENING = "opening"
    """Its owner has opened it and is initialising the modem."""
    DIALLING = "dialling"
    """The modem is dialling."""
    SCRIPT_RUNNING = "script running"
    """The modem is connected, and the post-connect script is logging in."""
    AUTHENTICATING = "authenticating"
    """The script has completed, and PPP or SLIP begins."""
    CONNECTED = "connected"
    """The connection is up."""
    DISCONNECTING = "disconnecting"
    """The modem is being hung up."""
    LOCKED = "locked"
    """Its owner is gone, but a process that the owner left behind still holds the port."""


@dataclass(frozen=True, slots=True)
class ModemResponded(Fact):
    """The modem's response ended the attempt to dial.

    Attributes:
        text: The response.
        error: The number of the RAS error that the response stands for.
    """

    kind: ClassVar = "modem response"
    source: ClassVar = Source.CLIENT

    text: str
    error: int


@dataclass(frozen=True, slots=True)
class ModemConnected(Fact):
    """The modem reported CONNECT.

    Attributes:
        rate: The rate in CONNECT, in bit/s; None if it had no rate.
    """

    kind: ClassVar = "modem connected"
    source: ClassVar = Source.CLIENT

    rate: int | None


@dataclass(frozen=True, slots=True)
class PortHeld(Fact):
    """The dialling side uses its port for something else.

    Attributes:
        port: The port.
        state: What for.
        holders: The processes that hold it, the owner first.
        why: The reason, in a few words.
    """

    kind: ClassVar = "port"
    source: ClassVar = Source.PORT
    passing: ClassVar = frozenset({"port"})

    port: str
    state: PortState
    holders: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class RedialScheduled(Fact):
    """The attempt failed, and will be repeated.

    Attributes:
        error: Why it failed.
        at: When it will be repeated, in seconds of the run.
    """

    kind: ClassVar = "redial"
    source: ClassVar = Source.CLIENT

    error: str
    at: float


@dataclass(frozen=True, slots=True)
class DialEnded(Fact):
    """An attempt to dial, or the call that it made, is over.

    Attributes:
        error: The error that RAS reported.
        was_up: Whether there was a call.
        detail: What else is known.
    """

    kind: ClassVar = "dial ended"
    source: ClassVar = Source.CLIENT

    error: str
    was_up: bool
    detail: str


@dataclass(frozen=True, slots=True)
class ScriptStarted(Fact):
    """The post-connect script was started.

    Attributes:
        pid: Its process id.
        script: The script.
    """

    kind: ClassVar = "script started"
    source: ClassVar = Source.CLIENT
    passing: ClassVar = frozenset({"pid"})

    pid: int
    script: str


@dataclass(frozen=True, slots=True)
class ScriptNotStarted(Fact):
    """The post-connect script can't be run.

    Attributes:
        reason: Why not.
    """

    kind: ClassVar = "script not started"
    source: ClassVar = Source.CLIENT

    reason: str


@dataclass(frozen=True, slots=True)
class ScriptEnded(Fact):
    """The post-connect script ended.

    Attributes:
        pid: Its process id.
        how: The value of a :class:`~simisp.ras.outputs.ScriptEnd`, or ``"killed"``.
    """

    kind: ClassVar = "script ended"
    source: ClassVar = Source.CLIENT
    passing: ClassVar = frozenset({"pid"})

    pid: int
    how: str


@dataclass(frozen=True, slots=True)
class ScriptLeftRunning(Fact):
    """The dialler gave up and left the post-connect script running, which holds the port.

    Attributes:
        pid: Its process id.
        waits_for: What the script waits for, in words; empty if unknown.
    """

    kind: ClassVar = "script left running"
    source: ClassVar = Source.CLIENT
    passing: ClassVar = frozenset({"pid"})

    pid: int
    waits_for: str = ""


@dataclass(frozen=True, slots=True)
class InputDropped(Fact):
    """More octets came from the line than a script processor keeps unread.

    Attributes:
        limit: How many octets it keeps.
    """

    kind: ClassVar = "unread input dropped"
    source: ClassVar = Source.CLIENT

    limit: int


@dataclass(frozen=True, slots=True)
class AddressNotFound(Fact):
    """A ``getip`` found a text that is not an IP address.

    Attributes:
        line: The statement's line in the script, counted from 1.
        text: The text that came instead.
    """

    kind: ClassVar = "no IP address"
    source: ClassVar = Source.CLIENT

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class EventRecorded(Fact):
    """An entry of the event log.

    Attributes:
        id: Its number, unique within its source.
        logged_by: The program that it comes from.
        text: What happened, for people.
        category: The program's category of the event; empty if unknown.
        type: How serious it is, in the event log's words; empty if unknown.
    """

    kind: ClassVar = "event"
    source: ClassVar = Source.CLIENT

    id: int
    logged_by: str
    text: str
    category: str = ""
    type: str = ""
