"""Recognises repetitions that can match in one way only.

A backtracking matcher is slow if the same text can match in many ways. If each character decides which part it belongs
to, there is one way to reach each place in the text: this holds for ``(ab?)*``, but not for ``(ab?b?)*``. It is decided
by the positions of an expression and what may follow each of them (Glushkov's construction; Brüggemann-Klein, "Regular
expressions into finite automata", 1993).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from re import _compiler, _parser  # type: ignore[attr-defined]
from re import _constants as _codes  # type: ignore[attr-defined]
from typing import Any

__all__ = ["is_unambiguous"]

_MOST_POSITIONS = 200
_MOST_COPIES = 30
_CHARACTERS = [chr(code) for code in range(0x100)]
_SINGLE = frozenset({_codes.LITERAL, _codes.NOT_LITERAL, _codes.ANY, _codes.IN})
_REPEATS = frozenset({_codes.MAX_REPEAT, _codes.MIN_REPEAT})


class _AmbiguousError(Exception):
    """There may be two ways to match."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of an expression: whether it can be empty, and the positions at which it can begin and end."""

    empty: bool
    first: tuple[int, ...]
    last: tuple[int, ...]


class _Positions:
    """The positions of an expression, the characters that each matches, and the positions that may follow it.

    A position that can follow in two ways is listed twice.
    """

    def __init__(self, state: Any) -> None:
        self._state = state
        self.takes: list[frozenset[str]] = []
        self._follow: list[list[int]] = []

    def sequence(self, items: Iterable[Any]) -> _Part:
        part = _Part(True, (), ())
        for code, argument in items:
            part = self._then(part, self._one(code, argument))
        return part

    def repeated(self, part: _Part) -> _Part:
        """Return a part that occurs one or more times."""
        if part.empty:
            raise _AmbiguousError
        for position in part.last:
            self._follow[position] += part.first
        return part

    def check(self, part: _Part) -> None:
        """Verify that each character decides which part it belongs to."""
        for positions in (part.first, *self._follow):
            taken: set[str] = set()
            for position in positions:
                if taken & self.takes[position]:
                    raise _AmbiguousError
                taken |= self.takes[position]

    def _one(self, code: Any, argument: Any) -> _Part:
        if code in _SINGLE:
            return self._single(code, argument)
        if code is _codes.SUBPATTERN and not argument[1] and not argument[2]:  # without flags
            return self.sequence(argument[3])
        if code is _codes.BRANCH:
            parts = [self.sequence(branch) for branch in argument[1]]
            if sum(part.empty for part in parts) > 1:
                raise _AmbiguousError
            return _Part(
                any(part.empty for part in parts),
                tuple(position for part in parts for position in part.first),
                tuple(position for part in parts for position in part.last),
            )
        if code in _REPEATS:
            return self._repeat(*argument)
        raise _AmbiguousError

    def _single(self, code: Any, argument: Any) -> _Part:
        position = len(self.takes)
        if position >= _MOST_POSITIONS:
            raise _AmbiguousError
        matches = _compiler.compile(_parser.SubPattern(self._state, [(code, argument)])).fullmatch
        self.takes.append(frozenset(filter(matches, _CHARACTERS)))
        self._follow.append([])
        return _Part(False, (position,), (position,))

    def _repeat(self, least: int, most: int, body: Any) -> _Part:
        if most > _MOST_COPIES:
            if least > 1:
                raise _AmbiguousError
            part = self.repeated(self.sequence(body))
            return part if least else self._optional(part)
        rest = _Part(True, (), ())
        for _ in range(most - least):
            rest = self._optional(self._then(self.sequence(body), rest))
        for _ in range(least):
            rest = self._then(self.sequence(body), rest)
        return rest

    def _optional(self, part: _Part) -> _Part:
        if part.empty:
            raise _AmbiguousError
        return _Part(True, part.first, part.last)

    def _then(self, one: _Part, other: _Part) -> _Part:
        for position in one.last:
            self._follow[position] += other.first
        return _Part(
            one.empty and other.empty,
            one.first + (other.first if one.empty else ()),
            other.last + (one.last if other.empty else ()),
        )


def is_unambiguous(body: Any) -> bool:
    """Return whether an expression, repeated any number of times, can match in one way only.

    Args:
        body: The repeated expression, as parsed by Python.
    """
    positions = _Positions(body.state)
    try:
        positions.check(positions.repeated(positions.sequence(body)))
    except _AmbiguousError:
        return False
    return True
