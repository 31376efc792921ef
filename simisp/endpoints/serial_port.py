"""A port of this machine that is wired to another one: a real serial port with a null-modem cable.

The cable crosses the circuits, so simisp plays a DCE on a port that is a DTE's:

================  =======================  ==========================
the modem drives  by this port's           the client's port sees
================  =======================  ==========================
DCD               DTR                      DCD and DSR
CTS               RTS                      CTS
================  =======================  ==========================

The client's DTR comes as this port's DSR, and its RTS as this port's CTS. Such a cable has no wire for RI, and none for
a DSR of its own. A port without circuits, such as a pseudo-terminal, carries octets alone.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import struct
import termios
import threading
from collections.abc import Callable

import serial

from simisp.circuits import Circuit
from simisp.endpoints.base import Ability, PortCircuit, PortEvent, Reactor
from simisp.endpoints.wired import DescriptorTransport, WiredPort
from simisp.errors import EndpointError, reason_of
from simisp.framing import Framing

__all__ = ["SerialEndpoint"]

_IN_WORDS = {errno.ENOTTY: "it is no serial port", errno.EAGAIN: "another process has locked it"}
_PAUSE = 0.05
"""Seconds between two looks at the circuits: no other thread could end the kernel's wait for them (TIOCMIWAIT)."""
_COMES_AS = {Circuit.DTR: termios.TIOCM_DSR, Circuit.RTS: termios.TIOCM_CTS}
_GOES_AS = {Circuit.DCD: termios.TIOCM_DTR, Circuit.CTS: termios.TIOCM_RTS}


class SerialEndpoint(WiredPort):
    """A line on a serial port of this machine, opened for simisp alone.

    Args:
        device: The port, such as ``/dev/ttyUSB0``.
        speed: In bit/s.
        framing: Data bits, parity and stop bits.

    Raises:
        EndpointError: The port can't be opened, or another process has it.
    """

    terminal = None
    echo_rate = None

    def __init__(self, device: str, *, speed: int = 115_200, framing: Framing = Framing()) -> None:  # noqa: B008
        try:
            self._port = serial.Serial(
                device, speed, bytesize=framing.databits, parity=framing.parity.value[0].upper(),
                stopbits=framing.stopbits, timeout=0, exclusive=True,
            )  # fmt: skip
        except (serial.SerialException, OSError, ValueError) as error:
            number = _number_of(error)
            reason = reason_of(error) if number is None else _IN_WORDS.get(number, os.strerror(number))
            raise EndpointError(
                f"the serial port can't be opened ({reason})", path=device, errno=number,
                remedy="does it exist, may this user open it, and has no other process locked it?",
            ) from error  # fmt: skip
        self._tell_nothing_from_the_end()
        self.path = f"serial:{device}"
        self._states = self._circuits_now()
        self._watcher: threading.Thread | None = None
        self._is_over = threading.Event()
        super().__init__(DescriptorTransport(self._port.fileno(), self._port.fileno(), self._port.close))

    def _tell_nothing_from_the_end(self) -> None:
        """Let a read that finds nothing fail, as on all other descriptors.

        With VMIN 0, as pyserial sets it for a port without a time-out, it returns no octets, and so does a read of a
        port that is lost (termios(3)).
        """
        settings = termios.tcgetattr(self._port.fileno())
        settings[6][termios.VMIN] = 1
        termios.tcsetattr(self._port.fileno(), termios.TCSANOW, settings)

    @property
    def abilities(self) -> frozenset[Ability]:
        """Circuits only where the port has them; that the other end is closed is seen by its DTR, if at all."""
        return frozenset() if self._states is None else frozenset({Ability.CIRCUITS})

    def attach(self, reactor: Reactor, on_event: Callable[[PortEvent], None]) -> None:
        """Report from now on what happens."""
        super().attach(reactor, on_event)
        if self._states is not None:
            self._is_over = threading.Event()
            self._watcher = threading.Thread(target=self._watch, args=(reactor, self._is_over), daemon=True)
            self._watcher.start()

    def detach(self) -> None:
        """Report nothing any more. Calling it again does nothing."""
        self._is_over.set()
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.join()
        super().detach()

    def look(self) -> None:
        """Report at once what has happened so far."""
        super().look()
        self._compare()

    def set_circuit(self, circuit: Circuit, on: bool) -> None:
        """Drive the pin that the cable leads to the client's."""
        pin = _GOES_AS.get(circuit)
        if pin is not None and self._states is not None:
            with contextlib.suppress(OSError):  # an adapter that was unplugged
                fcntl.ioctl(self._port.fileno(), termios.TIOCMBIS if on else termios.TIOCMBIC, struct.pack("I", pin))

    def _opened(self, on_event: Callable[[PortEvent], None]) -> None:
        """Report what the client does not drive although an opening raises it: it has not opened its port yet."""
        for circuit, on in (self._states or {}).items():
            if not on:
                on_event(PortCircuit(circuit, False))

    def _watch(self, reactor: Reactor, is_over: threading.Event) -> None:
        seen = self._states
        while not is_over.wait(_PAUSE):
            now = self._circuits_now()
            if now != seen:
                seen = now
                with contextlib.suppress(RuntimeError):  # the loop is closed
                    reactor.call_soon_threadsafe(self._compare)

    def _compare(self) -> None:
        """Report what the client has set since the last look."""
        now = self._circuits_now()
        if now is None or self._states is None:
            return
        before, self._states = self._states, now
        for circuit, on in now.items():
            if on is not before[circuit] and self._on_event is not None:
                self._on_event(PortCircuit(circuit, on))

    def _circuits_now(self) -> dict[Circuit, bool] | None:
        """Return what the client drives; None where the port has no circuits."""
        try:
            (pins,) = struct.unpack("I", fcntl.ioctl(self._port.fileno(), termios.TIOCMGET, bytes(4)))
        except (OSError, serial.SerialException):
            return None
        return {circuit: bool(pins & pin) for circuit, pin in _COMES_AS.items()}


def _number_of(error: BaseException) -> int | None:
    """Return the system's number of an error of pyserial's, which gives some of them in a text alone."""
    numbers = (getattr(error, "errno", None), *(error.__context__.args[:1] if error.__context__ else ()))
    return next((number for number in numbers if isinstance(number, int)), None)
