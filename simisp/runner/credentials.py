"""Where words that must not pass anywhere else were sent."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
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
_PIECES_OF_A_LINE, _MOST_PIECES, _MOST_OCTETS = 64, 4096, 16 * 1024
"""So many pieces of what was sent are kept before they are searched: of hundreds of lines, several of each. There may
be as many watches as lines, and a search must not hold up the run: with a thousand accounts it takes a tenth of a
second.
"""
_LONG_TO_SEARCH = 1024
"""From how many characters on one word after the other is found sooner than any of them by a pattern."""


class SentWords:
    """Watches at which prompts words were sent, however they were split.

    Args:
        words: The words, such as the accounts' passwords.
        allowed: The places where they may be sent: these are not looked at.
    """

    watched: ClassVar[frozenset[type[Fact]]] = frozenset({Asking, *_PLACES})
    """The facts that :meth:`take_fact` does something about."""

    def __init__(self, words: Iterable[str], allowed: Collection[str] = ()) -> None:
        self._words, self._any_of_them, self._longest = _searched(tuple(words))
        self._allowed = allowed
        self._tails: dict[str, str] = {}  # of each line, the last octets, in which a word may have begun
        self._where = "before any prompt"
        self._pieces: list[bytes] = []  # not yet searched
        self._places: list[str] = []  # where each of them was sent
        self._lines: list[str] = []  # and on which line
        self._octets = 0  # in all of them
        self._most_pieces = _PIECES_OF_A_LINE
        self._seen_at: list[str] = []

    @property
    def seen_at(self) -> list[str]:
        """Every place where one was sent, besides those where it may be, once each, in order."""
        if self._pieces:
            self._search()
        return self._seen_at

    def take_fact(self, fact: Fact) -> None:
        """Take what says where the dialogue is."""
        if type(fact) is Asking:
            self._where = fact.prompt
        elif type(fact) in _PLACES:
            self._where = _PLACES[type(fact)]

    def take_octets(self, data: bytes, line: str = "") -> None:
        """Take octets that the client has sent, on one of several lines."""
        self._pieces.append(data)
        self._places.append(self._where)
        self._lines.append(line)
        self._octets += len(data)
        if self._octets >= _MOST_OCTETS or len(self._pieces) >= self._most_pieces:
            self._search()

    def elsewhere(self, allowed: Collection[str]) -> list[str]:
        """Return where one was sent besides the places that are allowed, these and those from the beginning."""
        return [place for place in self.seen_at if place not in allowed]

    def _search(self) -> None:
        """Search what was sent since the last time."""
        pieces, places, lines = self._pieces, self._places, self._lines
        if lines.count(lines[0]) == len(lines):
            found = self._found_on(lines[0], pieces, places)
        else:
            found = []
            line_of = lines.__getitem__
            for line, sent in groupby(sorted(range(len(lines)), key=line_of), line_of):
                numbers = list(sent)
                sent_there, where = map(pieces.__getitem__, numbers), map(places.__getitem__, numbers)
                found += [numbers[each] for each in self._found_on(line, [*sent_there], [*where])]
            found.sort()
        for each in found:
            if places[each] not in self._seen_at:
                self._seen_at.append(places[each])
        self._pieces, self._places, self._lines, self._octets = [], [], [], 0
        self._most_pieces = min(_MOST_PIECES, _PIECES_OF_A_LINE * len(self._tails))

    def _found_on(self, line: str, pieces: Sequence[bytes], places: Sequence[str]) -> list[int]:
        """Return which pieces of a line have completed a word where it may not be and was not seen yet."""
        tail = self._tails.get(line, "")
        stream = tail + b"".join(pieces).decode("latin-1")
        self._tails[line] = stream[1 - self._longest :] if self._longest > 1 else ""
        found: list[int] = []
        allowed, seen_at, end = self._allowed, self._seen_at, len(tail)
        if places.count(places[0]) == len(places) and not self._ends_between(end, len(stream), stream):
            return found  # outside a dialogue there is none in thousands of pieces
        for number, place in enumerate(places):
            start, end = end, end + len(pieces[number])
            if place not in allowed and place not in seen_at and self._ends_between(start, end, stream):
                found.append(number)
        return found

    def _ends_between(self, start: int, end: int, stream: str) -> bool:
        """Return whether a word ends in these of the characters, wherever it begins."""
        if self._any_of_them is None:
            return False
        # In a few octets the pattern finds at once that there is none; in many it takes longer than one word at a time.
        if end - start < _LONG_TO_SEARCH and self._any_of_them.search(stream, start + 1 - self._longest, end) is None:
            return False
        return any(stream.find(word, max(0, start + 1 - len(word)), end) >= 0 for word in self._words)


@lru_cache(maxsize=8)
def _searched(words: tuple[str, ...]) -> tuple[tuple[str, ...], re.Pattern[str] | None, int]:
    """Return words as they are sent, a character for each octet, what finds any of them, and the longest length."""
    sent = tuple(word.encode("latin-1", "replace").decode("latin-1") for word in words if word)
    pattern = re.compile("|".join(map(re.escape, sent))) if sent else None
    return sent, pattern, max(map(len, sent), default=0)
