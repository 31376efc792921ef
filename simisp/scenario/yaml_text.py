r"""Writes YAML in the style of a person: decides which texts are plain, which are quoted, and which are blocks.

A text is plain only if no parser of YAML, 1.1 or 1.2, can take it for anything else: our own reader keeps every scalar
as a text, but an editor does not. Characters that YAML does not allow (5.1, c-printable), that a terminal would act on,
or that an editor removes, such as trailing blanks, are escaped in double quotes (5.7).

See Also:
    YAML 1.2.2, 7.3 (flow scalars), 8.1 (block scalars), 8.2.2 (explicit keys); YAML 1.1's bool, float and timestamp.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

__all__ = ["Items", "Map", "Node", "Style", "YamlScalar", "quoted", "write"]

_WIDEST = 120  # columns of a list or a mapping on one line
_LONGEST_KEY = 1000  # characters; YAML requires a key's colon within 1024 of its beginning
_STEP = 2  # columns of each level

_MEANS_SOMETHING = re.compile(
    # YAML 1.1's bool and null, in any case, and its merge key and default value
    r"(?:y|n|yes|no|on|off|true|false|null|~|<<|=)"
    # numbers in any base, sexagesimal ones, dates and times
    r"|[0-9][0-9a-fox_.:+\-tz ]*",
    re.IGNORECASE,
)
_ESCAPES = {
    '"': r"\"", "\\": r"\\", "\0": r"\0", "\a": r"\a", "\b": r"\b", "\t": r"\t", "\n": r"\n", "\v": r"\v", "\f": r"\f",
    "\r": r"\r", "\x1b": r"\e",
}  # fmt: skip


class Style(Enum):
    """The way in which a text is written."""

    WORD = auto()
    """Plain: a word of the language, or a number."""
    NAME = auto()
    """Plain if YAML can take it for nothing else, quoted otherwise."""
    QUOTED = auto()
    """Always quoted."""
    SENT = auto()
    """Quoted; several lines are a block."""
    PROSE = auto()
    """As a name; several lines are a block."""


@dataclass(frozen=True, slots=True)
class YamlScalar:
    """A text and the way in which it is written."""

    text: str
    style: Style = Style.NAME


@dataclass(frozen=True, slots=True)
class Items:
    """A list; with ``on_one_line`` it is in brackets if it fits."""

    items: tuple[Node, ...]
    on_one_line: bool = False


@dataclass(frozen=True, slots=True)
class Map:
    """A mapping; with ``on_one_line`` it is in braces if it fits."""

    entries: tuple[tuple[YamlScalar, Node], ...]
    on_one_line: bool = False


Node = YamlScalar | Items | Map | None
"""A value; None if nothing is written."""


def write(root: Map) -> str:
    r"""Write a document whose outermost value is a mapping; it ends with a line end.

    Example:
        >>> sent = YamlScalar("Service?", Style.SENT)
        >>> prompt = Map(((YamlScalar("prompt"), sent), (YamlScalar("expect"), YamlScalar("no"))))
        >>> print(write(Map(((YamlScalar("dialogue"), Items((prompt, YamlScalar("silence")))),))), end="")
        dialogue:
          - prompt: "Service?"
            expect: "no"
          - silence
    """
    return "".join(f"{line}\n" for line in _lines(root, 0))


def _lines(node: Items | Map, indent: int) -> Iterator[str]:
    """Yield the lines of a list or a mapping, with each value on its own lines."""
    blanks = " " * indent
    if isinstance(node, Map):
        for key, value in node.entries:
            head = _inline(key, flow=False)
            if len(head) > _LONGEST_KEY:
                yield f"{blanks}? {head}"
                head = ""
            yield from _entry(f"{blanks}{head}:", value, indent)
        return
    for item in node.items:
        if isinstance(item, Map) and item.entries and _flow(item, indent + _STEP) is None:
            first, *rest = _lines(item, indent + _STEP)
            yield f"{blanks}- {first[indent + _STEP :]}"
            yield from rest
        else:
            yield from _entry(f"{blanks}-", item, indent)


def _entry(head: str, value: Node, indent: int) -> Iterator[str]:
    """Yield the lines of a value after its key or dash."""
    if value is None:
        yield head
    elif isinstance(value, YamlScalar):
        block = _block(value)
        if block is None:
            yield f"{head} {_inline(value, flow=False)}"
        else:
            indicator, lines = block
            yield f"{head} {indicator}"
            yield from (" " * (indent + _STEP) + line if line else "" for line in lines)
    elif (flow := _flow(value, len(head) + 1)) is not None:
        yield f"{head} {flow}"
    else:
        yield head
        yield from _lines(value, indent + _STEP)


def _flow(node: Items | Map, column: int) -> str | None:
    """Return a list or a mapping on one line, or None if it should not be on one line or does not fit."""
    is_empty = not (node.entries if isinstance(node, Map) else node.items)
    if not is_empty and not node.on_one_line:
        return None
    text = _in_brackets(node)
    return text if text is not None and (is_empty or column + len(text) <= _WIDEST) else None


def _in_brackets(node: Items | Map) -> str | None:
    """Return a list or a mapping in brackets, or None if a value in it is not allowed there."""
    values = [value for _, value in node.entries] if isinstance(node, Map) else node.items
    texts: list[str] = []
    for value in values:
        if value is None or (isinstance(value, Items | Map) and not value.on_one_line):
            return None
        text = _inline(value, flow=True) if isinstance(value, YamlScalar) else _in_brackets(value)
        if text is None:
            return None
        texts.append(text)
    if isinstance(node, Items):
        return f"[{', '.join(texts)}]"
    keys = [_inline(key, flow=True) for key, _ in node.entries]
    return f"{{{', '.join(f'{key}: {text}' for key, text in zip(keys, texts, strict=True))}}}"


def _block(scalar: YamlScalar) -> tuple[str, list[str]] | None:
    """Return a block's indicator and lines, or None if the text is not one of lines, or a block would change it."""
    text = scalar.text
    body = text.removesuffix("\n")
    is_block = "\n" in body or ("\n" in text and scalar.style is Style.PROSE)
    if scalar.style not in (Style.SENT, Style.PROSE) or not is_block:
        return None
    lines = body.split("\n")
    # The first line determines the block's indentation, and the last line must not be empty.
    if not lines[0] or lines[0][0] == " " or not lines[-1]:
        return None
    if any(not line.isprintable() or line.endswith(" ") for line in lines):
        return None
    return "|" if text.endswith("\n") else "|-", lines


def _inline(scalar: YamlScalar, *, flow: bool) -> str:
    """Return a text on one line, inside brackets or outside."""
    if scalar.style is Style.WORD:
        return scalar.text
    if scalar.style in (Style.NAME, Style.PROSE) and _is_plain(scalar.text, flow=flow):
        return scalar.text
    return quoted(scalar.text)


def quoted(text: str) -> str:
    r"""Return a text in double quotes, on one line.

    Example:
        >>> print(quoted("Ready\r\x07"))
        "Ready\r\a"
    """
    return f'"{"".join(map(_escaped, text))}"'


def _is_plain(text: str, *, flow: bool) -> bool:
    """Return whether a text without quotes is read as itself, both as a value and as a key."""
    if not text[:1].isalnum() or text.endswith((" ", ":")) or not text.isprintable():
        return False
    if ": " in text or " #" in text or (flow and any(character in ",[]{}:" for character in text)):
        return False
    return _MEANS_SOMETHING.fullmatch(text) is None


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    number = ord(character)
    return f"\\x{number:02x}" if number <= 0xFF else f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
