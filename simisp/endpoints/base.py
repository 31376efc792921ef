"""What an endpoint reports to its driver, and what a driver asks of it.

An endpoint pushes: it is given a reactor, which calls it when its descriptors are ready, and a callback for what
happens at the port. What is special about one kind of port stays inside it: which descriptors there are, what has to be
looked at before what, how octets wait for a client that does not read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from simisp.circuits import Circuit
from simisp.facts.port import (
    BreakSeen,
    CallerNamed,
    CallerTurnedAway,
    ConnectionLost,
    PortClosed,
    PortFlushed,
    PortLinkGone,
    PortOpened,
    PortPluggedIn,
    PortSettings,
    PortUnplugged,
)
from simisp.framing import Parity

__all__ = [
    "Ability",
    "BreakSeen",
    "CallerNamed",
    "CallerTurnedAway",
    "ConnectionLost",
    "DataArrived",
    "Endpoint",
    "LentCircuits",
    "PortCircuit",
    "PortClosed",
    "PortEvent",
    "PortFlushed",
    "PortLinkGone",
    "PortOpened",
    "PortPluggedIn",
    "PortSettings",
    "PortUnplugged",
    "Reactor",
    "RoomMade",
    "Terminal",
]


@dataclass(slots=True, unsafe_hash=True)
class DataArrived:
    """The client sent octets.

    Attributes:
        data: One octet or more.
    """

    data: Final[bytes]


@dataclass(frozen=True, slots=True)
class PortCircuit:
    """The client set DTR or RTS explicitly. What opening, closing and B0 do to them is not reported this way.

    Attributes:
        circuit: DTR or RTS.
        on: Its new state.
    """

    circuit: Circuit
    on: bool


@dataclass(frozen=True, slots=True)
class RoomMade:
    """The client has taken some of the octets that waited for it."""


PortEvent = (
    PortOpened
    | PortClosed
    | DataArrived
    | PortSettings
    | PortCircuit
    | PortLinkGone
    | PortFlushed
    | BreakSeen
    | CallerNamed
    | CallerTurnedAway
    | ConnectionLost
    | PortUnplugged
    | PortPluggedIn
    | RoomMade
)
"""What an endpoint reports. All but octets, circuits and room are facts of the transcript."""


class Ability(Enum):
    """What a kind of port can do besides carrying octets. The value says it in words."""

    CIRCUITS = "the client sees DSR, CTS, DCD and RI, and its DTR and RTS are seen"
    SPEED = "the client's speed and framing are seen"
    BREAK = "a break is seen"
    HANG_UP_SEEN = "it is seen when the client closes the port"
    NEXT_CLIENT = "another client can come when one has closed the port"
    SEVERAL_CLIENTS = "several clients can have it open at a time"


class Reactor(Protocol):
    """What an endpoint needs of an event loop; each of asyncio's is one."""

    def add_reader(self, descriptor: int, callback: Callable[[], None], /) -> None:
        """Call back, in a turn of its own, while a descriptor is readable."""

    def remove_reader(self, descriptor: int, /) -> object:
        """Call back no more when it is readable."""

    def add_writer(self, descriptor: int, callback: Callable[[], None], /) -> None:
        """Call back, in a turn of its own, while a descriptor is writable."""

    def remove_writer(self, descriptor: int, /) -> object:
        """Call back no more when it is writable."""

    def call_soon_threadsafe(self, callback: Callable[[], None], /) -> object:
        """Call back once, in a turn of its own; may be called in any thread."""


class Endpoint(Protocol):
    """A port. None of its methods waits."""

    @property
    def path(self) -> str:
        """The path that a client opens."""

    @property
    def abilities(self) -> frozenset[Ability]:
        """What it can do."""

    @property
    def terminal(self) -> Terminal | None:
        """The terminal that programs of this machine open; None where it is another kind of port."""

    @property
    def backlog(self) -> int:
        """How many octets are pending because the client does not read."""

    @property
    def echo_rate(self) -> float | None:
        """How many octets a second the port can echo; None if it does not echo by itself."""

    def attach(self, reactor: Reactor, on_event: Callable[[PortEvent], None]) -> None:
        """Report from now on what happens, in order, and soon what has happened already.

        Args:
            reactor: Reports when descriptors are ready. Nothing is reported from within a call of another method, but
                for :meth:`look`.
            on_event: Called with each event; what it calls for is done when it returns, before the next is looked for.
        """

    def detach(self) -> None:
        """Report nothing any more. Calling it again does nothing."""

    def look(self) -> None:
        """Report at once what has happened so far, for an owner that is about to say how things are."""

    def hold(self, on: bool) -> None:
        """Leave the client's octets where they are, or take them again. Anything else is reported all the same."""

    def send(self, data: bytes) -> None:
        """Send octets; those that the client does not take now wait, and :class:`RoomMade` reports when it has."""

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        """Show the client a circuit that the DCE drives, before the octets that are sent after it."""

    def close(self) -> None:
        """Release everything. Calling it again does nothing."""


class Terminal(Protocol):
    """A terminal of this machine as what shares time with its clients, or looks for their processes, needs it."""

    @property
    def node(self) -> str:
        """Its own path, such as ``/dev/pts/7``."""

    @property
    def slave(self) -> int:
        """The descriptor of the clients' side that the simulator keeps open."""

    @property
    def master(self) -> int:
        """The descriptor of the simulator's side: readable when there are octets, writable when there is room."""

    @property
    def descriptors(self) -> tuple[int, ...]:
        """Each is readable when there is something that was not reported yet; the master among them."""

    @property
    def backlog(self) -> int:
        """How many octets wait because the client does not read."""

    @property
    def has_news(self) -> bool:
        """Whether something has happened that no descriptor shows any more, and that was not reported yet."""

    def lend(self, circuits: LentCircuits) -> None:
        """Give the port circuits. Call it before the port is attached."""

    def hand_octets_to(self, take: Callable[[bytes], None]) -> None:
        """Hand octets over as they are, rather than in an event, where nothing else has happened.

        Call it before the port is attached. It is the shortest way from the client to the owner, and nearly all octets
        go it.
        """


class LentCircuits(Protocol):
    """Circuits for a port that has none."""

    @property
    def descriptor(self) -> int:
        """Readable when the client has set DTR or RTS, or sent a break."""

    @property
    def changed(self) -> bool:
        """Whether there is a change or a break that was not taken yet."""

    @property
    def characters(self) -> tuple[int, Parity]:
        """Data bits and parity, as the client last asked for them."""

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        """Show the client a circuit that the DCE drives."""

    def take_changes(self) -> list[tuple[Circuit, bool]]:
        """Return what the client set since the last call."""

    def take_break(self) -> bool:
        """Return whether the client has sent a break since the last call."""

    def renew(self) -> None:
        """Raise DTR and RTS for the next client."""
