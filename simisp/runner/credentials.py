"""Where words that must not pass anywhere else were sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import ClassVar

from simisp.facts.fact import Fact
from simisp.facts.isp import Asking, DialogueOver, FellSilent
from simisp.facts.line import CallEnded

__all__ = ["SentWords"]


_PLACES: Mapping[type[Fact], str] = {
    FellSilent: "in silence",
    CallEnded: "outside the dialogue",
    DialogueOver: "outside the dialogue",
}
"""Where the client is behind a fact other than a prompt."""


class SentWords:
    """Watches at which prompts words were sent, however they were split.

    Args:
        words: The words, such as the accounts' passwords.

    Attributes:
        seen_at: Every place where one was sent, once each, in order.
    """

    watched: ClassVar[frozenset[type[Fact]]] = frozenset({Asking, *_PLACES})
    """The facts that :meth:`take_fact` does something about."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words, self._ends, self._longest = _searched(tuple(words))
        self._tails: dict[str, bytes] = {}  # of each line, the last octets, in which a word may have begun
        self._where = "before any prompt"
        self.seen_at: list[str] = []

    def take_fact(self, fact: Fact) -> None:
        """Take what says where the dialogue is."""
        if type(fact) is Asking:
            self._where = fact.prompt
        elif type(fact) in _PLACES:
            self._where = _PLACES[type(fact)]

    def take_octets(self, data: bytes, line: str = "") -> None:
        """Take octets that the client has sent, on one of several lines."""
        tail = self._tails.get(line, b"")
        stream = tail + data
        # A word ends in these octets only if its last one is among them, and few lines of a modem have it.
        if len(data.translate(None, self._ends)) < len(data) and self._where not in self.seen_at:
            for word in self._words:
                if word in stream and stream.find(word, max(0, len(tail) - len(word) + 1)) >= 0:
                    self.seen_at.append(self._where)
                    break
        self._tails[line] = stream[1 - self._longest :] if self._longest > 1 else b""

    def elsewhere(self, allowed: Collection[str]) -> list[str]:
        """Return where one was sent besides the places that are allowed."""
        return [place for place in self.seen_at if place not in allowed]


@lru_cache(maxsize=8)
def _searched(words: tuple[str, ...]) -> tuple[tuple[bytes, ...], bytes, int]:
    """Return words as they are sent, the octets that they end with, and the length of the longest."""
    sent = tuple(word.encode("latin-1", "replace") for word in words if word)
    return sent, bytes({word[-1] for word in sent}), max(map(len, sent), default=0)
