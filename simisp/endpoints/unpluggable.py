"""A port that can be unplugged and plugged in again, as a USB serial adapter or a modem on USB.

=========  ========================  ==================================================================================
state      input                     next state, and effect
=========  ========================  ==================================================================================
plugged    :meth:`unplug`            unplugged; every client's descriptor is hung up: it reads the end of the file or
                                     EIO, its writes fail with EIO, and its link is gone; ``PortUnplugged``, and
                                     ``PortClosed`` if it was open
unplugged  :meth:`plug_in`           plugged, with another node and perhaps another path; ``PortPluggedIn``
unplugged  octets or circuits for    lost
           the client
=========  ========================  ==================================================================================

A client that still has the old descriptor open has the old node, which is dead, and not the new one: it has to open the
port again, as with a real device.

See Also:
    tty_hangup in tty_ldisc(9); what a process sees of it: tty_ioctl(4), EIO in read(2).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from simisp.circuits import Circuit
from simisp.endpoints.base import (
    Ability,
    Endpoint,
    PortClosed,
    PortEvent,
    PortOpened,
    PortPluggedIn,
    PortUnplugged,
    Reactor,
    Terminal,
)

__all__ = ["UnpluggableEndpoint", "next_name"]

_NUMBER = re.compile(r"(.*?)(\d+)(\D*)")


def next_name(path: str) -> str:
    """Return the path that a device gets when its old name is still taken: the number at its end plus one.

    Example:
        >>> next_name("/run/ttyUSB0"), next_name("modem9-nmea"), next_name("/tmp/port")
        ('/run/ttyUSB1', 'modem10-nmea', '/tmp/port1')
    """
    folder, name = str(Path(path).parent), Path(path).name
    match = _NUMBER.fullmatch(name)
    following = f"{match[1]}{int(match[2]) + 1}{match[3]}" if match else f"{name}1"
    return following if folder == "." and "/" not in path else f"{folder}/{following}"


class UnpluggableEndpoint:
    """A port of any kind, with a plug.

    Args:
        make: Makes the port; called with its path, or None at first, for the usual one.

    Raises:
        EndpointError: No port is available.
    """

    def __init__(self, make: Callable[[str | None], Endpoint]) -> None:
        self._make = make
        self._port: Endpoint | None = make(None)
        self._path = self._port.path
        self._abilities = self._port.abilities
        self._circuits: dict[Circuit, bool] = {}
        self._openings = 0
        self._held = False
        self._reactor: Reactor | None = None
        self._on_event: Callable[[PortEvent], None] | None = None

    @property
    def port(self) -> Endpoint | None:
        """The port that is there now; None while it is unplugged."""
        return self._port

    @property
    def path(self) -> str:
        """The path that a client opens; while it is unplugged, the one that it had."""
        return self._path

    @property
    def abilities(self) -> frozenset[Ability]:
        """What it can do."""
        return self._abilities

    @property
    def terminal(self) -> Terminal | None:
        """The terminal that programs of this machine open; None while it is unplugged."""
        return None if self._port is None else self._port.terminal

    @property
    def backlog(self) -> int:
        """How many octets are pending because the client does not read."""
        return 0 if self._port is None else self._port.backlog

    @property
    def echo_rate(self) -> float | None:
        """How many octets a second the port can echo; None if it does not echo by itself."""
        return None if self._port is None else self._port.echo_rate

    def attach(self, reactor: Reactor, on_event: Callable[[PortEvent], None]) -> None:
        """Report from now on what happens, in order, and soon what has happened already."""
        self._reactor, self._on_event = reactor, on_event
        if self._port is not None:
            self._port.attach(reactor, self._take)

    def detach(self) -> None:
        """Report nothing any more. Calling it again does nothing."""
        self._reactor = self._on_event = None
        if self._port is not None:
            self._port.detach()

    def look(self) -> None:
        """Report at once what has happened so far."""
        if self._port is not None:
            self._port.look()

    def hold(self, on: bool) -> None:
        """Leave the client's octets where they are, or take them again."""
        self._held = on
        if self._port is not None:
            self._port.hold(on)

    def send(self, data: bytes) -> None:
        """Send octets; while it is unplugged they are lost."""
        if self._port is not None:
            self._port.send(data)

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        """Show the client a circuit; one that changes while it is unplugged is shown when it is there again."""
        self._circuits[circuit] = on
        if self._port is not None:
            self._port.set_circuit(circuit, on)

    def close(self) -> None:
        """Release everything. Calling it again does nothing."""
        self.detach()
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def unplug(self) -> None:
        """Pull the plug. Does nothing if it is pulled."""
        port, self._port = self._port, None
        if port is None:
            return
        port.look()
        port.detach()
        port.close()
        self._report(PortUnplugged(self._path))
        if self._openings:
            self._openings = 0
            self._report(PortClosed(0))

    def plug_in(self, path: str | None = None) -> None:
        """Put the plug in again.

        Args:
            path: The path that it has now; None for the one that it had.

        Raises:
            EndpointError: No port is available, or the path is taken.
        """
        if self._port is not None:
            return
        self._port = port = self._make(path or self._path)
        self._path = port.path
        for circuit, on in self._circuits.items():
            port.set_circuit(circuit, on)
        port.hold(self._held)
        self._report(PortPluggedIn(self._path))
        if self._reactor is not None:
            port.attach(self._reactor, self._take)

    def _take(self, event: PortEvent) -> None:
        if isinstance(event, PortOpened | PortClosed):
            self._openings = event.openings
        self._report(event)

    def _report(self, event: PortEvent) -> None:
        if self._on_event is not None:
            self._on_event(event)
