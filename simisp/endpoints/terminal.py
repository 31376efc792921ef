"""What a terminal is set to, as far as a port's other side can make use of it."""

from __future__ import annotations

import fcntl
import struct
import termios
import tty
from typing import NamedTuple

from simisp.framing import Parity

__all__ = [
    "TerminalSettings",
    "characters_of",
    "make_booted",
    "raw_settings",
    "read_settings",
    "restart_output",
    "stop_output",
]

_TCGETS2 = 0x802C542A
_TERMIOS2 = struct.Struct("4I20s2I")
_ZEROES = bytes(_TERMIOS2.size)
_CFLAG, _LFLAG, _ISPEED, _OSPEED = 2, 3, 4, 5
_DATA_BITS = {5: termios.CS5, 6: termios.CS6, 7: termios.CS7, 8: termios.CS8}
_CMSPAR = 0o10000000000
"""Parity that does not depend on the data; the termios module lacks it."""


class TerminalSettings(NamedTuple):
    """What matters of a terminal's settings.

    Attributes:
        speed: In bit/s, as a number; 0 is B0.
        hangs_up: HUPCL: DTR falls when the last who has the port open closes it.
        echoes: ECHO: what comes in is sent back by the line discipline.
        minds_cts: CRTSCTS: nothing goes out while CTS is off.
        minds_xoff: IXON or IXOFF: XON and XOFF hold octets back, in one direction or both.
        stop_bits: 1 or 2 (CSTOPB).
    """

    speed: int
    hangs_up: bool
    echoes: bool
    minds_cts: bool
    minds_xoff: bool
    stop_bits: int

    @property
    def flow_control(self) -> str:
        """What holds octets back, in words; ``"none"`` when nothing does."""
        means = [name for name, used in (("XON/XOFF", self.minds_xoff), ("RTS/CTS", self.minds_cts)) if used]
        return " and ".join(means) or "none"


def raw_settings(descriptor: int) -> bytes:
    """Return what a terminal is set to as the kernel has it; equal for equal settings.

    See Also:
        TCGETS2(2const), which has a speed as a number where TCGETS has a code.
    """
    return fcntl.ioctl(descriptor, _TCGETS2, _ZEROES)


def read_settings(raw: bytes) -> TerminalSettings:
    """Return what there is in settings as the kernel has them."""
    iflag, _, cflag, lflag, _, _, speed = _TERMIOS2.unpack(raw)
    return TerminalSettings(
        speed,
        hangs_up=bool(cflag & termios.HUPCL),
        echoes=bool(lflag & termios.ECHO),
        minds_cts=bool(cflag & termios.CRTSCTS),
        minds_xoff=bool(iflag & (termios.IXON | termios.IXOFF)),
        stop_bits=2 if cflag & termios.CSTOPB else 1,
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
    """Set a new PTY as a serial port is set after boot: 9600 bit/s, canonical, with echo, CLOCAL and HUPCL.

    Args:
        descriptor: The terminal.
        raw: Whether everything passes as it is, as if somebody had set it so before.

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
    """Let whoever writes into a terminal wait, or be told EAGAIN, as a UART does when nothing may go out."""
    termios.tcflow(descriptor, termios.TCOOFF)


def restart_output(descriptor: int) -> None:
    """Let a terminal send again, whether an XOFF or :func:`stop_output` has stopped it."""
    termios.tcflow(descriptor, termios.TCOOFF)
    termios.tcflow(descriptor, termios.TCOON)
