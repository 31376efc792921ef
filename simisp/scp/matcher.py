"""Finds the first of many strings in a stream of octets, however the stream is split.

A few strings, as most waits have, are sought one after the other. For many it is the automaton of Aho and Corasick:
each octet is examined once, whatever the number of strings. It runs over octets in lower case; a match of a
case-sensitive string is verified against the original octets.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Matcher", "SoughtString", "StringSet", "string_set"]

_CACHED_OCTETS = 1024
_FEW = 16
"""So many strings are sought one after the other."""


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
        self.longest = max(len(string.octets) for string in strings)
        self.few = tuple(
            (string.octets if string.matchcase else string.octets.lower(), string.matchcase) for string in strings
        )
        """What to look for, and whether in the octets as they come, not in lower case. It is empty if the strings
        are many, or one of them is empty.
        """
        if len(strings) > _FEW or not all(string.octets for string in strings):
            self.few = ()
        self.children: list[dict[int, int]] = [{}]
        self.failure = [0]
        self.ending: list[tuple[int, ...]] = [()]
        for index, string in enumerate(strings):
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


_cached_string_set = lru_cache(maxsize=128)(StringSet)


class Matcher:
    """Finds the string that ends first in a stream.

    Attributes:
        found: The index of the string that was found, or None.

    Example:
        >>> matcher = Matcher(string_set((SoughtString(b"ogin:"), SoughtString(b"busy"))))
        >>> matcher.feed(b"Welcome. Lo"), matcher.feed(b"gin: now")
        (None, 4)
        >>> matcher.found
        0
    """

    __slots__ = ("_node", "_recent", "_strings", "found", "tail")

    def __init__(self, strings: StringSet) -> None:
        self.found: int | None = None
        self.tail = b""
        """The last octets, which may be the beginning of a string: one octet less than the longest string has."""
        self._strings = strings
        self._node = 0
        self._recent = b""

    def feed(self, data: bytes) -> int | None:
        """Search the next octets of the stream.

        Returns:
            How many octets of ``data`` there are up to the end of the found string; None if no string was found.
        """
        few = self._strings.few
        return self._feed_few(few, data) if few else self._feed_many(data)

    def _feed_many(self, data: bytes) -> int | None:
        """Search with the automaton."""
        if self._strings.ending[0]:
            self.found = self._strings.ending[0][0]
            return 0
        node, step, ending = self._node, self._strings.step, self._strings.ending
        for index, octet in enumerate(data.lower()):
            node = step(node, octet)
            if ending[node]:
                self.found = self._confirmed(ending[node], data, index + 1)
                if self.found is not None:
                    return index + 1
        self._node = node
        self._recent = (self._recent + data)[-self._strings.longest :]
        self.tail = self._recent[1 - self._strings.longest :] if self._strings.longest > 1 else b""
        return None

    def _feed_few(self, few: tuple[tuple[bytes, bool], ...], data: bytes) -> int | None:
        """Search for each of a few strings; what was searched before has none."""
        searched = len(self.tail)
        stream = self.tail + data
        lower, first = stream.lower(), len(stream) + 1
        for index, (octets, matchcase) in enumerate(few):
            place = (stream if matchcase else lower).find(octets, max(0, searched - len(octets) + 1))
            if place >= 0 and place + len(octets) < first:
                self.found, first = index, place + len(octets)
        if self.found is not None:
            return first - searched
        longest = self._strings.longest
        self.tail = stream[1 - longest :] if longest > 1 else b""
        return None

    def _confirmed(self, candidates: tuple[int, ...], data: bytes, end: int) -> int | None:
        """Return the first candidate that ends at ``end`` in the right case too."""
        for index in candidates:
            string = self._strings.strings[index]
            start = end - len(string.octets)
            came = data[start:end] if start >= 0 else self._recent[start:] + data[:end]
            if not string.matchcase or came == string.octets:
                return index
        return None
