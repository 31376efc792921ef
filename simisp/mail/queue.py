"""The outbound queue: the interface that the service needs, and an implementation in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from simisp.mail.message import Message

__all__ = ["MemoryQueue", "Queue"]


class Queue(Protocol):
    """Messages waiting to be delivered, in the order in which they were queued."""

    def waiting(self) -> list[str]:
        """Return the names of the messages that are waiting."""

    def get(self, message: str) -> Message | None:
        """Return a message with its remaining recipients, or None if it is not in the queue."""

    def doubt(self, message: str, recipients: Iterable[str]) -> None:
        """Record that, from now on, a message may have been delivered to these recipients without our knowing."""

    def served(self, message: str, recipients: Iterable[str], *, failed: str = "") -> bool:
        """Record that these recipients are done; return whether no recipient remains and the message is gone.

        Args:
            message: The message.
            recipients: The recipients.
            failed: Why they cannot be served; empty if they were served.
        """

    def deferred(self, message: str) -> None:
        """Record that a message was not delivered after all."""


class MemoryQueue:
    """A queue in memory, for stories in pure time.

    Example:
        >>> queue = MemoryQueue()
        >>> queue.put(Message("1", "alice@example.net", ("bob@example.org",), b"Subject: x"))
        >>> queue.waiting(), queue.served("1", ["bob@example.org"]), queue.waiting()
        (['1'], True, [])
    """

    def __init__(self) -> None:
        self._messages: dict[str, Message] = {}
        self.failed: list[tuple[Message, str]] = []
        """The messages that could not be delivered, each with the recipients concerned, and the reason."""

    def put(self, message: Message) -> None:
        """Queue a message. If one of the same name is already queued, that one stays unchanged."""
        self._messages.setdefault(message.id, message)

    def waiting(self) -> list[str]:
        """Return the names of the messages that are waiting."""
        return list(self._messages)

    def get(self, message: str) -> Message | None:
        """Return a message with its remaining recipients, or None if it is not in the queue."""
        return self._messages.get(message)

    def doubt(self, message: str, recipients: Iterable[str]) -> None:
        """Do nothing: a queue in memory cannot outlive the session."""

    def served(self, message: str, recipients: Iterable[str], *, failed: str = "") -> bool:
        """Record that these recipients are done; return whether no recipient remains and the message is gone."""
        done = set(recipients)
        held = self._messages.get(message)
        if held is None:
            return True
        if failed:
            self.failed.append((replace(held, recipients=tuple(recipients)), failed))
        left = tuple(recipient for recipient in held.recipients if recipient not in done)
        if left:
            self._messages[message] = replace(held, recipients=left)
        else:
            del self._messages[message]
        return not left

    def deferred(self, message: str) -> None:
        """Do nothing: the message never left the queue."""
