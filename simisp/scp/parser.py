"""The parser: text in, tree and diagnostics out. It never raises, and reports every mistake in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from simisp.diagnostics import Diagnostic, Place, Severity, SourceText
from simisp.scp.faults import Fault, Findings
from simisp.scp.lexer import Lexed, Token, TokenKind, tokenize
from simisp.scp.statement_parser import StatementParser
from simisp.scp.syntax import Expression, If, Missing, Name, Procedure, Script, Statement, While
from simisp.scp.text import decode
from simisp.scp.token_stream import STATEMENT_WORDS, TYPE_WORDS, TokenStream, described
from simisp.scp.unclosed import Block, blame, where_it_ends

__all__ = ["MAX_NESTING", "MAX_SIZE", "Parsed", "parse"]

MAX_SIZE = 2**20
"""The largest script that is parsed, in characters or octets. Real ones have a few thousand."""

MAX_NESTING = 50
"""How deep blocks may nest."""

_CLOSERS = {"endproc": "proc", "endif": "if", "endwhile": "while"}
_MISSING = {"proc": Fault.MISSING_ENDPROC, "if": Fault.MISSING_ENDIF, "while": Fault.MISSING_ENDWHILE}

_HINTS = {
    "else": "the language has no 'else': close the block and write a second 'if' with the opposite condition",
    "elseif": "the language has no 'elseif': close the block and write a second 'if'",
    "break": "leave a loop with 'goto' to a label after 'endwhile'",
    "continue": "continue with 'goto' to a label at the end of the loop",
    "call": "the language has no calls: only 'proc main' runs",
    "return": "the script ends at the end of 'proc main': 'goto' a label there",
    "exit": "the script ends at the end of 'proc main': 'goto' a label there",
    "include": "the language has no 'include': a script is one file",
    "send": "did you mean 'transmit'?",
    "sleep": "did you mean 'delay'?",
    "end": "blocks end with 'endif' or 'endwhile', procedures with 'endproc'",
    "var": "did you mean 'integer', 'string' or 'boolean'?",
    "dim": "did you mean 'integer', 'string' or 'boolean'?",
}
"""The hints for words of other languages."""

_SURELY_MEANT = 0.8
"""How similar an unknown word must be to a command to be parsed as that command after it is reported."""


@dataclass(frozen=True)
class Parsed:
    """The result of parsing a text.

    Attributes:
        tree: The script; where something could not be parsed, statements or values are missing.
        diagnostics: Every mistake, in the order of the text.
        source: The text and its name.
        lexed: Its tokens and comments, for tools that keep the author's spelling.
        complete: Whether the whole text was parsed; False after too many mistakes or if the text exceeds all limits.
    """

    tree: Script
    diagnostics: tuple[Diagnostic, ...]
    source: SourceText
    lexed: Lexed
    complete: bool

    @property
    def has_errors(self) -> bool:
        """Whether the script has mistakes that keep it from running."""
        return any(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)


def parse(text: str | bytes, name: str = "<script>") -> Parsed:
    r"""Parse a script.

    Args:
        text: The script, as text or as the octets of its file.
        name: The name that users know it by, usually its path.

    Returns:
        The tree and all mistakes. No text makes this raise.

    Example:
        >>> parsed = parse('proc main\n  waitfor "ogin:" until 30\nendproc')
        >>> parsed.diagnostics
        ()
        >>> parse('proc main\n  wiatfor "ogin:"\nendproc').diagnostics[0].hint
        "did you mean 'waitfor'?"
    """
    findings = Findings()
    if len(text) > MAX_SIZE:
        unit = "characters" if isinstance(text, str) else "octets"
        message = f"{len(text)} {unit} are too many for a script; the limit is {MAX_SIZE}"
        findings.stop(Fault.TOO_LARGE, Place(1, 1), message, "is this the right file?")
        text = ""
    decoded = text if isinstance(text, str) else decode(text)
    lexed = tokenize(decoded, findings)
    tree = _Parser(lexed, findings).script()
    return Parsed(tree, findings.diagnostics(), SourceText(name, decoded), lexed, not findings.full)


class _Parser:
    """Parses the blocks of a script with an explicit stack, so that no nesting exhausts Python's."""

    def __init__(self, lexed: Lexed, findings: Findings) -> None:
        self._stream = TokenStream(lexed.tokens, findings)
        self._statements = StatementParser(self._stream)
        self._findings = findings
        self._open: list[Block] = []
        self._closed: list[Block] = []
        self._procedures: list[Procedure] = []
        self._used_lines = {token.line for token in lexed.tokens} | {place.line for _, place in lexed.comments}

    def script(self) -> Script:
        while not self._stream.at_end:
            self._step()
        self._close_procedure(None)
        return Script(tuple(self._procedures), place=Place(1, 1))

    def _step(self) -> None:
        """Parse one statement, or the beginning or end of a block."""
        token = self._stream.next
        if token.key == "proc":
            self._open_procedure()
        elif token.key in _CLOSERS:
            self._stream.take()
            self._close(token)
        else:
            self._statement(self._innermost(), token, self._stream.after_next.key)

    def _statement(self, block: Block, token: Token, following: str) -> None:
        """Parse one statement into ``block``."""
        statement: Statement | None = None
        named = token.kind in {TokenKind.NAME, TokenKind.KEYWORD}
        if named and following == ":":
            statement = self._statements.label()
        elif (named or token.kind is TokenKind.SYSTEM) and following == "=":
            statement = self._statements.assignment()
        elif token.key in {"if", "while"}:
            self._open_block()
        elif token.key in TYPE_WORDS:
            self._declare()
        elif token.key in STATEMENT_WORDS:
            statement = self._statements.command()
        elif token.kind is TokenKind.NAME:
            self._unknown_command()
        else:
            self._findings.add(Fault.UNEXPECTED, token.place, f"expected a command, not {described(token)}")
            self._stream.take()
            self._stream.skip_statement()
        if statement is not None:
            block.add(statement, self._stream.previous.last_line)

    def _unknown_command(self) -> None:
        """Report a word that is not a command; if a command was clearly meant, continue as if it were there."""
        token = self._stream.next
        near = max(STATEMENT_WORDS, key=lambda word: (_likeness(token.key, word), word))
        hint = _HINTS.get(token.key)
        if hint is None:
            hint = f"did you mean '{near}'?" if _likeness(token.key, near) >= 0.6 else ""
        self._findings.add(Fault.UNKNOWN_COMMAND, token.place, f"'{token.text[:32]}' is not a command", hint)
        if token.key not in _HINTS and _likeness(token.key, near) >= _SURELY_MEANT:
            self._stream.replace_next(token._replace(kind=TokenKind.KEYWORD, text=near, key=near))
        else:
            self._stream.take()
            self._stream.skip_statement()

    def _innermost(self) -> Block:
        """Return the block that the next statement belongs to; outside a procedure, open one without a name."""
        if not self._open:
            token = self._stream.next
            message = "this is outside a procedure"
            hint = "statements and declarations belong between 'proc main' and 'endproc'"
            self._findings.add(Fault.OUTSIDE_PROCEDURE, token.place, message, hint)
            self._open.append(Block(token, name=Name("", place=token.place)))
        return self._open[-1]

    def _declare(self) -> None:
        procedure = self._open[0]
        token = self._stream.next
        if len(self._open) > 1 or procedure.body:
            message = "declarations belong before the first command of their procedure"
            self._findings.add(Fault.LATE_DECLARATION, token.place, message, "move it up, and assign the value here")
        declaration = self._statements.declaration()
        if declaration is not None:
            procedure.declarations.append(declaration)

    def _open_procedure(self) -> None:
        token = self._stream.next
        self._close_procedure(None)
        self._stream.take()
        name = self._stream.expect_name("procedure") or Name("main", place=token.place)
        self._open.append(Block(token, name=name))

    def _open_block(self) -> None:
        token = self._stream.take()
        if len(self._open) > MAX_NESTING:
            self._findings.stop(Fault.TOO_DEEP, token.place, f"blocks nest more than {MAX_NESTING} deep")
            return
        condition = self._statements.condition("then" if token.key == "if" else "do")
        self._open.append(Block(token, condition=condition))

    def _close(self, closing: Token) -> None:
        """Close the block that an end belongs to, and the unclosed blocks inside."""
        word = _CLOSERS[closing.key]
        if word == "proc" and self._open:
            self._close_procedure(closing)
            return
        if not any(block.word == word for block in self._open):
            message = f"'{closing.text}' has no '{word}' to close"
            self._findings.add(Fault.STRAY_END, closing.place, message)
            return
        while self._open[-1].word != word:
            self._report_unclosed(self._open[-1])
            self._close_block(None)
        self._close_block(closing)

    def _close_block(self, closing: Token | None) -> None:
        """Turn the innermost block, an ``if`` or ``while``, into a statement of the enclosing block."""
        block = self._open.pop()
        block.closing = closing
        if closing is not None:
            self._closed.append(block)
        kind = If if block.word == "if" else While
        condition: Expression = block.condition or Missing(place=block.opening.place)
        end = closing.place if closing else None
        statement = kind(condition, tuple(block.body), place=block.opening.place, end=end)
        self._open[-1].add(statement, self._stream.previous.last_line)

    def _close_procedure(self, closing: Token | None) -> None:
        """Close everything that is open."""
        lacking = len(self._open) - 1
        while len(self._open) > 1:
            self._report_unclosed(self._open[-1])
            self._close_block(None)
        for block in self._open:
            if closing is None and block.word == "proc":
                self._report_no_endproc(block, lacking)
            end = closing.place if closing else None
            name = block.name or Name("", place=block.opening.place)
            body = tuple(block.body)
            self._procedures.append(
                Procedure(name, tuple(block.declarations), body, place=block.opening.place, end=end)
            )
        self._open.clear()
        self._closed.clear()

    def _report_unclosed(self, left_over: Block) -> None:
        block = blame(left_over, self._closed)
        if block is not left_over:
            self._closed.remove(block)
        word = block.word
        hint = f"add 'end{word}' {where_it_ends(block, self._used_lines)}"
        self._findings.add(_MISSING[word], block.opening.place, f"this '{word}' has no 'end{word}'", hint)

    def _report_no_endproc(self, block: Block, lacking: int) -> None:
        name = block.name.text if block.name else ""
        last = self._stream.previous.last_line
        hint = f"add 'endproc' after line {last}"
        if lacking:
            hint += ", after the ends that the blocks above lack"
        place = block.opening.place
        self._findings.add(Fault.MISSING_ENDPROC, place, f"'proc {name}' has no 'endproc'", hint)


def _likeness(word: str, other: str) -> float:
    """Return how similar two words are, from 0 to 1."""
    return SequenceMatcher(a=word[:32], b=other).ratio()
