"""The facts of the faults on a line, and of its triggers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from simisp.facts.fact import Fact
from simisp.facts.sources import Source

__all__ = [
    "ChannelPlace",
    "ClientAct",
    "ClientFaultDone",
    "ClientFaultDue",
    "ClientProcesses",
    "FaultBegan",
    "FaultOver",
    "TriggerFired",
]


class ChannelPlace(Enum):
    """The place of a channel. The value is its name, from which its random generator is made."""

    __hash__ = object.__hash__  # looked up with each piece of data; Enum hashes the name each time

    CLIENT_TO_MODEM = "client to modem"
    MODEM_TO_CLIENT = "modem to client"
    MODEM_TO_ISP = "modem to isp"
    ISP_TO_MODEM = "isp to modem"


class ClientAct(Enum):
    """What a fault of the client does."""

    STOP = "stop"
    """Its processes are stopped."""
    CONTINUE = "continue"
    """Those that were stopped are continued."""
    SIGNAL = "signal"
    """Its processes get a signal."""
    OPEN = "open"
    """A second client opens the port."""
    CLOSE = "close"
    """The second client closes the port."""


class ClientProcesses(Enum):
    """To which processes of the client a fault does something."""

    COMMAND = "command"
    """The command alone."""
    ALL = "all"
    """The command, and all processes that it has started."""


@dataclass(frozen=True, slots=True)
class FaultBegan(Fact):
    """A fault of the scenario began.

    Attributes:
        fault: The kind of fault, as a scenario has it.
        place: Where it is.
    """

    kind: ClassVar = "fault began"
    source: ClassVar = Source.EXCHANGE

    fault: str
    place: ChannelPlace


@dataclass(frozen=True, slots=True)
class FaultOver(Fact):
    """A fault of the scenario is over; it may come again.

    Attributes:
        fault: The kind of fault, as a scenario has it.
        place: Where it is.
    """

    kind: ClassVar = "fault over"
    source: ClassVar = Source.EXCHANGE

    fault: str
    place: ChannelPlace


@dataclass(frozen=True, slots=True)
class ClientFaultDue(Fact):
    """Something is to happen to the client's processes, or to the port, now.

    Attributes:
        act: What.
        process: To which processes.
        signal: Which signal, by its name; empty for another act.
        text: What a second client sends, in Latin-1.
    """

    kind: ClassVar = "client fault"
    source: ClassVar = Source.EXCHANGE

    act: ClientAct
    process: ClientProcesses = ClientProcesses.ALL
    signal: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class ClientFaultDone(Fact):
    """Something was done to the client's processes, or to the port, because a scenario asked for it.

    Attributes:
        what: What was done, in words.
        pids: The processes that it was done to.
    """

    kind: ClassVar = "client fault done"
    source: ClassVar = Source.RUN
    passing: ClassVar = frozenset({"pids"})

    what: str
    pids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TriggerFired(Fact):
    """The client did something to the port for which the scenario has a trigger.

    Attributes:
        on: What the client did, as a scenario has it: ``"dtr off"``.
        act: What follows now, in words.
    """

    kind: ClassVar = "trigger"
    source: ClassVar = Source.EXCHANGE

    on: str
    act: str
