"""What a terminal is set to, as far as a port's other side can make use of it."""

from __future__ import annotations

import fcntl
import struct
import termios
import tty
from typing import NamedTuple

__all__ = ["TerminalSettings", "make_booted", "raw_settings", "read_settings", "restart_output", "stop_output"]

_TCGETS2 = 0x802C542A
_TERMIOS2 = struct.Struct("4I20s2I")
_ZEROES = bytes(_TERMIOS2.size)
_CFLAG, _LFLAG, _ISPEED, _OSPEED = 2, 3, 4, 5


class TerminalSettings(NamedTuple):
    """What matters of a terminal's settings.

    Attributes:
        speed: In bit/s, as a number; 0 is B0.
        hangs_up: HUPCL: DTR falls when the last who has the port open closes it.
        echoes: ECHO: what comes in is sent back by the line discipline.
        minds_cts: CRTSCTS: nothing goes out while CTS is off.
    """

    speed: int
    hangs_up: bool
    echoes: bool
    minds_cts: bool


def raw_settings(descriptor: int) -> bytes:
    """Return what a terminal is set to as the kernel has it; equal for equal settings.

    See Also:
        TCGETS2(2const), which has a speed as a number where TCGETS has a code.
    """
    return fcntl.ioctl(descriptor, _TCGETS2, _ZEROES)


def read_settings(raw: bytes) -> TerminalSettings:
    """Return what there is in settings as the kernel has them."""
    _, _, cflag, lflag, _, _, speed = _TERMIOS2.unpack(raw)
    return TerminalSettings(
        speed, bool(cflag & termios.HUPCL), bool(lflag & termios.ECHO), bool(cflag & termios.CRTSCTS)
    )


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
