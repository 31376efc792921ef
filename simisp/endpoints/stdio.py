"""A port on standard input and output: simisp as the child of an emulator, a test harness or socat's EXEC."""

from __future__ import annotations

import errno
import os
import select

from simisp.endpoints.base import Ability
from simisp.endpoints.wired import DescriptorTransport, WiredPort
from simisp.errors import EndpointError

__all__ = ["StdioEndpoint"]


class StdioEndpoint(WiredPort):
    """A line on two descriptors that a parent process has left; it ends when the parent ends its side.

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

        def close() -> None:
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
