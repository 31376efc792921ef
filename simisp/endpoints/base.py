"""What an endpoint tells its driver, and what a driver asks of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

__all__ = ["DataArrived", "Endpoint", "PortClosed", "PortEvent", "PortOpened", "PortSettings"]


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
    """

    openings: int


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
    """

    speed: int


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

    def receive(self, *, data: bool = True) -> Iterable[PortEvent]:
        """Return what happened, in order; never waits. Each event is to be acted upon before the next is asked for.

        Without ``data`` the client's octets are left where they are.
        """

    def send(self, data: bytes) -> None:
        """Send octets; those that the client does not take now wait in the backlog."""

    def flush(self) -> None:
        """Send of the backlog what the client takes now; call it when :attr:`write_descriptor` is writable."""

    @property
    def write_descriptor(self) -> int:
        """Writable when :meth:`flush` can do something."""

    def close(self) -> None:
        """Give everything back. Calling it again does nothing."""
