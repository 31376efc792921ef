"""Where words that must not pass anywhere else were sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from simisp.facts.fact import Fact
from simisp.facts.isp import Asking, DialogueOver, FellSilent
from simisp.facts.line import CallEnded

__all__ = ["SentWords"]


class SentWords:
    """Watches at which prompts words were sent, however they were split.

    Args:
        words: The words, such as the accounts' passwords.

    Attributes:
        seen_at: Every place where one was sent, once each, in order.
    """

    watched: ClassVar[frozenset[type[Fact]]] = frozenset({Asking, FellSilent, CallEnded, DialogueOver})
    """The facts that :meth:`take_fact` does something about."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = [word.encode("latin-1", "replace") for word in words if word]
        self._longest = max(map(len, self._words), default=0)
        self._tails: dict[str, bytes] = {}
        self._where = "before any prompt"
        self.seen_at: list[str] = []

    def take_fact(self, fact: Fact) -> None:
        """Take what says where the dialogue is."""
        match fact:
            case Asking(prompt):
                self._where = prompt
            case FellSilent():
                self._where = "in silence"
            case CallEnded() | DialogueOver():
                self._where = "outside the dialogue"

    def take_octets(self, data: bytes, line: str = "") -> None:
        """Take octets that the client has sent, on one of several lines."""
        tail = self._tails.get(line, b"")
        stream = tail + data
        for word in self._words:
            if stream.find(word, max(0, len(tail) - len(word) + 1)) >= 0 and self._where not in self.seen_at:
                self.seen_at.append(self._where)
        self._tails[line] = stream[-(self._longest - 1) :] if self._longest > 1 else b""

    def elsewhere(self, allowed: Iterable[str]) -> list[str]:
        """Return where one was sent besides the places that are allowed."""
        places = set(allowed)
        return [place for place in self.seen_at if place not in places]
