"""The store of messages: two memories, of the modem (ME) and of the SIM (SM), each with numbered places.

A place is free or holds one message, whose state is one of four:

==============  ==========================================  ==================================
state           how it comes to be                          what follows
==============  ==========================================  ==================================
REC UNREAD      a message arrives                           REC READ when it is read or listed
REC READ        it was read                                 until it is deleted
STO UNSENT      it was written to the store                 STO SENT when it is sent
STO SENT        it was sent from the store                  until it is deleted
==============  ==========================================  ==================================
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

__all__ = ["MessageMemory", "MessageState", "MessageStore", "StoredMessage"]


class MessageState(Enum):
    """The state of a stored message: its number in PDU mode, and its words in text mode (3GPP TS 27.005, 3.1)."""

    REC_UNREAD = 0
    REC_READ = 1
    STO_UNSENT = 2
    STO_SENT = 3

    @property
    def words(self) -> str:
        """The state in words.

        Example:
            >>> MessageState.REC_UNREAD.words
            'REC UNREAD'
        """
        return self.name.replace("_", " ")


@dataclass(slots=True)
class StoredMessage:
    """A message in its place.

    Attributes:
        pdu: The service centre's address and the unit, in octets.
        length: The octets of the unit alone.
        state: What has become of it.
    """

    pdu: bytes
    length: int
    state: MessageState

    @property
    def tpdu(self) -> bytes:
        """The unit alone."""
        return self.pdu[len(self.pdu) - self.length :]


class MessageMemory:
    """One memory.

    Args:
        name: ``ME`` or ``SM``.
        size: How many places it has.
        first: The number of its first place: 0 or 1.

    Example:
        >>> memory = MessageMemory("SM", 2)
        >>> message = StoredMessage(b"", 0, MessageState.REC_UNREAD)
        >>> memory.add(message), memory.add(message), memory.add(message), memory.used
        (1, 2, None, 2)
    """

    def __init__(self, name: str, size: int, first: int = 1) -> None:
        self.name = name
        self.size = size
        self.first = first
        self._places: dict[int, StoredMessage] = {}

    @property
    def used(self) -> int:
        """How many places hold a message."""
        return len(self._places)

    @property
    def is_full(self) -> bool:
        """Whether no place is free."""
        return self.used >= self.size

    def has_place(self, index: int) -> bool:
        """Return whether there is a place with this number, free or not."""
        return self.first <= index < self.first + self.size

    def add(self, message: StoredMessage) -> int | None:
        """Put a message into the first free place; return its number, or None if there is none."""
        places = range(self.first, self.first + self.size)
        index = next((place for place in places if place not in self._places), None)
        if index is not None:
            self._places[index] = message
        return index

    def get(self, index: int) -> StoredMessage | None:
        """Return the message in a place, or None."""
        return self._places.get(index)

    def delete(self, index: int) -> None:
        """Free a place, if it is not."""
        self._places.pop(index, None)

    def delete_all(self, *states: MessageState) -> None:
        """Delete all messages in these states."""
        self._places = {index: message for index, message in self._places.items() if message.state not in states}

    def messages(self) -> Iterator[tuple[int, StoredMessage]]:
        """Return the messages with the numbers of their places, in order."""
        return iter(sorted(self._places.items(), key=lambda place: place[0]))


class MessageStore:
    """The memories, by name.

    Args:
        sizes: How many places each has.
        first: The number of the first place of each.
    """

    def __init__(self, sizes: dict[str, int], first: int = 1) -> None:
        self._memories = {name: MessageMemory(name, size, first) for name, size in sizes.items()}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the memories."""
        return tuple(self._memories)

    def memory(self, name: str) -> MessageMemory:
        """Return a memory.

        Raises:
            KeyError: There is none of this name.
        """
        return self._memories[name]
