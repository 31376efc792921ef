"""A command as a test gives it: a list of words, some of which may be paths."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Sequence
from os import PathLike

__all__ = ["words_of"]


def words_of(command: Sequence[str | PathLike[str]]) -> list[str]:
    """Return the words of a command.

    Raises:
        TypeError: It is a text, whose letters would be the words, or no list, or a word is neither text nor path.
        ValueError: There is no word in it.

    Example:
        >>> words_of(["python3", "dialler.py", "{port}"])
        ['python3', 'dialler.py', '{port}']
    """
    if isinstance(command, str | bytes):
        text = os.fsdecode(command)
        raise TypeError(f"a command is a list of words, not a text: {_split(text)!r} (there is no shell)")
    if not isinstance(command, Iterable):
        raise TypeError(f"a command is a list of words, not {command!r}")
    words = [_word(each) for each in command]
    if not words:
        raise ValueError("a command has at least one word, the program")
    return words


def _word(given: object) -> str:
    word = os.fspath(given) if isinstance(given, PathLike) else given
    if not isinstance(word, str):
        raise TypeError(f"a word of a command is a text or a path, not {given!r}")
    return word


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # a quotation mark is not closed
        return text.split()
