"""The strings of a ``waitfor`` as they are sought on the line."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from simisp.scp.environment import SecretText
from simisp.scp.matcher import SoughtString, StringSet
from simisp.scp.text import encode, interpret

__all__ = ["sought_strings"]

_CACHED_CHARACTERS = 1024


def sought_strings(texts: Sequence[str], matchcase: Sequence[bool], *, tags_in_any_case: bool) -> StringSet:
    """Return the automaton for the strings of a ``waitfor``.

    A script waits for the same strings in each run, so automata for a few short strings are cached, except those that
    contain a password.

    Args:
        texts: The strings, with their sequences not yet interpreted.
        matchcase: For each, whether case matters.
        tags_in_any_case: See :attr:`~simisp.scp.options.Options.tags_in_any_case`.
    """
    if sum(map(len, texts)) <= _CACHED_CHARACTERS and SecretText not in map(type, texts):
        return _cached(tuple(texts), tuple(matchcase), tags_in_any_case)
    return _automaton(tuple(texts), tuple(matchcase), tags_in_any_case)


def _automaton(texts: tuple[str, ...], matchcase: tuple[bool, ...], tags_in_any_case: bool) -> StringSet:
    return StringSet(
        tuple(
            SoughtString(encode(interpret(text, tags_in_any_case=tags_in_any_case)), minds_case)
            for text, minds_case in zip(texts, matchcase, strict=True)
        )
    )


_cached = lru_cache(maxsize=128)(_automaton)
