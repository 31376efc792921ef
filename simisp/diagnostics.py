"""Places in a text, and what is wrong there, in the one form that all our checkers report.

A diagnostic names the file, line and column, shows the line with a caret, says what was expected, and offers the
nearest known word. Scenarios, scripts and phone books all use this one form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import total_ordering

from simisp.visible import visible, visible_lines

__all__ = [
    "STANDARD_INPUT",
    "WHOLE_FILE",
    "Diagnostic",
    "Place",
    "Severity",
    "SourceText",
    "in_order",
    "nearest",
    "places_of_words",
    "render",
    "render_all",
]

STANDARD_INPUT = "<stdin>"
"""What a text is called if it comes from standard input."""
_LONGEST_LINE_SHOWN = 160
_BESIDE_A_LINE = 9
"""Columns for a line's number before it, and for the edge of the terminal behind it, which stays free."""
_LONGEST_COMPARED = 100

_ACCOUNTS = re.compile(r"^([ \t]*)accounts:[ \t]*(?:#[^\n]*)?\n((?:\1[ \t]+[^\n]*(?:\n|\Z)|[ \t]*\n)+)", re.MULTILINE)
_PASSWORDS = (
    # a key of that name in YAML or an INI file, also misspelt
    re.compile(
        r"(?:^|[{,-])[ \t]*[\"']?\w{0,99}(?:p[as]{2,4}w|passphrase|pwd)\w{0,99}[\"']?[ \t]*[:=][ \t]*"
        r"(?P<word>[^\s,}][^\n,}]*)",
        re.IGNORECASE | re.MULTILINE,
    ),
    # as a variable of that name in a script
    re.compile(r"(?:pass|pwd|secret|kennwort)\w{0,99}[ \t]*=[ \t]*\"(?P<word>[^\"\n]*)", re.IGNORECASE),
    # the answer to a prompt for it, also where 'transmit' is misspelt
    re.compile(
        r"\bwaitfor\b[^\n]{0,99}(?:asswor[dt]|passwd|passphrase|wor[dt]:?\")[^\n]{0,99}\n"
        r"(?:(?![ \t]*(?:waitfor|t\w{4,9})\b)[^\n]*\n)*[ \t]*t\w{4,9}[ \t]+\"(?P<word>[^\"\n]*)",
        re.IGNORECASE,
    ),
)
_SHORTEST_ELSEWHERE = 5
"""Characters; a shorter password is not looked for in other lines, where it may be any word."""
_PROMPT_ENDS = ":?> "
"""What the last character of a prompt is, which may stand under a key such as ``password``, and is no password."""
_FLOW_ACCOUNTS = re.compile(r"\baccounts:[ \t]*\{([^}\n]*)")
_ACCOUNT = re.compile(r":[ \t]+([^\n]*)")
_FLOW_ACCOUNT = re.compile(r":[ \t]*([^\n,}]*)")


class Severity(Enum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@total_ordering
@dataclass(frozen=True, slots=True)
class Place:
    """A position in a text. Places sort by the name of their text, then line, then column.

    Attributes:
        line: The line, counted from 1.
        column: The column, counted from 1.
        length: How many characters it covers.
        source: The text. None where the reader of a language with a single text does not know its name; the renderer
            is then given that text.
    """

    line: int
    column: int
    length: int = 1
    source: SourceText | None = field(default=None, repr=False)

    @property
    def file(self) -> str:
        """The name of the text; empty if unknown."""
        return self.source.name if self.source is not None else ""

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Place):
            return NotImplemented
        return (self.file, self.line, self.column, self.length) < (other.file, other.line, other.column, other.length)


WHOLE_FILE = Place(0, 0)
"""The place of a finding about a whole file, such as that it does not exist: it has no line and no column."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    Attributes:
        place: Where it is, including the text.
        message: What is wrong and what was expected, as one sentence without a full stop.
        hint: What the author probably meant, or what to do. May be empty.
        code: The stable code of the rule that found it, such as ``"SCP101"``; empty for a plain error.
        severity: How bad it is.
    """

    place: Place
    message: str
    hint: str = ""
    code: str = ""
    severity: Severity = Severity.ERROR

    def within(self, source: SourceText) -> Diagnostic:
        """Return the same finding, placed in ``source`` unless its place already names a text."""
        return self if self.place.source is not None else replace(self, place=replace(self.place, source=source))


class SourceText:
    """A text and its name, for showing lines of it. Passwords in it are shown masked.

    Two texts are equal if their names and contents are equal.

    Args:
        name: The name that users know the text by, usually the path as given.
        text: The whole text. LF, CRLF and a lone CR all end a line.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._lines: Sequence[str] | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SourceText):
            return NotImplemented
        return self.name == other.name and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"SourceText({self.name!r})"  # the content may be long and may hold secrets

    def line(self, number: int) -> str:
        """Return line ``number``, counted from 1, without its line ending; empty past the last line."""
        if self._lines is None:
            self._lines = _without_passwords(self.text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
        return self._lines[number - 1] if 1 <= number <= len(self._lines) else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that ``word`` was probably meant to be, or None if no known word is near.

    Example:
        >>> nearest("promt", ["prompt", "pause"])
        'prompt'
        >>> nearest("zebra", ["prompt", "pause"]) is None
        True
    """
    import difflib  # only when a mistake was found: importing it costs time at every start

    if len(word) > _LONGEST_COMPARED:  # the comparison is quadratic in the length
        return None
    folded = {candidate.casefold(): candidate for candidate in known if len(candidate) <= _LONGEST_COMPARED}
    matches = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None


def in_order(diagnostics: Iterable[Diagnostic], source: SourceText) -> list[Diagnostic]:
    """Return diagnostics in the order in which they are reported: those in ``source`` first, then those in other texts.

    Duplicates are reported once.
    """
    once = dict.fromkeys(diagnostic.within(source) for diagnostic in diagnostics)
    return sorted(once, key=lambda diagnostic: (diagnostic.place.file != source.name, diagnostic.place))


def render(diagnostic: Diagnostic, source: SourceText, *, columns: int | None = None) -> str:
    r"""Return a diagnostic as text: place and message, the line with a caret under the fault, the hint.

    Args:
        diagnostic: What was found.
        source: The text to use if the diagnostic's place names no text.
        columns: The terminal's width, to which shown lines are truncated; None for 160 characters.

    Example:
        >>> print(render(Diagnostic(Place(2, 3, 5), "unknown key 'promt'", "did you mean 'prompt'?"),
        ...              SourceText("a.yaml", "isp:\n  promt: x")))
        a.yaml:2:3: error: unknown key 'promt'
            2 |   promt: x
              |   ^^^^^
              = did you mean 'prompt'?
    """
    place = diagnostic.place
    source = place.source or source
    code = f"[{diagnostic.code}] " if diagnostic.code else ""
    where = f"{source.name}:{place.line}:{place.column}" if place.line else source.name
    lines = [visible(f"{where}: {diagnostic.severity.value}: {code}{diagnostic.message}")]
    shown, column = _window(_one_for_one(source.line(place.line)), place.column, _room(columns))
    if shown.strip():
        width = max(1, min(place.length, len(shown) - column + 1))
        lines.append(f"{place.line:5} | {shown}")
        lines.append(f"      | {' ' * (column - 1)}{'^' * width}")
    if diagnostic.hint:
        lines.append(f"      = {visible_lines(diagnostic.hint)}")
    return "\n".join(lines)


def render_all(diagnostics: Iterable[Diagnostic], source: SourceText, *, columns: int | None = None) -> str:
    """Return all diagnostics as text, those in ``source`` first, each text's in order of place; see :func:`render`."""
    return "\n".join(render(diagnostic, source, columns=columns) for diagnostic in in_order(diagnostics, source))


def _without_passwords(text: str) -> str:
    """Mask everything in a text that looks like a password, even where the text cannot be parsed.

    The same word is masked wherever else it stands. The text keeps its length, so places in it stay what they are.
    """
    shown = list(text)
    spans = [match.span("word") for pattern in _PASSWORDS for match in pattern.finditer(text)]
    for block in _ACCOUNTS.finditer(text):
        spans += [match.span(1) for match in _ACCOUNT.finditer(text, *block.span(2))]
    for block in _FLOW_ACCOUNTS.finditer(text):
        spans += [match.span(1) for match in _FLOW_ACCOUNT.finditer(text, *block.span(1))]
    spans += places_of_words(text, {text[start:end].strip("\"' \t") for start, end in spans})
    for start, end in spans:
        shown[start:end] = (c if c.isspace() or c in "\"'[]{},#" else "*" for c in text[start:end])
    return "".join(shown)


def places_of_words(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Return where any of these passwords stands by itself in a text: each place's start and end.

    Left out are words that are too short to be distinguished from others, and those that end as a prompt does.
    """
    sought = [re.escape(word) for word in words if len(word) >= _SHORTEST_ELSEWHERE and word[-1] not in _PROMPT_ENDS]
    if not sought:
        return []
    return [match.span() for match in re.finditer(rf"(?<!\w)(?:{'|'.join(sought)})(?!\w)", text)]


def _one_for_one(line: str) -> str:
    """Replace each character that a terminal would act on by one visible character."""
    return "".join(character if character.isprintable() else " " if character == "\t" else "·" for character in line)


def _room(columns: int | None) -> int:
    """Return how many characters of a line are shown."""
    return _LONGEST_LINE_SHOWN if columns is None else max(1, min(_LONGEST_LINE_SHOWN, columns - _BESIDE_A_LINE))


def _window(line: str, column: int, room: int) -> tuple[str, int]:
    """Return the part of a long line around ``column``, and the column's position within that part."""
    if len(line) <= room:
        return line, max(1, min(column, len(line) + 1))
    start = max(0, min(column - room // 2, len(line) - room))
    return line[start : start + room], max(1, min(column - start, room))
