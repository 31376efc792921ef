"""The ISP's mail host in real time: aiosmtpd, reachable only while a call is up."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from email.parser import BytesHeaderParser

from simisp.dialling.maildir import Maildir
from simisp.dialling.smtp_connections import Sender, store
from simisp.errors import SimispError
from simisp.mail.queue import MemoryQueue, Queue
from simisp.mail.smtp_server import HostBehaviour, MailAccepted

__all__ = ["MailHost"]


class MailHost:
    """A mail host that relays into a Maildir, keeps mail for ETRN and TURN, and can misbehave.

    A message that comes twice, told by its Message-ID, is relayed once to each recipient, as mail hosts with duplicate
    suppression do. A message is on the disk before it is acknowledged.

    Args:
        name: What it calls itself.
        relayed: Where the messages go that it takes over.
        sessions: How it behaves in its first session, in its second, and so on; the last one repeats.
        queue: What waits there to be retrieved.
        client: Host and port to which ETRN delivers; None where ETRN is refused.
        delay: For how long a slow host thinks about each command, in real seconds.

    Raises:
        SimispError: aiosmtpd is not installed.
    """

    def __init__(
        self,
        name: str,
        relayed: Maildir,
        *,
        sessions: Sequence[HostBehaviour] = (HostBehaviour.WELL,),
        queue: Queue | None = None,
        client: tuple[str, int] | None = None,
        delay: float = 5.0,
    ) -> None:
        self.name = name
        self.relayed = relayed
        self.queue: Queue = queue or MemoryQueue()
        self.client = client
        self.delay = delay
        self.sessions = 0
        """How many connections it has taken."""
        self.duplicates = 0
        """How many messages came a second time."""
        self._behaviours = sessions
        self._server: asyncio.Server | None = None
        self._port = 0
        self._transports: set[asyncio.BaseTransport] = set()
        try:
            from simisp.dialling.aiosmtpd_session import AiosmtpdSession
        except ImportError:
            raise SimispError("the mail host needs aiosmtpd: install simisp[mail]") from None
        self._session_kind = AiosmtpdSession

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, the same for as long as it lives, also while it can't be reached."""
        return "127.0.0.1", self._port

    async def start(self) -> None:
        """Choose a port, and be unreachable."""
        await self.set_reachable(True)
        await self.set_reachable(False)

    async def set_reachable(self, reachable: bool) -> None:
        """Let connections in, or cut them all and refuse new ones, as when a call ends."""
        if reachable and self._server is None:
            self._server = await asyncio.get_running_loop().create_server(self._take, "127.0.0.1", self._port)
            self._port = self._server.sockets[0].getsockname()[1]
        elif not reachable and self._server is not None:
            server, self._server = self._server, None
            server.close()
            for transport in tuple(self._transports):
                if isinstance(transport, asyncio.WriteTransport):
                    transport.abort()
            await server.wait_closed()

    def take_over(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        """Store a message, once for each recipient.

        Raises:
            EndpointError: The disk refuses.
        """
        identity = BytesHeaderParser().parsebytes(content).get("Message-ID")
        known = set(self.relayed.names())
        for recipient in recipients:
            mail = MailAccepted(sender, (recipient,), content)
            if identity is None:
                store(mail, self.relayed)
                continue
            name = hashlib.sha256(f"{identity}\n{recipient}".encode()).hexdigest()
            self.duplicates += name in known
            store(mail, self.relayed, name=name)

    async def run_queue(self, domain: str) -> None:
        """Deliver what waits for a domain to the client, over a connection of our own (RFC 1985, 5)."""
        suffix = "@" + domain.lstrip("@").casefold()
        waiting = ((name, self.queue.get(name)) for name in self.queue.waiting())
        wanted = [
            name
            for name, message in waiting
            if message is not None and any(who.casefold().endswith(suffix) for who in message.recipients)
        ]
        if wanted and self.client is not None:
            await asyncio.get_running_loop().create_connection(
                lambda: Sender(self.name, self.queue, wanted), *self.client
            )

    async def turn(self, transport: asyncio.Transport) -> None:
        """Change roles on a connection: send all that waits, until the connection is gone."""
        sender = Sender(self.name, self.queue, self.queue.waiting())
        transport.set_protocol(sender)
        sender.connection_made(transport)
        await sender.over.wait()
        self.went(transport)

    def came(self, transport: asyncio.BaseTransport) -> None:
        """Take note of a connection."""
        self._transports.add(transport)

    def went(self, transport: asyncio.BaseTransport) -> None:
        """Take note of a connection's end."""
        self._transports.discard(transport)

    def _take(self) -> asyncio.BaseProtocol:
        self.sessions += 1
        behaviour = self._behaviours[min(self.sessions, len(self._behaviours)) - 1]
        if behaviour is HostBehaviour.BUSY:
            return _Busy(self.name)
        return self._session_kind(self, behaviour)


class _Busy(asyncio.Protocol):
    """A host that has no time."""

    def __init__(self, name: str) -> None:
        self._name = name

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(f"421 {self._name} is too busy\r\n".encode())
        transport.close()
