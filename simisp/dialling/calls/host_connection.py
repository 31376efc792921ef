"""The mail service's connection to the ISP's mail host."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from simisp.ras.error_codes import Cause
from simisp.runtime.clock import Clock, wait_until
from simisp.story.link import NEGOTIATION, PPP_WAIT

__all__ = ["HostConnection", "Reports", "await_link"]

_CONNECT_WITHIN = 10.0  # real seconds


@dataclass(frozen=True, slots=True)
class Reports:
    """The callbacks of a connection."""

    connected: Callable[[], None]
    unreachable: Callable[[], None]
    data: Callable[[bytes], None]
    closed: Callable[[], None]


class HostConnection:
    """Successive TCP connections to a mail host.

    Args:
        reports: The callbacks; nothing is reported about a connection that was closed from here.
    """

    def __init__(self, reports: Reports) -> None:
        self._reports = reports
        self._transport: asyncio.Transport | None = None
        self._opening: asyncio.Task[None] | None = None

    def open(self, host: str, port: int) -> None:
        """Connect."""
        self.close()
        self._opening = asyncio.get_running_loop().create_task(self._open(host, port))

    def send(self, data: bytes) -> None:
        """Send octets; does nothing without a connection."""
        if self._transport is not None:
            self._transport.write(data)

    def close(self) -> None:
        """Send pending octets, and close."""
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None
        if self._transport is not None:
            transport, self._transport = self._transport, None
            transport.close()

    async def _open(self, host: str, port: int) -> None:
        connect = asyncio.get_running_loop().create_connection(lambda: _Octets(self), host, port)
        try:
            await asyncio.wait_for(connect, _CONNECT_WITHIN)
        except (OSError, ValueError, TimeoutError):  # a name such as mail..isp raises not OSError but UnicodeError
            self._reports.unreachable()

    def connected(self, transport: asyncio.BaseTransport) -> None:
        """Register the connection, before its first octet."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._reports.connected()

    def came(self, transport: asyncio.BaseTransport | None, data: bytes) -> None:
        """Take octets from a connection, which may be an old one."""
        if transport is self._transport:
            self._reports.data(data)

    def went(self, transport: asyncio.BaseTransport | None) -> None:
        """Act on the end of a connection, which may be an old one."""
        if transport is self._transport:
            self._transport = None
            self._reports.closed()


class _Octets(asyncio.Protocol):
    def __init__(self, owner: HostConnection) -> None:
        self._owner = owner
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._owner.connected(transport)

    def data_received(self, data: bytes) -> None:
        self._owner.came(self._transport, data)

    def connection_lost(self, error: Exception | None) -> None:
        self._owner.went(self._transport)


async def await_link(host: str, port: int, clock: Clock) -> Cause | None:
    """Wait until the ISP's host answers; return None then, or why not if it never does.

    This stands for PPP in real time: the line carries packets if the far end's host can be reached over it.
    """
    gives_up_at = clock.now() + PPP_WAIT
    while True:
        await wait_until(clock, clock.now() + NEGOTIATION)
        try:
            _, writer = await asyncio.open_connection(host, port)
        except (OSError, ValueError):
            if clock.now() >= gives_up_at:
                return Cause.PPP_NO_RESPONSE
        else:
            writer.close()
            return None
