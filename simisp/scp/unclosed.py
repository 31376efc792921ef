"""Open blocks, and where the missing end of one probably belongs.

A missing ``endif`` shows only where something else ends, often at the end of the file. The author's line breaks and
indentation show a person at once where it was meant; the same signs are used here, and only for the hint: they never
change what a script means.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from simisp.scp.lexer import Token
from simisp.scp.syntax import Declaration, Expression, Name, Statement, SystemName, SystemVariable, Waitfor

__all__ = ["Block", "blame", "where_it_ends"]


@dataclass
class Block:
    """A procedure, ``if`` or ``while`` whose statements are being parsed.

    Attributes:
        opening: The token that opened it.
        name: A procedure's name; empty for the statements outside any procedure.
        condition: The condition of an ``if`` or ``while``.
        declarations: A procedure's declarations.
        body: The statements so far.
        last_lines: The line on which each of them ends.
        closing: The token that closed it, if any.
    """

    opening: Token
    name: Name | None = None
    condition: Expression | None = None
    declarations: list[Declaration] = field(default_factory=list)
    body: list[Statement] = field(default_factory=list)
    last_lines: list[int] = field(default_factory=list)
    closing: Token | None = None

    @property
    def word(self) -> str:
        """``proc``, ``if`` or ``while``; empty outside any procedure."""
        if self.name is not None:
            return "proc" if self.name.text else ""
        return self.opening.key

    def add(self, statement: Statement, last_line: int) -> None:
        """Append a statement."""
        self.body.append(statement)
        self.last_lines.append(last_line)


def blame(unclosed: Block, closed: Sequence[Block]) -> Block:
    """Return the block that lacks its end, given that ``unclosed`` is the one left over.

    An end closes the innermost block. If it is in the column of an outer block, it was meant for that one, and the
    inner block lacks its end.

    Args:
        unclosed: The block left without an end.
        closed: The blocks that were closed, in the order of their ends.
    """
    for block in closed:
        inside = (block.opening.line, block.opening.column) > (unclosed.opening.line, unclosed.opening.column)
        if inside and block.word == unclosed.word and block.closing is not None:
            column = block.closing.column
            if column == unclosed.opening.column != block.opening.column:
                return block
    return unclosed


def where_it_ends(block: Block, used_lines: Collection[int]) -> str:
    """Return where the end of ``block`` probably belongs, as a clause: "after line 12, before the 'waitfor' ...".

    Everything after a wait depends on its success, so a test of that extends as far as the indentation allows.
    """
    whole = isinstance(block.condition, SystemVariable) and block.condition.name is SystemName.SUCCESS
    for index in range(1, len(block.body)):
        previous, statement = block.last_lines[index - 1], block.body[index]
        line = statement.place.line
        outdented = statement.place.column <= block.opening.column < block.body[0].place.column
        if whole and not outdented:
            continue
        if isinstance(statement, Waitfor):
            return f"after line {previous}, before the 'waitfor' in line {line}"
        if any(between not in used_lines for between in range(previous + 1, line)):
            return f"after line {previous}, before the blank line"
        if outdented:
            return f"after line {previous}, where the indentation ends"
    last = block.last_lines[-1] if block.last_lines else block.opening.last_line
    return f"after line {last}"
