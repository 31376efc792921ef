"""The outbound queue: what the service needs of one, and one that lives in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from simisp.mail.message import Message

__all__ = ["MemoryQueue", "Queue"]


class Queue(Protocol):
    """Messages that wait to be delivered, in the order in which they were queued."""

    def waiting(self) -> list[str]:
        """Return the messages that wait."""

    def get(self, message: str) -> Message | None:
        """Return a message with the recipients that are left, or None when it is not there."""

    def doubt(self, message: str, recipients: Iterable[str]) -> None:
        """Take note that a message may from now on have been delivered to these recipients without our knowing."""

    def served(self, message: str, recipients: Iterable[str], *, failed: str = "") -> bool:
        """Take note that these recipients are done with; return whether none is left and the message is gone.

        Args:
            message: The message.
            recipients: Who.
            failed: Why they can't be served; empty when they were.
        """

    def deferred(self, message: str) -> None:
        """Take note that a message was not delivered after all."""


class MemoryQueue:
    """A queue without a disk, for pure time.

    Example:
        >>> queue = MemoryQueue()
        >>> queue.put(Message("1", "alice@example.net", ("bob@example.org",), b"Subject: x"))
        >>> queue.waiting(), queue.served("1", ["bob@example.org"]), queue.waiting()
        (['1'], True, [])
    """

    def __init__(self) -> None:
        self._messages: dict[str, Message] = {}
        self.failed: list[tuple[Message, str]] = []
        """The messages that could not be delivered, for the recipients in them, and why."""

    def put(self, message: Message) -> None:
        """Queue a message. One of the same name that is queued already stays as it is."""
        self._messages.setdefault(message.id, message)

    def waiting(self) -> list[str]:
        """Return the messages that wait."""
        return list(self._messages)

    def get(self, message: str) -> Message | None:
        """Return a message with the recipients that are left, or None when it is not there."""
        return self._messages.get(message)

    def doubt(self, message: str, recipients: Iterable[str]) -> None:
        """Do nothing: a queue in memory does not outlive the doubt."""

    def served(self, message: str, recipients: Iterable[str], *, failed: str = "") -> bool:
        """Take note that these recipients are done with; return whether none is left and the message is gone."""
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
        """Do nothing: the message is where it was."""
