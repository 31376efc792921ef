"""What an endpoint tells its driver, and what a driver asks of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from simisp.circuits import Circuit
from simisp.facts.port import PortClosed, PortLinkGone, PortOpened, PortSettings
from simisp.framing import Parity

__all__ = [
    "DataArrived",
    "Endpoint",
    "LentCircuits",
    "PortCircuit",
    "PortClosed",
    "PortEvent",
    "PortLinkGone",
    "PortOpened",
    "PortSettings",
    "TellingEndpoint",
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
    """The client set DTR or RTS by itself. What opening, closing and B0 do to them is not told this way.

    Attributes:
        circuit: DTR or RTS.
        on: Its new state.
    """

    circuit: Circuit
    on: bool


PortEvent = PortOpened | PortClosed | DataArrived | PortSettings | PortCircuit | PortLinkGone
"""What an endpoint reports. All but octets and circuits, which the Session records, are facts of the transcript."""


class Endpoint(Protocol):
    """A port in non-blocking use: its driver watches the descriptors and calls these."""

    @property
    def path(self) -> str:
        """What a client opens."""

    @property
    def descriptors(self) -> tuple[int, ...]:
        """Readable when :meth:`receive` has something to tell."""

    @property
    def backlog(self) -> int:
        """How many octets wait because the client does not read."""

    @property
    def echo_rate(self) -> float | None:
        """How many octets a second the port can send back what it is sent; None when it does not echo by itself."""

    def receive(self, *, data: bool = True, octets_only: bool = False) -> Iterable[PortEvent]:
        """Return what happened, in order; never waits. Each event is to be acted upon before the next is asked for.

        Args:
            data: Whether to take the client's octets; otherwise they are left where they are.
            octets_only: :attr:`write_descriptor` turned readable before any other one: octets came before settings.
        """

    def send(self, data: bytes) -> None:
        """Send octets; those that the client does not take now wait in the backlog."""

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        """Show the client a circuit that the DCE drives, before the octets that are sent after it."""

    def flush(self) -> None:
        """Send of the backlog what the client takes now; call it when :attr:`write_descriptor` is writable."""

    @property
    def write_descriptor(self) -> int:
        """Writable when :meth:`flush` can do something."""

    def close(self) -> None:
        """Give everything back. Calling it again does nothing."""


class LentCircuits(Protocol):
    """Circuits for a port that has none of its own."""

    @property
    def descriptor(self) -> int:
        """Readable when the client has set DTR or RTS."""

    @property
    def changed(self) -> bool:
        """Whether there is a change that :meth:`take_changes` has not told."""

    @property
    def characters(self) -> tuple[int, Parity]:
        """Data bits and parity, as the client asked for them last."""

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        """Show the client a circuit that the DCE drives."""

    def take_changes(self) -> list[tuple[Circuit, bool]]:
        """Return what the client set since the last call."""

    def renew(self) -> None:
        """Raise DTR and RTS for the next client."""


@runtime_checkable
class TellingEndpoint(Protocol):
    """An endpoint without descriptors, which says by itself when there is something to do."""

    def tell(self, happened: Callable[[], None], room: Callable[[], None]) -> None:
        """Call back from now on, soon for what is there already, and never from within another call.

        Args:
            happened: Called when :meth:`Endpoint.receive` has something to tell.
            room: Called when :meth:`Endpoint.flush` can do something.
        """
