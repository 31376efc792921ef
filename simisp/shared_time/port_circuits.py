"""Circuits provided to a PTY, with a descriptor that reports when a client has set one, for a driver to wait for."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Sequence

from simisp.circuits import Circuit
from simisp.endpoints.base import Terminal
from simisp.framing import Parity
from simisp.shared_time.clock_page import ClockPage
from simisp.shared_time.shared_circuits import SharedCircuits

__all__ = ["CircuitsWatch", "PortCircuits"]

_LISTEN = 1.0
"""Real seconds between two looks while the bell does not ring."""


class PortCircuits:
    """Provides a port with circuits from a clock page, and reports by a descriptor that the client has set DTR or RTS.

    The kernel knows nothing of these circuits, so they have to be polled: by the code that moves a shared clock, before
    it does so (:meth:`look`), or in real time by a thread that sleeps until a client rings (:class:`CircuitsWatch`).

    Args:
        page: The page that the clients were given.
        endpoint: The port.
    """

    def __init__(self, page: ClockPage, endpoint: Terminal) -> None:
        self._endpoint = endpoint
        self._circuits = SharedCircuits(page, device=os.fstat(endpoint.slave).st_rdev)
        self._told = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        endpoint.lend(self)

    @property
    def descriptor(self) -> int:
        """Readable when the client has set DTR or RTS, or sent a break."""
        return self._told

    @property
    def characters(self) -> tuple[int, Parity]:
        """Data bits and parity, as the client last asked for them."""
        return self._circuits.characters

    @property
    def changed(self) -> bool:
        """Whether there is a change or a break that was not taken yet."""
        return self._circuits.changed

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        """Show the client DSR, CTS, DCD or RI; a client that waits for it (TIOCMIWAIT) continues."""
        self._circuits.set_circuit(circuit, on)

    def take_changes(self) -> list[tuple[Circuit, bool]]:
        """Return what the client set since the last call."""
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self._told)
        return self._circuits.take_changes()

    def take_break(self) -> bool:
        """Return whether the client has sent a break since the last call."""
        return self._circuits.take_break()

    def renew(self) -> None:
        """Raise DTR and RTS for the next client."""
        self._circuits.renew()

    def look(self) -> None:
        """Make the descriptor readable if a client has set a circuit or sent a break, or for hidden news."""
        if self._circuits.changed or self._endpoint.has_news:
            os.eventfd_write(self._told, 1)

    def close(self) -> None:
        """Release everything; the port must not be driven any more. Calling it again does nothing."""
        if self._told >= 0:
            os.close(self._told)
            self._told = -1


class CircuitsWatch:
    """A thread that looks at the circuits of all lines whenever a client rings. The page has no other listener.

    Args:
        page: The page that the clients were given.
        circuits: The circuits of each line.
    """

    def __init__(self, page: ClockPage, circuits: Sequence[PortCircuits]) -> None:
        self._page = page
        self._circuits = circuits
        self._closing = False
        self._thread = threading.Thread(target=self._watch, name="circuits", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Look no more. Calling it again does nothing."""
        self._closing = True
        self._page.ring()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            heard = self._page.bell()
            if self._closing:
                return
            for each in self._circuits:
                each.look()
            self._page.listen(heard, _LISTEN)
