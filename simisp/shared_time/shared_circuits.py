"""Modem circuits for a PTY, which has none: kept in the clock page, and provided to clients by the preload library."""

from __future__ import annotations

import termios
from collections.abc import Mapping

from simisp.circuits import DCE_CIRCUITS, DTE_CIRCUITS, Circuit
from simisp.endpoints.terminal import characters_of
from simisp.framing import Parity
from simisp.shared_time.clock_page import ClockPage

__all__ = ["SharedCircuits"]

_BITS: Mapping[Circuit, int] = {
    Circuit.DTR: termios.TIOCM_DTR,
    Circuit.RTS: termios.TIOCM_RTS,
    Circuit.CTS: termios.TIOCM_CTS,
    Circuit.DSR: termios.TIOCM_DSR,
    Circuit.RI: termios.TIOCM_RNG,
    Circuit.DCD: termios.TIOCM_CAR,
}
_RAISED = termios.TIOCM_DTR | termios.TIOCM_RTS
_COUNTERS: Mapping[Circuit, int] = {Circuit.CTS: 0, Circuit.DSR: 1, Circuit.RI: 2, Circuit.DCD: 3}
"""The index at which ``struct serial_icounter_struct`` counts the changes of a circuit."""


class SharedCircuits:
    """The circuits of one line, as a client under the preload library sees and sets them.

    TIOCMGET, TIOCMSET, TIOCMBIS, TIOCMBIC, TIOCMIWAIT and TIOCGICOUNT answer for the line, in real time as well as in
    virtual time. The owner sets the circuits of the DCE and reads what the client changed.

    Args:
        page: The page that the clients were given.
        device: The device number of the line's slave side (``st_rdev``).

    Raises:
        ValueError: The page has no room for another line.

    Example:
        >>> with ClockPage.create() as page:
        ...     circuits = SharedCircuits(page, device=0)
        ...     circuits.set_circuit(Circuit.DCD, True)
        ...     circuits.is_on(Circuit.DCD), circuits.is_on(Circuit.DTR), circuits.take_changes()
        (True, True, [])

    See Also:
        TIOCMSET(2const); the kernel's serial_core.c for what is counted.
    """

    def __init__(self, page: ClockPage, *, device: int) -> None:
        self._page = page
        self.line = page.add_line(device)
        """The line in the page."""
        self.line.framing = termios.CS8
        self.line.dte_circuits = self._known = _RAISED
        self._known_breaks = int(self.line.breaks)

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        """Set a circuit that the DCE drives. A client that waits for a change of it continues.

        Raises:
            ValueError: The DTE drives this circuit.
        """
        if circuit not in DCE_CIRCUITS:
            raise ValueError(f"{circuit.value} is driven by the DTE")
        if self.is_on(circuit) is on:
            return
        self.line.dce_circuits ^= _BITS[circuit]
        # UARTs report the end of a ring and not its beginning.
        if circuit is not Circuit.RI or not on:
            counters = self.line.counters
            counters[_COUNTERS[circuit]] = (counters[_COUNTERS[circuit]] + 1) & 0x7FFFFFFF
        self._page.wake_circuit_waiters()

    def is_on(self, circuit: Circuit) -> bool:
        """Whether a circuit is on."""
        return bool((self.line.dce_circuits | self.line.dte_circuits) & _BITS[circuit])

    @property
    def characters(self) -> tuple[int, Parity]:
        """Data bits and parity, as a client last asked for them."""
        return characters_of(int(self.line.framing))

    @property
    def changed(self) -> bool:
        """Whether there is a change or a break that :meth:`take_changes` or :meth:`take_break` has not returned."""
        return int(self.line.dte_circuits) != self._known or int(self.line.breaks) != self._known_breaks

    def take_changes(self) -> list[tuple[Circuit, bool]]:
        """Return what the clients changed since the last call, DTR first, each circuit with its new state.

        A circuit that changed and changed back in between counts as unchanged.
        """
        now = int(self.line.dte_circuits)
        changed, self._known = now ^ self._known, now
        ordered = sorted(DTE_CIRCUITS, key=lambda circuit: _BITS[circuit])
        return [(circuit, bool(now & _BITS[circuit])) for circuit in ordered if changed & _BITS[circuit]]

    def take_break(self) -> bool:
        """Return whether a client has sent a break since the last call. Several in between count as one."""
        before, self._known_breaks = self._known_breaks, int(self.line.breaks)
        return self._known_breaks != before

    def renew(self) -> None:
        """Raise DTR and RTS for the next process that opens the line. Call it after the last closing."""
        self.line.dte_circuits = self._known = _RAISED
