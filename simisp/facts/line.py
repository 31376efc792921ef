"""The facts of the line, its modem and its exchange."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from simisp.circuits import Circuit
from simisp.facts.fact import Fact
from simisp.facts.sources import Source
from simisp.spans import Spans

__all__ = [
    "CallAnswered",
    "CallCameIn",
    "CallEnded",
    "CallHandedOver",
    "CallMissed",
    "CircuitSet",
    "CommandRun",
    "Dialled",
    "HangUpReason",
    "ModemState",
    "ModemStateEntered",
    "Octets",
    "OctetsLost",
    "RatesCompared",
    "ResultCodeSent",
    "WentOnHook",
]


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


class HangUpReason(Enum):
    """Why the modem went on hook."""

    __hash__ = object.__hash__

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
class Octets(Fact):
    """Octets that one side sent.

    Attributes:
        data: One octet or more.
        secrets: The spans of ``data``, each from its first octet to the one after its last, that answer a prompt for a
            secret, are the echo of such an answer, or are a password of PAP. They are in order and do not overlap.
    """

    kind: ClassVar = "octets"

    data: bytes
    secrets: Spans = ()


@dataclass(frozen=True, slots=True)
class CircuitSet(Fact):
    """A circuit went on or off; the record's source drives it.

    Attributes:
        circuit: The circuit.
        on: Its new state.
    """

    kind: ClassVar = "circuit"

    circuit: Circuit
    on: bool


@dataclass(frozen=True, slots=True)
class CommandRun(Fact):
    """The modem ran a command line.

    Attributes:
        line: The line, with its prefix ``AT``.
        result: The result code that ended it, in words; None if it ended without one (a call is being set up).
    """

    kind: ClassVar = "command"
    source: ClassVar = Source.MODEM

    line: str
    result: str | None


@dataclass(frozen=True, slots=True)
class ResultCodeSent(Fact):
    """The modem sent a result code that did not end a command line at once: CONNECT, NO CARRIER, RING.

    Attributes:
        code: The result code, in words.
        rate: The rate in CONNECT, in bit/s; None if it has no rate.
    """

    kind: ClassVar = "result code"
    source: ClassVar = Source.MODEM

    code: str
    rate: int | None


@dataclass(frozen=True, slots=True)
class ModemStateEntered(Fact):
    """The modem's state changed (ITU-T V.250, 5.8).

    Attributes:
        state: The new state.
    """

    kind: ClassVar = "modem state"
    source: ClassVar = Source.MODEM

    state: ModemState


@dataclass(frozen=True, slots=True)
class OctetsLost(Fact):
    """The modem had no room for octets: from the far end, or from a client that sent in spite of flow control.

    Attributes:
        count: How many octets were lost.
        why: Why it could not pass them on.
    """

    kind: ClassVar = "octets lost"
    source: ClassVar = Source.MODEM

    count: int
    why: str


@dataclass(frozen=True, slots=True)
class RatesCompared(Fact):
    """The port is at another rate than the modem, so each reads garbage from the other; or they are at the same again.

    Attributes:
        port: The port's rate in bit/s, which the client has set.
        modem: The modem's, which +IPR has fixed, or the scenario.
    """

    kind: ClassVar = "rates"
    source: ClassVar = Source.MODEM

    port: int
    modem: int


@dataclass(frozen=True, slots=True)
class WentOnHook(Fact):
    """The modem went on hook.

    Attributes:
        reason: Why.
    """

    kind: ClassVar = "on hook"
    source: ClassVar = Source.MODEM

    reason: HangUpReason


@dataclass(frozen=True, slots=True)
class Dialled(Fact):
    """The exchange took a number.

    Attributes:
        number: All digits dialled since the modem went off hook.
        leads_to: The value of a :class:`~simisp.line.exchange.CallOutcome`, or another line such as ``"line 2"``.
    """

    kind: ClassVar = "dialled"
    source: ClassVar = Source.EXCHANGE

    number: str
    leads_to: str


@dataclass(frozen=True, slots=True)
class CallAnswered(Fact):
    """The ISP answered a call, or in a bank another line did; then each of the two lines has such a record.

    Attributes:
        call: The number of the call, counted from 1.
        dialogue: The name of the call's dialogue, or the other line in words.
    """

    kind: ClassVar = "call answered"
    source: ClassVar = Source.ISP

    call: int
    dialogue: str


@dataclass(frozen=True, slots=True)
class CallCameIn(Fact):
    """A call came in for the modem.

    Attributes:
        number: The caller's number, as the exchange sends it; None if it sends none.
    """

    kind: ClassVar = "call came in"
    source: ClassVar = Source.EXCHANGE

    number: str | None


@dataclass(frozen=True, slots=True)
class CallMissed(Fact):
    """A call that came in was not answered.

    Attributes:
        rings: How often it rang.
        why: Why it rings no more.
    """

    kind: ClassVar = "call missed"
    source: ClassVar = Source.EXCHANGE

    rings: int
    why: str


@dataclass(frozen=True, slots=True)
class CallHandedOver(Fact):
    """The ISP's side of a call went on to something else: from the log-in to PPP, say.

    Attributes:
        call: Which, counted from 1.
        to: The name of what the caller meets now.
    """

    kind: ClassVar = "call handed over"
    source: ClassVar = Source.ISP

    call: int
    to: str


@dataclass(frozen=True, slots=True)
class CallEnded(Fact):
    """A call that the ISP, or another line of a bank, had answered is over.

    Attributes:
        call: The number of the call, counted from 1.
        by: The side that ended it: ``"isp"``, ``"client"``, or another line such as ``"line 2"``.
    """

    kind: ClassVar = "call ended"
    source: ClassVar = Source.EXCHANGE

    call: int
    by: str

    @property
    def by_client(self) -> bool:
        """Whether the client ended it."""
        return self.by == "client"
