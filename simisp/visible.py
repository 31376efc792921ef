"""Escaping of text for terminals: all text from outside passes through here before a user sees it."""

from __future__ import annotations

__all__ = ["visible", "visible_lines", "writable"]

_SURROGATE_ESCAPES = 0xDC00
"""Python decodes an octet that is not UTF-8 to the character with this number plus the octet (PEP 383)."""


def visible(text: str) -> str:
    r"""Return a text as one line, with each character escaped that a terminal would act on or not show.

    These are controls (ECMA-48, C0 and C1), line ends, characters that change the writing direction (Unicode category
    Cf), and octets of a file name that are not UTF-8 (PEP 383).

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
    r"""Escape a text of several lines in the same way, but keep LF and TAB.

    Example:
        >>> visible_lines("a\x1b[2J\n\tb")
        'a\\x1b[2J\n\tb'
    """
    return "\n".join("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))


def writable(text: str) -> str:
    r"""Return a text that can be written as UTF-8: other octets (PEP 383) are shown as :func:`visible` shows them.

    Example:
        >>> print(writable("bad\udcff \u00fc"))
        bad\xff ü
    """
    return "".join(visible(c) if "\ud800" <= c <= "\udfff" else c for c in text)
