"""How explanations word texts, times and counts."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["how_long", "joined", "ordinal", "quoted", "shown"]

_ESCAPES = {"\n": r"\n", "\r": r"\r", "\t": r"\t", "\\": r"\\", '"': r"\""}


def quoted(text: str, longest: int = 200) -> str:
    r"""Return a text in quotes, with control characters escaped; truncated if it is long.

    Example:
        >>> print(quoted("Bell\x07 and\n"))
        "Bell\x07 and\n"
    """
    cut = text[:longest]
    inner = "".join(_ESCAPES.get(c) or (c if c.isprintable() else f"\\x{ord(c):02x}") for c in cut)
    return f'"{inner}{"…" if len(text) > longest else ""}"'


def shown(text: str) -> str:
    """Return a text of several lines without any character that a terminal would act on."""
    return "\n".join("".join(c for c in line if c.isprintable()).rstrip() for line in text.strip().splitlines())


def how_long(seconds: float) -> str:
    """Return a duration in words.

    Example:
        >>> how_long(0.25), how_long(90.0), how_long(1.5), how_long(7200.0)
        ('250 ms', '90 s', '1.5 s', '120 min')
    """
    if seconds < 1:
        return f"{round(seconds * 1000, 3):g} ms"
    if seconds > 120 and seconds % 60 == 0:
        return f"{seconds / 60:.0f} min"
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + " s"


def joined(words: Iterable[str], last: str = "and") -> str:
    """Return words as an enumeration.

    Example:
        >>> joined(["a", "b", "c"])
        'a, b and c'
    """
    *first, end = words
    return f"{', '.join(first)} {last} {end}" if first else end


def ordinal(number: int) -> str:
    """Return the ordinal of a number, counted from 1.

    Example:
        >>> ordinal(1), ordinal(22)
        ('first', '22nd')
    """
    small = ("first", "second", "third")
    if number <= len(small):
        return small[number - 1]
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number}{ending}"
