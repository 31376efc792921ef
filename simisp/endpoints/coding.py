"""How a port's octets, circuits and settings travel on a connection.

A coding is a machine without I/O and without time. It reads what a client's connection brings and puts out one ordered
list: events of the port, and octets that go back to the client. Whose connection it is, how octets wait and when it
ends is the endpoint's business (:mod:`simisp.endpoints.socket_port`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from simisp.circuits import Circuit
from simisp.endpoints.base import Ability, DataArrived, PortEvent

__all__ = ["Coding", "CodingOutput", "MakeCoding", "RawCoding"]

CodingOutput = PortEvent | bytes
"""An event of the port, or octets for the client."""


class Coding(Protocol):
    """One client's connection, from its beginning to its end."""

    @property
    def abilities(self) -> frozenset[Ability]:
        """What it carries besides octets."""

    @property
    def suspended(self) -> bool:
        """Whether the client wants no octets of the line for now."""

    @property
    def purged(self) -> bool:
        """Whether the client asked, since this was last read, to drop what waits for it. Reading clears it."""

    def begin(self) -> Sequence[CodingOutput]:
        """Return what a new client is sent, and what is known about it from the start."""

    def receive(self, data: bytes) -> Sequence[CodingOutput]:
        """Take what the connection has brought; nothing that it brings raises.

        Args:
            data: One octet or more, cut anywhere.
        """

    def waits(self, data: bytes) -> bool:
        """Return whether octets of the line wait until the client has said how they are to travel."""

    def encode(self, data: bytes) -> bytes:
        """Return octets of the line as they travel."""

    def show(self, circuit: Circuit, on: bool) -> bytes:
        """Return what shows the client a circuit that the DCE drives; empty if nothing does."""


MakeCoding = Callable[[], Coding]
"""Makes the coding of a new client's connection."""


class RawCoding:
    r"""Octets as they are, and nothing else.

    Example:
        >>> RawCoding().receive(b"AT\r")
        [DataArrived(data=b'AT\r')]
    """

    abilities: frozenset[Ability] = frozenset()
    suspended = False
    purged = False

    def begin(self) -> Sequence[CodingOutput]:
        """Return nothing: a raw connection begins with octets."""
        return ()

    def receive(self, data: bytes) -> Sequence[CodingOutput]:
        """Return the octets as an event."""
        return [DataArrived(data)]

    def waits(self, data: bytes) -> bool:
        """Return False: octets travel as they are."""
        return False

    def encode(self, data: bytes) -> bytes:
        """Return the octets."""
        return data

    def show(self, circuit: Circuit, on: bool) -> bytes:
        """Return nothing: octets show no circuit."""
        return b""
