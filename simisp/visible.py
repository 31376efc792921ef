"""Text on which no terminal acts: the one function that everything passes on its way to somebody who reads it."""

from __future__ import annotations

__all__ = ["visible", "visible_lines"]

_SURROGATE_ESCAPES = 0xDC00
"""What is added to an octet that is not UTF-8, to make a character of it."""


def visible(text: str) -> str:
    r"""Return a text as one line, with an escape for each character that a terminal would act on or not show.

    Controls (ECMA-48, C0 and C1), line ends, and characters that change the direction of others (Unicode, category
    Cf) are among them, and octets of a file's name that are not UTF-8 (PEP 383).

    Example:
        >>> print(visible("chat\x1b[2J\x9b\n"))
        chat\x1b[2J\x9b\n
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def _escape(character: str) -> str:
    if "\udc80" <= character <= "\udcff":
        return f"\\x{ord(character) - _SURROGATE_ESCAPES:02x}"
    return character.encode("unicode_escape").decode("ascii")


def visible_lines(text: str) -> str:
    r"""Return a text of several lines in the same way; LF and TAB stay what they are.

    Example:
        >>> visible_lines("a\x1b[2J\n\tb")
        'a\\x1b[2J\n\tb'
    """
    return "\n".join("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))
