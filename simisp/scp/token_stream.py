"""The tokens of a script as a parser reads them, with one token of lookahead and reports of unexpected tokens."""

from __future__ import annotations

from collections.abc import Iterable

from simisp.diagnostics import Place
from simisp.scp.faults import Fault, Findings
from simisp.scp.lexer import Token, TokenKind
from simisp.scp.syntax import Name

__all__ = ["STATEMENT_WORDS", "TYPE_WORDS", "TokenStream", "described"]

TYPE_WORDS = ("integer", "string", "boolean")

STATEMENT_WORDS = frozenset(
    {"delay", "getip", "goto", "halt", "if", "endif", "while", "endwhile", "set", "transmit", "waitfor"}
    | {"proc", "endproc", *TYPE_WORDS}
)
"""The words that can begin a statement, a declaration or the end of a block."""


class TokenStream:
    """Tokens in order; at the end, ``END`` repeats forever.

    Args:
        tokens: The tokens, the last of them ``END``.
        findings: Where to report unexpected tokens.
    """

    def __init__(self, tokens: Iterable[Token], findings: Findings) -> None:
        self.findings = findings
        self._tokens = list(tokens)
        self._index = 0

    @property
    def next(self) -> Token:
        """The next token."""
        return self._tokens[self._index]

    @property
    def after_next(self) -> Token:
        """The token after the next."""
        return self._tokens[min(self._index + 1, len(self._tokens) - 1)]

    @property
    def previous(self) -> Token:
        """The last token read; the first one if none has been read."""
        return self._tokens[max(0, self._index - 1)]

    @property
    def at_end(self) -> bool:
        """Whether no token is left, or parsing must stop."""
        return self.next.kind is TokenKind.END or self.findings.full

    def take(self) -> Token:
        """Read the next token."""
        token = self.next
        self._index = min(self._index + 1, len(self._tokens) - 1)
        return token

    def replace_next(self, token: Token) -> None:
        """Replace the next token."""
        self._tokens[self._index] = token

    def at(self, *keys: str) -> bool:
        """Return whether the next token is one of these words or signs."""
        return self.next.key in keys

    def accept(self, *keys: str) -> Token | None:
        """Read the next token if it is one of these words or signs."""
        return self.take() if self.at(*keys) else None

    def expect(self, key: str, why: str, hint: str = "") -> bool:
        """Read a required word or sign; if it is missing, report that and read nothing."""
        if self.accept(key):
            return True
        self.unexpected(f"'{key}' {why}", hint)
        return False

    def expect_name(self, what: str) -> Name | None:
        """Read a name; a reserved word on the same line is reported and taken for the name."""
        token = self.next
        if token.kind is TokenKind.NAME:
            self.take()
            return Name(token.text, place=token.place)
        if token.kind is TokenKind.KEYWORD and token.key != "until" and token.line == self.previous.last_line:
            self.take()
            self.findings.add(
                Fault.RESERVED_WORD, token.place, f"'{token.text}' is a reserved word and can't name a {what}"
            )
            return Name(token.text, place=token.place)
        self.unexpected(f"the name of a {what}")
        return None

    def unexpected(self, expected: str, hint: str = "") -> None:
        """Report that something else was expected in place of the next token."""
        message = f"expected {expected}, not {described(self.next)}"
        self.findings.add(Fault.UNEXPECTED, self.place_of_next(), message, hint)

    def place_of_next(self) -> Place:
        """The place to report something missing at: the next token, or the previous one if it ends its line."""
        if self.next.line == self.previous.last_line or self.previous is self.next:
            return self.next.place
        return self.previous.place

    def skip_statement(self) -> None:
        """Skip to where a statement, a label, an assignment or the end of a block can begin."""
        while not self.at_end and not self._starts_statement():
            self.take()

    def _starts_statement(self) -> bool:
        token = self.next
        if token.kind is TokenKind.NAME and token.line > self.previous.last_line:
            return True  # possibly a misspelt command
        if token.kind is TokenKind.NAME or token.kind is TokenKind.SYSTEM:
            return self.after_next.key in {":", "="}
        return token.kind is TokenKind.KEYWORD and token.key in STATEMENT_WORDS


def described(token: Token) -> str:
    """Return a token in words, for a message."""
    match token.kind:
        case TokenKind.END:
            return "the end of the script"
        case TokenKind.STRING:
            return "a string"
        case _:
            return f"'{token.text[:32]}'"
