"""The ISP's mail host in real time: aiosmtpd, reachable only while a call is up."""

from __future__ import annotations

import asyncio
import hashlib
import socket
from collections.abc import Sequence
from email.parser import BytesHeaderParser

from simisp.dialling.mail.maildir import Maildir
from simisp.dialling.mail.smtp_connections import Sender, store
from simisp.errors import SimispError
from simisp.mail.queue import MemoryQueue, Queue
from simisp.mail.smtp_server import HostBehaviour, MailAccepted

__all__ = ["MailHost"]

_A_LOOK = 0.02  # real seconds


class MailHost:
    """A mail host that relays into a Maildir, keeps mail for ETRN and TURN, and can misbehave.

    A message that arrives twice, recognised by its Message-ID, is relayed once to each recipient, as mail hosts with
    duplicate suppression do. A message is on the disk before it is acknowledged.

    A connection that is closed again at once was only a check whether the host can be reached, and is not a session.

    Args:
        name: The name that it gives.
        relayed: The Maildir for the messages that it accepts.
        sessions: Its behaviour in the first session, in the second, and so on; the last one repeats.
        queue: The mail waiting there to be retrieved.
        client: Host and port to which ETRN delivers; None to refuse ETRN.
        delay: How long a slow host delays each reply, in real seconds.
        port: Its TCP port; 0 for any free port.

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
        port: int = 0,
    ) -> None:
        self.name = name
        self.relayed = relayed
        self.queue: Queue = queue or MemoryQueue()
        self.client = client
        self.delay = delay
        self.sessions = 0
        """How many connections it has accepted."""
        self.duplicates = 0
        """How many messages arrived a second time."""
        self._behaviours = sessions
        self._listener: socket.socket | None = None
        self._accepting: set[asyncio.Task[object]] = set()
        self._port = port
        self._transports: set[asyncio.Transport] = set()
        try:
            from simisp.dialling.mail.aiosmtpd_session import AiosmtpdSession
        except ImportError:
            raise SimispError("the mail host needs aiosmtpd: install simisp[mail]") from None
        self._session_kind = AiosmtpdSession

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, the same for its whole lifetime, even while it is unreachable."""
        return "127.0.0.1", self._port

    async def start(self) -> None:
        """Choose a port, and stay unreachable."""
        await self.set_reachable(True)
        await self.set_reachable(False)

    def open(self) -> None:
        """Accept connections from now on, as when a call is through. Calling it again does nothing."""
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self._port))
            self._listener.setblocking(False)
            self._port = self._listener.getsockname()[1]
            asyncio.get_running_loop().add_reader(self._listener, self._accept, self._listener)

    async def set_reachable(self, reachable: bool) -> None:
        """Accept connections, or cut them all and refuse new ones, as when a call ends."""
        if reachable:
            self.open()
        elif self._listener is not None:
            listener, self._listener = self._listener, None
            asyncio.get_running_loop().remove_reader(listener)
            listener.close()
            for transport in tuple(self._transports):
                transport.abort()
            await asyncio.gather(*self._accepting, return_exceptions=True)

    def _accept(self, listener: socket.socket) -> None:
        # Not with asyncio's server: before Python 3.12 that fails if it is closed while it accepts.
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        loop = asyncio.get_running_loop()
        task = loop.create_task(loop.connect_accepted_socket(lambda: _Door(self), connection))
        self._accepting.add(task)
        task.add_done_callback(self._accepting.discard)

    def take_over(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        """Store a message, once for each recipient.

        Raises:
            FileError: The disk refuses.
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
        """Change roles on a connection: send all waiting mail, until the connection is gone."""
        sender = Sender(self.name, self.queue, self.queue.waiting())
        transport.set_protocol(sender)
        sender.connection_made(transport)
        await sender.over.wait()
        self.went(transport)

    def came(self, transport: asyncio.Transport) -> None:
        """Register a connection; cut it if its call has ended meanwhile."""
        self._transports.add(transport)
        if self._listener is None:
            transport.abort()

    def went(self, transport: asyncio.Transport) -> None:
        """Note the end of a connection."""
        self._transports.discard(transport)

    def begin_session(self) -> asyncio.Protocol:
        """Return the protocol that serves the next session."""
        self.sessions += 1
        behaviour = self._behaviours[min(self.sessions, len(self._behaviours)) - 1]
        if behaviour is HostBehaviour.BUSY:
            return _Busy(self)
        return self._session_kind(self, behaviour)


class _Door(asyncio.Protocol):
    """Holds a new connection until it sends or has stayed for a moment, then accepts it."""

    def __init__(self, host: MailHost) -> None:
        self._host = host
        self._transport: asyncio.Transport | None = None
        self._early = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._host.came(transport)
        asyncio.get_running_loop().call_later(_A_LOOK, self._let_in)

    def data_received(self, data: bytes) -> None:
        self._early += data

    def connection_lost(self, error: Exception | None) -> None:
        assert self._transport is not None
        self._host.went(self._transport)
        self._transport = None

    def _let_in(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        session = self._host.begin_session()
        self._transport.set_protocol(session)
        session.connection_made(self._transport)
        if self._early:
            session.data_received(self._early)


class _Busy(asyncio.Protocol):
    """A host that is too busy."""

    def __init__(self, host: MailHost) -> None:
        self._host = host
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(f"421 {self._host.name} is too busy\r\n".encode())
        transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        assert self._transport is not None
        self._host.went(self._transport)
