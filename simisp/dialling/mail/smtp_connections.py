"""SMTP machines on TCP connections: one receives into a Maildir, one sends from a queue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from simisp.dialling.mail.maildir import Maildir
from simisp.errors import SimispError
from simisp.machine import SendData
from simisp.mail.queue import Queue
from simisp.mail.smtp_client import (
    ClientOutput,
    MessageDeferred,
    MessageDelivered,
    MessageInDoubt,
    MessageRefused,
    MessageWanted,
    SmtpClient,
    SmtpClientEnded,
)
from simisp.mail.smtp_server import MailAccepted, ServerEnded, ServerOutput, SmtpServer
from simisp.runtime.machine_driver import MachineDriver

__all__ = ["Receiver", "Sender", "store"]


def store(mail: MailAccepted, inbox: Maildir, *, name: str = "") -> str:
    """Store a received message with its envelope; return its name. It is on the disk when this returns.

    Args:
        mail: The message.
        inbox: The Maildir for it.
        name: Its name there; see :meth:`~simisp.dialling.mail.maildir.Maildir.put`.

    Raises:
        FileError: It cannot be stored, so it must not be acknowledged.
    """
    head = f"Return-Path: <{mail.sender}>\n" + "".join(f"Delivered-To: {who}\n" for who in mail.recipients)
    return inbox.put(head.encode() + mail.content.replace(b"\r\n", b"\n"), name=name)


class _Connection(asyncio.Protocol):
    """An SMTP machine on a connection. If the disk refuses a message, the connection ends without acknowledging it."""

    def __init__(self, machine: SmtpServer | SmtpClient) -> None:
        self.over = asyncio.Event()
        """Set when the connection is gone."""
        self._driver: MachineDriver[ClientOutput | ServerOutput] = MachineDriver(machine, None, self._put_out)
        self._machine = machine
        self._transport: asyncio.Transport | None = None
        self._is_broken = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._driver.report(self._machine.receive_data, data)

    def pause_writing(self) -> None:
        """Stop reading from a peer that does not read our replies: they would fill the memory."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Resume reading."""
        if self._transport is not None:
            self._transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self.over.set()

    def _put_out(self, outputs: Sequence[ClientOutput | ServerOutput], now: float) -> None:
        for output in outputs:
            if self._transport is None or self._is_broken:
                return
            try:
                self._take(output, self._transport)
            except SimispError:
                self._is_broken = True
                self._transport.abort()

    def _take(self, output: ClientOutput | ServerOutput, transport: asyncio.Transport) -> None:
        if isinstance(output, SendData):
            transport.write(output.data)
        elif isinstance(output, ServerEnded | SmtpClientEnded):
            transport.close()


class Receiver(_Connection):
    """The receiving side of one connection.

    Args:
        name: The name that we give.
        inbox: The Maildir for the messages.
        on_mail: Called with each message after it is stored.
    """

    def __init__(self, name: str, inbox: Maildir, on_mail: Callable[[MailAccepted], None]) -> None:
        self._server = SmtpServer(name)
        super().__init__(self._server)
        self._inbox = inbox
        self._on_mail = on_mail

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the greeting."""
        super().connection_made(transport)
        self._driver.report(self._server.start)

    def _take(self, output: ClientOutput | ServerOutput, transport: asyncio.Transport) -> None:
        if isinstance(output, MailAccepted):
            store(output, self._inbox)
            self._on_mail(output)
        else:
            super()._take(output, transport)


class Sender(_Connection):
    """The sending side of one connection.

    Args:
        name: The name that we give.
        queue: The queue with the messages.
        ids: The messages to send.
    """

    def __init__(self, name: str, queue: Queue, ids: list[str]) -> None:
        self._client = SmtpClient(ids, name=name)
        super().__init__(self._client)
        self._queue = queue

    def _take(self, output: ClientOutput | ServerOutput, transport: asyncio.Transport) -> None:
        match output:
            case MessageWanted(message):
                self._client.give(self._queue.get(message))
            case MessageInDoubt(message, recipients):
                self._queue.doubt(message, recipients)
            case MessageDelivered(message, recipients, _):
                self._queue.served(message, recipients)
            case MessageRefused(message, recipients, reply):
                self._queue.served(message, recipients, failed=reply)
            case MessageDeferred(message, _, _):
                self._queue.deferred(message)
            case _:
                super()._take(output, transport)
