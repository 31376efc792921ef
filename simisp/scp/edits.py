"""The layout of a script's text: where its statements are, and edits around them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from simisp.diagnostics import Place
from simisp.lint.edits import Edit, applied
from simisp.scp.lexer import Token, TokenKind
from simisp.scp.parser import Parsed
from simisp.scp.syntax import If, Procedure, Statement, While, walk_statements

__all__ = ["Edit", "Layout", "applied"]

_LINE_END = re.compile(r"\r\n|\r|\n")


class Layout:
    """The positions of a script's statements in its text, for inserting lines around them.

    Args:
        parsed: A script without mistakes, or one that only lacks its last lines.
    """

    def __init__(self, parsed: Parsed) -> None:
        self.text = parsed.source.text
        self._tokens: Sequence[Token] = parsed.lexed.tokens
        self._places = [(token.line, token.column) for token in self._tokens]
        ends = list(_LINE_END.finditer(self.text))
        self._line_starts = [0, *(match.end() for match in ends)]
        self._line_ends = [*(match.start() for match in ends), len(self.text)]
        self._newline = ends[0].group() if ends else "\n"
        self._starts = sorted(_starts(parsed.tree.procedures))

    def offset(self, place: Place) -> int:
        """Return the offset of a place, in characters from the start of the text."""
        return self._line_starts[place.line - 1] + place.column - 1

    def end_of(self, statement: Statement) -> int:
        """Return the offset of the end of a statement, including the end of a block."""
        return self._token_end(self._last_token(statement))

    def append(self, statement: Statement, text: str) -> Edit:
        """Return the edit that appends words to a statement."""
        return self._insertion(self.end_of(statement), text)

    def replace(self, statement: Statement, lines: Sequence[str]) -> Edit:
        """Return the edit that replaces a statement by other statements."""
        separator = self._newline + self.indent(statement.place) if self._is_first(statement.place) else " "
        return Edit(self.offset(statement.place), self.end_of(statement), separator.join(lines))

    def after(self, statement: Statement, lines: Sequence[str], *, shared: bool = False) -> Edit:
        """Return the edit that inserts statements after one, on separate lines if the author's layout has it so."""
        last = self._last_token(statement)
        if self._is_followed(last):
            return self._insertion(self._token_end(last), "".join(f" {line.strip()}" for line in lines), shared=shared)
        indent = self.indent(statement.place)
        text = "".join(f"{self._newline}{indent}{line}" for line in lines)
        return self._insertion(self._line_ends[self._tokens[last].last_line - 1], text, shared=shared)

    def before(self, place: Place, lines: Sequence[str], *, like: Place | None = None, shared: bool = False) -> Edit:
        """Return the edit that inserts statements before ``place``.

        Args:
            place: The place of a statement or of the end of a block.
            lines: The statements.
            like: A place on a line whose indentation to use; by default that of ``place``.
            shared: See :class:`Edit`.
        """
        if not self._is_first(place):
            return self._insertion(self.offset(place), "".join(f"{line} " for line in lines), shared=shared)
        indent = self.indent(like or place)
        text = "".join(f"{indent}{line}{self._newline}" for line in lines)
        return self._insertion(self._line_starts[place.line - 1], text, shared=shared)

    def without_line(self, place: Place) -> Edit | None:
        """Return the edit that deletes the line of a token that is alone on it; None if it is not alone."""
        start, end = self._line_starts[place.line - 1], self._line_ends[place.line - 1]
        if self.text[start:end].strip() != self.written(place) or place.line == len(self._line_starts):
            return None
        return Edit(start, self._line_starts[place.line], "")

    def end_line(self, place: Place, text: str) -> Edit:
        """Return the edit that appends a comment to the line of a place."""
        return self._insertion(self._line_ends[place.line - 1], text, shared=True)

    def at_end(self, lines: Iterable[tuple[Place, str]]) -> Edit:
        """Return the edit that appends lines to the text, each indented like the line of its place."""
        body = self.text.rstrip("\x1a")
        position = len(body.rstrip()) if body.strip() else 0
        text = "".join(f"{self._newline}{self.indent(place)}{line}" for place, line in lines)
        return self._insertion(position, text if body[position:] else text + self._newline)

    def indent(self, place: Place) -> str:
        """Return the white space that begins the line of a place."""
        line = self.text[self._line_starts[place.line - 1] : self._line_ends[place.line - 1]]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def written(self, place: Place) -> str:
        """Return the token at a place, as written."""
        index = bisect_left(self._places, (place.line, place.column))
        return self.text[self.offset(place) : self._token_end(index)]

    def _insertion(self, offset: int, text: str, *, shared: bool = False) -> Edit:
        return Edit(offset, offset, text, shared)

    def _last_token(self, statement: Statement) -> int:
        """Return the index of a statement's last token."""
        if isinstance(statement, If | While) and statement.end is not None:
            return bisect_left(self._places, (statement.end.line, statement.end.column))
        own = (statement.place.line, statement.place.column)
        following = bisect_right(self._starts, own)
        if following == len(self._starts):
            return len(self._tokens) - 2  # before the END token
        return bisect_left(self._places, self._starts[following]) - 1

    def _token_end(self, index: int) -> int:
        token = self._tokens[index]
        quotes = 2 if token.kind is TokenKind.STRING else 0
        return self.offset(token.place) + len(token.text) + quotes

    def _is_first(self, place: Place) -> bool:
        """Return whether only white space precedes a place on its line."""
        return len(self.indent(place)) == place.column - 1

    def _is_followed(self, index: int) -> bool:
        """Return whether another token follows on the line on which one ends."""
        following = self._tokens[index + 1]
        return following.kind is not TokenKind.END and following.line == self._tokens[index].last_line


def _starts(procedures: Iterable[Procedure]) -> Iterable[tuple[int, int]]:
    """Yield the beginnings of statements, declarations, procedures and ends of blocks."""
    for procedure in procedures:
        places: list[Place | None] = [procedure.place, procedure.end]
        places += [declaration.place for declaration in procedure.declarations]
        for statement in walk_statements(procedure.body):
            places += [statement.place, statement.end if isinstance(statement, If | While) else None]
        yield from ((place.line, place.column) for place in places if place is not None)
