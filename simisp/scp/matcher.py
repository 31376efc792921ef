"""Finds the first of many strings in a stream of octets, however the stream is split.

A few strings, as most waits have, are sought one after the other, or all at once by a pattern. For many it is the
automaton of Aho and Corasick: each octet is examined once, whatever the number of strings. It runs over octets in lower
case; a match of a case-sensitive string is verified against the original octets.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

__all__ = ["SEEN", "Matcher", "SoughtString", "StringSet", "string_set"]

SEEN = 1024
"""How many octets a wait keeps at least, to show what it has examined."""

_CACHED_OCTETS = 1024
_FEW = 16
"""So many strings are sought one after the other, or by a pattern."""
_SHORT = 128
"""In so many octets a pattern is faster."""


@dataclass(frozen=True, slots=True)
class SoughtString:
    """A string to find.

    Attributes:
        octets: The string.
        matchcase: Whether case matters, for ASCII letters.
    """

    octets: bytes
    matchcase: bool = False


class StringSet:
    """The automaton for a set of strings. It is immutable, and any number of matchers may share it.

    Args:
        strings: The strings, at least one. Of two that end at the same octet the earlier in this order is found.
    """

    def __init__(self, strings: tuple[SoughtString, ...]) -> None:
        self.strings = strings
        self.overlap = max(0, max(len(string.octets) for string in strings) - 1)
        """How many of the octets that were searched may be the beginning of a string."""
        self.kept = max(SEEN, self.overlap)
        """How many octets of the stream are kept."""
        self.has_empty = not all(string.octets for string in strings)
        self.few: tuple[tuple[int, bytes, bool], ...] = ()
        """For each string its index, what to look for, and whether in the octets as they come, not in lower case. It
        is empty if the strings are many, or one of them is empty: the automaton finds those.
        """
        self.single = b""
        """The only string, if it is sought in lower case; else empty."""
        self.pattern: re.Pattern[bytes] | None = None
        """Finds the first string in octets in lower case; None if that is not all there is to it."""
        self.numbers: dict[bytes, int] = {}
        """The index of each string that the pattern finds."""
        self.children: list[dict[int, int]] = [{}]
        self.failure = [0]
        self.ending: list[tuple[int, ...]] = [()]
        if len(strings) <= _FEW and not self.has_empty:
            self.few = tuple(
                (index, each.octets if each.matchcase else each.octets.lower(), each.matchcase)
                for index, each in enumerate(strings)
            )
            if len(strings) == 1 and not strings[0].matchcase:
                self.single = self.few[0][1]
        else:
            self._build()

    def look_for_pattern(self) -> None:
        """Make a pattern of a few strings, if whichever begins first ends first: none is a part of another.

        It is for strings that are sought again and again, but for no secret: Python keeps the patterns it was given.
        """
        sought = [octets for _, octets, matchcase in self.few if not matchcase]
        if 1 < len(sought) == len(self.few) and not any(one in other for one, other in permutations(sought, 2)):
            self.pattern = re.compile(b"|".join(map(re.escape, sought)))
            self.numbers = {octets: index for index, octets, _ in self.few}

    def _build(self) -> None:
        """Build the automaton."""
        for index, string in enumerate(self.strings):
            self._insert(string.octets.lower(), index)
        self._link()

    def _insert(self, octets: bytes, index: int) -> None:
        node = 0
        for octet in octets:
            if octet not in self.children[node]:
                self.children[node][octet] = len(self.children)
                self.children.append({})
                self.failure.append(0)
                self.ending.append(())
            node = self.children[node][octet]
        self.ending[node] += (index,)

    def _link(self) -> None:
        """Link each node to its longest proper suffix, and add the strings that end there."""
        queue = deque(self.children[0].values())
        while queue:
            node = queue.popleft()
            for octet, child in self.children[node].items():
                self.failure[child] = self.step(self.failure[node], octet)
                queue.append(child)
            inherited = self.ending[self.failure[node]]
            if inherited:
                self.ending[node] = tuple(sorted(self.ending[node] + inherited))

    def step(self, node: int, octet: int) -> int:
        """Return the node that ``octet`` leads to."""
        while node and octet not in self.children[node]:
            node = self.failure[node]
        return self.children[node].get(octet, 0)


def string_set(strings: tuple[SoughtString, ...]) -> StringSet:
    """Return the automaton for some strings, cached if they are few and short."""
    if sum(len(string.octets) for string in strings) > _CACHED_OCTETS:
        return StringSet(strings)
    return _cached_string_set(strings)


@lru_cache(maxsize=128)
def _cached_string_set(strings: tuple[SoughtString, ...]) -> StringSet:
    made = StringSet(strings)
    made.look_for_pattern()
    return made


class Matcher:
    """Finds the string that ends first in a stream: the wait of a ``waitfor``.

    Args:
        strings: The strings to find.

    Attributes:
        patience: None, for only the strings end it.
        may_end_at_once: Whether one of the strings is empty.
        found: The index of the string that was found, or None.

    Example:
        >>> matcher = Matcher(string_set((SoughtString(b"ogin:"), SoughtString(b"busy"))))
        >>> matcher.feed(b"Welcome. Lo"), matcher.feed(b"gin: now")
        (None, 4)
        >>> matcher.found
        0
    """

    __slots__ = ("_end", "_node", "_stream", "_strings", "found", "may_end_at_once", "patience")

    def __init__(self, strings: StringSet) -> None:
        self.patience = None
        self.begin(strings)

    def begin(self, strings: StringSet) -> None:
        """Begin anew, to find these strings in another stream."""
        self.found: int | None = None
        self.may_end_at_once = strings.has_empty
        self._strings = strings
        self._stream = b""
        self._end: int | None = None
        self._node = 0

    def feed(self, data: bytes) -> int | None:
        """Search the next octets of the stream.

        Returns:
            How many octets of ``data`` there are up to the end of the found string; None if no string was found.
        """
        strings, stream, searched = self._strings, data, 0
        if self._stream:
            stream, searched = self._stream + data, len(self._stream)
        end = None
        if not strings.few:
            end = self._find_many(stream, searched)
        else:
            # The first octets were searched before, and have none.
            start = searched - strings.overlap if searched > strings.overlap else 0
            among = stream[start:] if start else stream
            if strings.single:
                # It takes half as long as to find the place, and nearly always there is none.
                before, there, _ = among.lower().partition(strings.single)
                if there:
                    self.found, end = 0, start + len(before) + len(there)
            else:
                end = self._find_few(among, start)
        if end is None:
            self._stream = stream if len(stream) <= strings.kept else stream[-strings.kept :]
            return None
        self._stream, self._end = stream, end
        return end - searched

    @property
    def seen(self) -> bytes:
        """The last octets of the stream, up to the end of the found string."""
        return self._stream[: self._end]

    @property
    def tail(self) -> bytes:
        """The last octets, which may be the beginning of a string: one octet less than the longest string has."""
        overlap = self._strings.overlap
        return self._stream[-overlap:] if overlap else b""

    def _find_few(self, among: bytes, start: int) -> int | None:
        """Search octets, which begin at ``start`` in the stream, for a few strings; return where the first one ends."""
        strings, lower, end = self._strings, among.lower(), None
        if strings.pattern is not None and len(lower) <= _SHORT:
            match = strings.pattern.search(lower)
            if match is not None:
                self.found, end = strings.numbers[match[0]], start + match.end()
            return end
        for index, octets, matchcase in strings.few:
            before, there, _ = (among if matchcase else lower).partition(octets)
            if there:
                place = start + len(before) + len(there)
                if end is None or place < end:
                    self.found, end = index, place
        return end

    def _find_many(self, stream: bytes, searched: int) -> int | None:
        """Search with the automaton, and return where the first string ends."""
        node, step, ending = self._node, self._strings.step, self._strings.ending
        if ending[0]:
            self.found = ending[0][0]
            return searched
        for end, octet in enumerate(stream[searched:].lower(), searched + 1):
            node = step(node, octet)
            if ending[node]:
                self.found = self._confirmed(ending[node], stream, end)
                if self.found is not None:
                    return end
        self._node = node
        return None

    def _confirmed(self, candidates: tuple[int, ...], stream: bytes, end: int) -> int | None:
        """Return the first candidate that ends at ``end`` in the right case too."""
        for index in candidates:
            string = self._strings.strings[index]
            if not string.matchcase or stream.endswith(string.octets, 0, end):
                return index
        return None
