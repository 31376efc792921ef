"""One session of the ISP's mail host, served by aiosmtpd."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import SMTP

from simisp.errors import SimispError
from simisp.mail.smtp_server import HostBehaviour

if TYPE_CHECKING:
    from simisp.dialling.mail.mail_host import MailHost

__all__ = ["AiosmtpdSession"]

_FOR_EVER = 366 * 86400.0


class _Handler:
    """Handles commands and messages; the method names are aiosmtpd's hooks."""

    def __init__(self, host: MailHost, behaviour: HostBehaviour) -> None:
        self._host = host
        self._behaviour = behaviour

    async def think(self) -> None:
        """Wait as long as a slow host delays each reply."""
        if self._behaviour is HostBehaviour.SLOW:
            await asyncio.sleep(self._host.delay)

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer ETRN if it is granted."""
        session.host_name = hostname
        await self.think()
        return [*responses[:-1], *(["250-ETRN"] if self._host.client else []), responses[-1]]

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Accept a message, or fall silent."""
        await self.think()
        if self._behaviour is HostBehaviour.SILENT:
            await asyncio.sleep(_FOR_EVER)
        try:
            self._host.take_over(envelope.mail_from or "", envelope.rcpt_tos, envelope.content)
        except SimispError as error:
            return f"452 {error}"
        return "250 message taken"


class AiosmtpdSession(SMTP):
    """One session, with ETRN (RFC 1985) and TURN (RFC 821, 3.8), which aiosmtpd lacks.

    Args:
        host: The host.
        behaviour: How it behaves in this session.
    """

    def __init__(self, host: MailHost, behaviour: HostBehaviour) -> None:
        self._host = host
        self._handler = _Handler(host, behaviour)
        super().__init__(self._handler, hostname=host.name, ident="ESMTP", loop=asyncio.get_running_loop())

    def connection_lost(self, error: Exception | None) -> None:
        """Note the end of the connection."""
        if isinstance(self.transport, asyncio.Transport):
            self._host.went(self.transport)
        super().connection_lost(error)

    async def smtp_ETRN(self, argument: str | None) -> None:  # noqa: N802
        """Start the queue of a domain."""
        await self._handler.think()
        if not argument:
            await self.push("501 ETRN needs a domain")
        elif self._host.client is None:
            await self.push("502 command not granted")
        else:
            await self.push(f"250 queuing for node {argument} started")
            try:
                await self._host.run_queue(argument)
            except OSError:
                return  # the client can't be reached: its mail keeps waiting

    async def smtp_TURN(self, argument: str | None) -> None:  # noqa: N802
        """Change roles."""
        if argument:
            await self.push("501 TURN has no argument")
            return
        await self.push("250 your turn")
        assert isinstance(self.transport, asyncio.Transport)
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()
        await self._host.turn(self.transport)
        self.transport = None  # this ends aiosmtpd's loop
