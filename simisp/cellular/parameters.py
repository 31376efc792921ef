"""The values of an extended command: numbers, and strings in quotes (ITU-T V.250, 5.4.2)."""

from __future__ import annotations

import re

__all__ = ["number_of", "split_values", "string_of"]

_VALUE = re.compile(r'((?:"[^"]*"|[^,"])*)(,|\Z)')


def split_values(text: str) -> list[str]:
    """Return the values of a command as written; an omitted one is empty. A comma within quotes belongs to a string.

    Example:
        >>> split_values('1,"IP","a,b",,0')
        ['1', '"IP"', '"a,b"', '', '0']
        >>> split_values("")
        []
    """
    values, position = [], 0
    while position <= len(text) and (match := _VALUE.match(text, position)) is not None:
        values.append(match[1])
        if not match[2]:
            break
        position = match.end()
    return values if text else []


def string_of(value: str) -> str | None:
    """Return the content of a value in quotes, or None if it is no string.

    Example:
        >>> string_of('"IP"'), string_of("IP")
        ('IP', None)
    """
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else None


def number_of(value: str, low: int, high: int) -> int | None:
    """Return a value as a number from ``low`` to ``high``, or None if it is no such number.

    Example:
        >>> number_of("7", 0, 9), number_of("10", 0, 9), number_of('"7"', 0, 9)
        (7, None, None)
    """
    if not (value.isascii() and value.isdecimal() and len(value) <= 9):
        return None
    number = int(value)
    return number if low <= number <= high else None
