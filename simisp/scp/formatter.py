"""The formatter: one statement a line, blocks indented, words in their usual case.

It works on tokens, so comments, parentheses and the author's blank lines are kept; the tree says where statements
begin. Formatting is idempotent, and never changes the meaning.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from simisp.diagnostics import Place
from simisp.errors import ScriptError
from simisp.scp.lexer import Token, TokenKind
from simisp.scp.parser import Parsed, parse
from simisp.scp.printer import INDENT
from simisp.scp.syntax import If, Label, Waitfor, While, walk_statements

__all__ = ["format_script"]

_OPENERS = {"proc", "if", "while"}
_CLOSERS = {"endproc", "endif", "endwhile"}
_NO_SPACE_BEFORE = {",", ")", ":"}
_VALUE_KINDS = {TokenKind.INTEGER, TokenKind.STRING, TokenKind.NAME, TokenKind.SYSTEM}
_VALUE_ENDS = {")", "true", "false"}
_LINE_END = re.compile(r"\r\n|\r|\n")


def format_script(text: str, name: str = "<script>") -> str:
    r"""Return a script in the usual layout, with the line end of its first line.

    Args:
        text: The script.
        name: The name that users know it by, usually its path.

    Raises:
        ScriptError: The text has mistakes that keep it from being parsed.

    Example:
        >>> print(format_script('PROC main ;go\nif $success THEN transmit "p^M",RAW endif\nendproc'), end="")
        proc main  ;go
          if $SUCCESS then
            transmit "p^M", raw
          endif
        endproc
    """
    parsed = parse(text, name)
    if parsed.has_errors:
        raise ScriptError(parsed.source, parsed.diagnostics)
    first = _LINE_END.search(text)
    layout = _Layout(parsed)
    layout.run()
    return "".join(line + (first.group() if first else "\n") for line in layout.lines)


class _Item(NamedTuple):
    """A token, or a comment without a token."""

    line: int
    column: int
    last_line: int
    token: Token | None
    text: str

    @property
    def at(self) -> tuple[int, int]:
        """Its position."""
        return self.line, self.column


class _Layout:
    """Lays out one script, line by line."""

    def __init__(self, parsed: Parsed) -> None:
        self.lines: list[str] = []
        self._items = _items(parsed)
        self._starts, self._labels, self._breaks = _places(parsed)
        self._depth = 0
        self._line = ""
        self._previous: Token | None = None
        self._before_previous: Token | None = None

    def run(self) -> None:
        """Lay out everything."""
        last_line = None
        for item in self._items:
            starts = item.token is None or item.at in self._starts
            own_line = last_line is not None and item.line > last_line
            if item.token is None and not own_line and self._line:
                self._line += f"{INDENT}{item.text}"
                self._flush()
            else:
                if starts:
                    self._flush()
                    if last_line is not None and item.line > last_line + 1:
                        self.lines.append("")
                self._put(item, starts)
            last_line = item.last_line
        self._flush()

    def _put(self, item: _Item, starts: bool) -> None:
        """Add a comment on a line by itself, or the next token."""
        token = item.token
        if token is None:
            self.lines.append(INDENT * self._depth + item.text)
            return
        if starts:
            self._depth -= token.key in _CLOSERS
            self._line = INDENT * (self._depth - (item.at in self._labels)) + item.text
        elif not self._line or item.at in self._breaks or self._must_break(token):
            self._flush()
            self._line = INDENT * (self._depth + 2) + item.text
        else:
            self._line += ("" if self._is_tight(token) else " ") + item.text
        if starts:
            self._depth += token.key in _OPENERS
        self._before_previous, self._previous = self._previous, token

    def _flush(self) -> None:
        if self._line:
            self.lines.append(self._line)
            self._line = ""

    def _must_break(self, token: Token) -> bool:
        """Return whether a line break before a token has a meaning: an operand of ``getip`` must be on its line."""
        previous = self._previous
        return previous is not None and previous.key == "getip" and token.line > previous.line

    def _is_tight(self, token: Token) -> bool:
        """Return whether a token follows the previous one without a space."""
        previous, before = self._previous, self._before_previous
        if token.key in _NO_SPACE_BEFORE or previous is None or previous.key == "(":
            return True
        return previous.key in {"-", "!"} and (before is None or not _ends_a_value(before))


def _ends_a_value(token: Token) -> bool:
    return token.kind in _VALUE_KINDS or token.key in _VALUE_ENDS


def _items(parsed: Parsed) -> list[_Item]:
    """Return tokens and comments in the order of the text."""
    tokens = [
        _Item(token.line, token.column, token.last_line, token, _spelling(token))
        for token in parsed.lexed.tokens
        if token.kind is not TokenKind.END
    ]
    comments = [
        _Item(place.line, place.column, place.line, None, comment.rstrip()) for comment, place in parsed.lexed.comments
    ]
    return sorted(tokens + comments, key=lambda item: item.at)


def _spelling(token: Token) -> str:
    match token.kind:
        case TokenKind.STRING:
            return f'"{token.text}"'
        case TokenKind.SYSTEM:
            return token.text.upper()
        case TokenKind.KEYWORD:
            return token.key.upper() if token.key in {"true", "false"} else token.key
        case _:
            return token.text


_Places = set[tuple[int, int]]


def _places(parsed: Parsed) -> tuple[_Places, _Places, _Places]:
    """Return where lines begin, which of them are labels, and where a long ``waitfor`` continues on a new line."""
    starts: list[Place | None] = []
    labels: list[Place | None] = []
    breaks: list[Place | None] = []
    for procedure in parsed.tree.procedures:
        starts += [procedure.place, procedure.end, *(declaration.place for declaration in procedure.declarations)]
        for statement in walk_statements(procedure.body):
            starts.append(statement.place)
            match statement:
                case If() | While():
                    starts.append(statement.end)
                case Label():
                    labels.append(statement.place)
                case Waitfor(alternatives):
                    breaks += [alternative.place for alternative in alternatives[1:]]
    return _at(starts), _at(labels), _at(breaks)


def _at(places: list[Place | None]) -> _Places:
    return {(place.line, place.column) for place in places if place is not None}
