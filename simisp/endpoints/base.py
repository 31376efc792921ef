"""What an endpoint tells its driver, and what a driver asks of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from simisp.circuits import Circuit
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


class PortEvent:
    """Something happened at the port."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class PortOpened(PortEvent):
    """Somebody opened the port.

    Attributes:
        openings: How many openings are there now.
    """

    openings: int


@dataclass(frozen=True, slots=True)
class PortClosed(PortEvent):
    """Somebody closed the port, or ended.

    Attributes:
        openings: How many openings are left; at 0 nobody holds the port.
        hangs_up: Whether DTR falls when it is the last (HUPCL, see termios(3)).
    """

    openings: int
    hangs_up: bool = True


@dataclass(slots=True, unsafe_hash=True)
class DataArrived(PortEvent):
    """The client sent octets.

    Attributes:
        data: One octet or more.
    """

    data: Final[bytes]


@dataclass(frozen=True, slots=True)
class PortSettings(PortEvent):
    """The client changed the port's settings.

    Attributes:
        speed: In bit/s; 0 is B0, which drops DTR.
        stop_bits: 1 or 2.
        flow_control: ``"none"``, ``"XON/XOFF"``, ``"RTS/CTS"`` or ``"XON/XOFF and RTS/CTS"``.
        data_bits: 5 to 8; None where the port can't know: the kernel forces a pseudo-terminal to eight bits without
            parity, and only where circuits are lent it is known what the client asked for.
        parity: ``"none"``, ``"odd"``, ``"even"``, ``"mark"`` or ``"space"``; None where the port can't know.
    """

    speed: int
    stop_bits: int = 1
    flow_control: str = "none"
    data_bits: int | None = None
    parity: str | None = None


@dataclass(frozen=True, slots=True)
class PortCircuit(PortEvent):
    """The client set DTR or RTS by itself. What opening, closing and B0 do to them is not told this way.

    Attributes:
        circuit: DTR or RTS.
        on: Its new state.
    """

    circuit: Circuit
    on: bool


@dataclass(frozen=True, slots=True)
class PortLinkGone(PortEvent):
    """Somebody removed or renamed the link that clients open.

    Attributes:
        path: Where it was.
    """

    path: str


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
