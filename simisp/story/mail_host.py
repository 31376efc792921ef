"""The ISP's mail host in pure time: it relays mail, and keeps mail until it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from simisp.circuits import Circuit
from simisp.machine import Output, SendData
from simisp.mail.queue import MemoryQueue
from simisp.mail.smtp_client import (
    ClientOutput,
    MessageDeferred,
    MessageDelivered,
    MessageInDoubt,
    MessageRefused,
    MessageWanted,
    RetrievalAnswered,
    RolesTurned,
    SmtpClient,
    SmtpClientEnded,
)
from simisp.mail.smtp_server import (
    MailAccepted,
    QueueRunRequested,
    ServerEnded,
    ServerOutput,
    SmtpServer,
    TurnRequested,
)
from simisp.story.config import HostConfig

__all__ = ["HostClosed", "HostOutput", "MailArrived", "MailHostMachine"]


@dataclass(frozen=True, slots=True)
class HostClosed(Output):
    """The host closed the connection."""


@dataclass(frozen=True, slots=True)
class MailArrived(Output):
    """The host delivered a message to the caller over a connection that it opened, after ETRN."""

    mail: MailAccepted


HostOutput = SendData | MailAccepted | HostClosed | MailArrived
"""All that a mail host puts out."""


class MailHostMachine:
    """A mail host behind the line, without any I/O. It has one connection at a time.

    It keeps the machine contract of :mod:`simisp.machine`; its peer is the mail service. It reports each message that
    it accepts by :class:`~simisp.mail.smtp_server.MailAccepted`.

    Args:
        config: How it behaves, and the mail waiting there.
    """

    def __init__(self, config: HostConfig) -> None:
        self.sessions = 0
        """How many connections it has accepted."""
        self._config = config
        self._queue = MemoryQueue()
        for message in config.waiting:
            self._queue.put(message)
        self._session: SmtpServer | SmtpClient | None = None
        self._outputs: list[HostOutput] = []

    def open(self, *, now: float) -> None:
        """Accept a connection."""
        self.sessions += 1
        behaviour = self._config.behaviour(self.sessions)
        server = SmtpServer(self._config.name, behaviour=behaviour, turns=True, serves_queue=True)
        server.start(now=now)
        self._session = server
        self._settle(now)

    def close(self) -> None:
        """Drop the connection."""
        self._session = None

    def receive_data(self, data: bytes, *, now: float) -> None:
        """Take octets from the mail service."""
        if self._session is not None:
            self._session.receive_data(data, now=now)
            self._settle(now)

    def set_circuit(self, circuit: Circuit, on: bool, *, now: float) -> None:
        """Do nothing: a host has no circuits."""

    def handle_timer(self, *, now: float) -> None:
        """Act on expired deadlines."""
        if self._session is not None:
            self._session.handle_timer(now=now)
            self._settle(now)

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` should be called, or None if no deadline is pending."""
        return None if self._session is None else self._session.next_timer()

    def take_outputs(self) -> list[HostOutput]:
        """Return what has come up since the last call, in order, and forget it."""
        outputs, self._outputs = self._outputs, []
        return outputs

    def _settle(self, now: float) -> None:
        while self._session is not None:
            outputs = self._session.take_outputs()
            if not outputs:
                return
            for output in outputs:
                self._take(output, now)

    def _take(self, output: ClientOutput | ServerOutput, now: float) -> None:
        match output:
            case SendData() | MailAccepted():
                self._outputs.append(output)
            case QueueRunRequested(domain):
                self._run_queue(domain, now)
            case TurnRequested():
                self._session = SmtpClient(self._queue.waiting(), name=self._config.name)
            case ServerEnded() | SmtpClientEnded():
                self._session = None
                self._outputs.append(HostClosed())
            case MessageWanted() | MessageDelivered() | MessageRefused():
                if isinstance(self._session, SmtpClient):
                    self._serve(self._session, output)
            case MessageInDoubt() | MessageDeferred() | RetrievalAnswered() | RolesTurned():
                pass
            case _:
                assert_never(output)

    def _run_queue(self, domain: str, now: float) -> None:
        """Deliver the mail that waits for a domain over a connection to the caller's own server (RFC 1985, 5)."""
        suffix = "@" + domain.lstrip("@").casefold()
        waiting = (self._queue.get(name) for name in self._queue.waiting())
        wanted = [
            message.id
            for message in waiting
            if message and any(address.casefold().endswith(suffix) for address in message.recipients)
        ]
        sender = SmtpClient(wanted, name=self._config.name)
        receiver = SmtpServer("caller")
        receiver.start(now=now)
        moved = True
        while moved:
            moved = False
            for output in receiver.take_outputs():
                moved = True
                if isinstance(output, SendData):
                    sender.receive_data(output.data, now=now)
                elif isinstance(output, MailAccepted):
                    self._outputs.append(MailArrived(output))
            for sent in sender.take_outputs():
                moved = True
                if isinstance(sent, SendData):
                    receiver.receive_data(sent.data, now=now)
                else:
                    self._serve(sender, sent)

    def _serve(self, sender: SmtpClient, output: Output) -> None:
        """Supply one of our SMTP clients with messages from the queue."""
        match output:
            case MessageWanted(message):
                sender.give(self._queue.get(message))
            case MessageDelivered(message, recipients, _):
                self._queue.served(message, recipients)
            case MessageRefused(message, recipients, reply):
                self._queue.served(message, recipients, failed=reply)
            case _:
                pass
