"""A port on standard input and output: simisp as the child of an emulator, a test harness or socat's EXEC."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import termios
from typing import Any

from simisp.endpoints.base import Ability
from simisp.endpoints.wired import DescriptorTransport, WiredPort
from simisp.errors import EndpointError

__all__ = ["StdioEndpoint"]


class StdioEndpoint(WiredPort):
    """A line on two descriptors that a parent process has left; it ends when the parent ends its side.

    A terminal is made to pass octets on as they are, and is left as it was found. What it does with Ctrl-C stays.

    Args:
        reading: Where the client's octets come from; closed with the endpoint.
        writing: Where the line's octets go; closed with the endpoint.

    Raises:
        EndpointError: Nothing can wait on them: they are files.
    """

    path = "stdio"
    abilities = frozenset({Ability.HANG_UP_SEEN})
    terminal = None
    echo_rate = None

    def __init__(self, reading: int, writing: int) -> None:
        for number in (reading, writing):
            _check(number)
        settings = [(number, _made_transparent(number)) for number in (reading, writing)]

        def close() -> None:
            for number, found in reversed(settings):  # both may be the same terminal
                if found is not None:
                    with contextlib.suppress(termios.error):  # it may be gone
                        termios.tcsetattr(number, termios.TCSANOW, found)
            for number in {reading, writing}:
                os.close(number)

        super().__init__(DescriptorTransport(reading, writing, close))


def _check(number: int) -> None:
    """Refuse what can't be waited for.

    Raises:
        EndpointError: It is a file, or another thing without an end to wait for.
    """
    with select.epoll() as poll:
        try:
            poll.register(number, select.EPOLLIN)
        except OSError as error:
            raise EndpointError(
                "standard input and output can't be the line", path="stdio", errno=error.errno,
                remedy="they must be pipes, sockets or terminals, not files"
                if error.errno == errno.EPERM else "they are closed",
            ) from error  # fmt: skip


def _made_transparent(number: int) -> list[Any] | None:
    """Let a terminal pass octets on as they are, and return its settings before; None for what is no terminal.

    If messages go to the same terminal its lines still end there as they did.

    See Also:
        termios(3), of which raw mode has ISIG too.
    """
    try:
        found = termios.tcgetattr(number)
        wanted = termios.tcgetattr(number)
    except termios.error:
        return None
    wanted[0] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.ISTRIP | termios.IXON | termios.IXOFF)
    wanted[3] &= ~(termios.ICANON | termios.ECHO | termios.IEXTEN)
    wanted[6][termios.VMIN], wanted[6][termios.VTIME] = 1, 0
    if not _has_messages(number):
        wanted[1] &= ~termios.OPOST
    termios.tcsetattr(number, termios.TCSANOW, wanted)
    return found


def _has_messages(number: int) -> bool:
    """Return whether standard error is the same terminal."""
    try:
        return os.fstat(number).st_rdev == os.fstat(2).st_rdev
    except OSError:
        return False  # it is closed
