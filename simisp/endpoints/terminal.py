"""The settings of a terminal, as far as the port's other side can use them."""

from __future__ import annotations

import fcntl
import struct
import termios
import tty
from functools import lru_cache
from typing import NamedTuple

from simisp.facts.port import FlowControl
from simisp.framing import Parity

__all__ = [
    "LOOK_AT_SETTINGS",
    "TerminalSettings",
    "characters_of",
    "known_settings",
    "make_booted",
    "raw_settings",
    "read_settings",
    "restart_output",
    "room_for_settings",
    "stop_output",
]

LOOK_AT_SETTINGS = 0x802C542A
"""TCGETS2."""
_TERMIOS2 = struct.Struct("4I20s2I")
_CFLAG, _LFLAG, _ISPEED, _OSPEED = 2, 3, 4, 5
_DATA_BITS = {5: termios.CS5, 6: termios.CS6, 7: termios.CS7, 8: termios.CS8}
_CMSPAR = 0o10000000000
"""Mark or space parity; the termios module lacks it."""


class TerminalSettings(NamedTuple):
    """The relevant settings of a terminal.

    Attributes:
        speed: In bit/s, as a number; 0 is B0.
        hangs_up: HUPCL: the last closing drops DTR.
        echoes: ECHO: the line discipline sends input back.
        minds_cts: CRTSCTS: nothing is sent while CTS is off.
        minds_xoff: IXON or IXOFF: XON and XOFF hold octets back, in one direction or both.
        stop_bits: 1 or 2 (CSTOPB).
        canonical: ICANON: input is read in whole lines.
        minds_carrier: CLOCAL is off: opening waits for DCD, and its loss is a hang-up.
    """

    speed: int
    hangs_up: bool
    echoes: bool
    minds_cts: bool
    minds_xoff: bool
    stop_bits: int
    canonical: bool
    minds_carrier: bool

    @property
    def flow_control(self) -> FlowControl:
        """The flow control."""
        return FlowControl.of(xon_xoff=self.minds_xoff, rts_cts=self.minds_cts)


def raw_settings(descriptor: int) -> bytes:
    """Return a terminal's settings as the kernel has them; equal for equal settings.

    See Also:
        TCGETS2(2const), which has a speed as a number where TCGETS has a code.
    """
    settings = room_for_settings()
    fcntl.ioctl(descriptor, LOOK_AT_SETTINGS, settings)
    return bytes(settings)


def room_for_settings() -> bytearray:
    """Return memory into which an ioctl of :data:`LOOK_AT_SETTINGS` writes a terminal's settings.

    A port looks whenever octets come. To make such memory, and bytes of it, takes nearly as long as the call.
    """
    return bytearray(_TERMIOS2.size)


@lru_cache(maxsize=64)
def known_settings(raw: bytes) -> tuple[bytes, TerminalSettings]:
    """Return these settings of the kernel, and the relevant part: one object for all ports that have the same."""
    return raw, read_settings(raw)


def read_settings(raw: bytes) -> TerminalSettings:
    """Return the relevant part of the kernel's settings."""
    iflag, _, cflag, lflag, _, _, speed = _TERMIOS2.unpack(raw)
    return TerminalSettings(
        speed,
        hangs_up=bool(cflag & termios.HUPCL),
        echoes=bool(lflag & termios.ECHO),
        minds_cts=bool(cflag & termios.CRTSCTS),
        minds_xoff=bool(iflag & (termios.IXON | termios.IXOFF)),
        stop_bits=2 if cflag & termios.CSTOPB else 1,
        canonical=bool(lflag & termios.ICANON),
        minds_carrier=not cflag & termios.CLOCAL,
    )


def characters_of(cflag: int) -> tuple[int, Parity]:
    """Return the data bits and the parity that are asked for by ``c_cflag``.

    Example:
        >>> characters_of(termios.CS7 | termios.PARENB)
        (7, <Parity.EVEN: 'even'>)
    """
    data_bits = next(bits for bits, flag in _DATA_BITS.items() if cflag & termios.CSIZE == flag)
    if not cflag & termios.PARENB:
        return data_bits, Parity.NONE
    pair = (Parity.MARK, Parity.SPACE) if cflag & _CMSPAR else (Parity.ODD, Parity.EVEN)
    return data_bits, pair[0] if cflag & termios.PARODD else pair[1]


def make_booted(descriptor: int, *, raw: bool) -> None:
    """Set up a new PTY as a serial port is after boot: 9600 bit/s, canonical, with echo, CLOCAL and HUPCL.

    Args:
        descriptor: The terminal.
        raw: Whether to set it to raw mode instead.

    See Also:
        The kernel's serial_core.c, ``init_termios``.
    """
    settings = termios.tcgetattr(descriptor)
    settings[_CFLAG] |= termios.HUPCL | termios.CLOCAL
    settings[_ISPEED] = settings[_OSPEED] = termios.B9600
    termios.tcsetattr(descriptor, termios.TCSANOW, settings)
    if raw:
        tty.setraw(descriptor, termios.TCSANOW)


def stop_output(descriptor: int) -> None:
    """Make writers to a terminal block, or get EAGAIN, as a UART does when nothing may be sent."""
    termios.tcflow(descriptor, termios.TCOOFF)


def restart_output(descriptor: int) -> None:
    """Let a terminal send again, whether an XOFF or :func:`stop_output` has stopped it."""
    termios.tcflow(descriptor, termios.TCOOFF)
    termios.tcflow(descriptor, termios.TCOON)
