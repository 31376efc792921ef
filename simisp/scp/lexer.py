"""Splits a dial-up script into tokens and comments.

Line ends are LF, CRLF or a lone CR and count as white space; a token records its line, because ``getip`` takes an
operand only from the same line. Anything that can't be a token is reported and skipped, so parsing always continues.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from simisp.diagnostics import Place, nearest
from simisp.scp.faults import Fault, Findings
from simisp.scp.syntax import SYSTEM_NAMES, SystemName

__all__ = ["MAX_INTEGER", "MAX_NAME", "RESERVED_WORDS", "Lexed", "Token", "TokenKind", "tokenize"]

MAX_INTEGER = 2**31 - 1
"""The largest integer; the smallest is ``-MAX_INTEGER - 1``."""

MAX_NAME = 255
"""The longest name, in characters. No limit is documented."""

RESERVED_WORDS = frozenset(
    {"and", "boolean", "databits", "delay", "do", "endif", "endproc", "endwhile", "even", "false", "getip", "goto"}
    | {"halt", "if", "integer", "ipaddr", "keyboard", "mark", "matchcase", "none", "odd", "off", "on", "or", "parity"}
    | {"port", "proc", "raw", "screen", "set", "space", "stopbits", "string", "then", "transmit", "true", "until"}
    | {"waitfor", "while"}
)
"""The words that can't be names, in lower case. ``main`` is not one of them."""

_FOREIGN = {"&&": "and", "||": "or", "<>": "!=", "===": "==", "!==": "!="}
"""Operators of other languages, each with its spelling here."""

_TOKEN = re.compile(
    r"""(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<blank>[ \t\f\v]+)
    |(?P<newline>\r\n|\r|\n)
    |(?P<comment>;[^\r\n]*)
    |(?P<number>[0-9][A-Za-z0-9_.]*)
    |(?P<system>\$[A-Za-z0-9_$]*)
    |(?P<quote>")
    |(?P<foreign>&&|\|\||<>|===|!==)
    |(?P<sign>[=!<>]=|[-+*/()<>!=:,])
    |(?P<junk>[^\sA-Za-z0-9_;"$&|<>=!:,()*/+-]+|.)""",
    re.VERBOSE | re.DOTALL,
)
_CLOSED_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_FIRST_LINE = re.compile(r'"(?:[^"\\\r\n]|\\[^\r\n])*+')
_BALANCED_REST = re.compile(r'(?:[^";]++|;[^\r\n]*+|"(?:[^"\\]|\\.)*+")*+', re.DOTALL)
_LINE_END = re.compile(r"\r\n|\r|\n")


class TokenKind(Enum):
    """The kind of a token."""

    KEYWORD = "keyword"
    NAME = "name"
    SYSTEM = "system variable"
    INTEGER = "number"
    STRING = "string"
    SIGN = "sign"
    END = "end of the script"


class Token(NamedTuple):
    """One token.

    Attributes:
        kind: Its kind.
        text: The token as written; a string without its quotes, a foreign operator in the spelling of this language.
        key: The text in lower case, to compare words and signs by; empty for a string.
        line: The line on which it begins, from 1.
        column: The column in which it begins, from 1.
        length: How many characters it covers on that line.
        last_line: The line on which it ends; a different one only for a string.
    """

    kind: TokenKind
    text: str
    key: str
    line: int
    column: int
    length: int
    last_line: int

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.line, self.column, max(1, self.length))


class Lexed(NamedTuple):
    """The tokens of a text, the last of them ``END``, and its comments.

    A comment is a pair of its text, including the semicolon, and its place.
    """

    tokens: list[Token]
    comments: list[tuple[str, Place]]


def tokenize(text: str, findings: Findings) -> Lexed:
    r"""Return the tokens and comments of ``text``; anything else is reported to ``findings``.

    A string may span lines. If a closing quote is missing somewhere, the first string that spans lines is taken
    for the unclosed one and ends with its line.

    Example:
        >>> [token.text for token in tokenize('goto Top ; again', Findings()).tokens]
        ['goto', 'Top', '']
    """
    lexer = _Lexer(text, findings)
    lexer.run()
    return Lexed(lexer.tokens, lexer.comments)


class _Lexer:
    """The state of tokenizing one text: the position and the results so far."""

    def __init__(self, text: str, findings: Findings) -> None:
        self.tokens: list[Token] = []
        self.comments: list[tuple[str, Place]] = []
        self._text = text.removesuffix("\x1a")  # editors of the time end a file with Ctrl-Z
        self._findings = findings
        self._position = 0
        self._line = 1
        self._line_start = 0
        self._strings_close = False

    def run(self) -> None:
        """Tokenize the text up to its end, or until the findings are full."""
        while self._position < len(self._text) and not self._findings.full:
            match = _TOKEN.match(self._text, self._position)
            assert match is not None, "the last alternative matches anything"
            written = match.group()
            if match.lastgroup == "blank":
                self._position += len(written)
            else:
                self._take(match.lastgroup or "", written)
        self._add(TokenKind.END, "", 0)

    def _take(self, group: str, written: str) -> None:
        match group:
            case "newline":
                self._position += len(written)
                self._line += 1
                self._line_start = self._position
            case "word":
                self._word(written)
            case "sign":
                self._add(TokenKind.SIGN, written, len(written))
            case "quote":
                self._string()
            case "comment":
                self.comments.append((written, self._place(len(written))))
                self._position += len(written)
            case _:
                self._unusual(group, written)

    def _unusual(self, group: str, written: str) -> None:
        """Take a token that may be wrong in itself."""
        match group:
            case "number":
                self._number(written)
            case "system":
                self._system(written)
            case "foreign":
                own = _FOREIGN[written]
                message = f"'{written}' is not an operator of this language"
                self._report(Fault.FOREIGN_OPERATOR, written, message, f"write '{own}'")
                kind = TokenKind.KEYWORD if own.isalpha() else TokenKind.SIGN
                self._add(kind, own, len(written))
            case _:
                self._junk(written)

    def _word(self, written: str) -> None:
        if len(written) > MAX_NAME:
            self._report(Fault.NAME_TOO_LONG, written, f"a name has at most {MAX_NAME} characters")
        keyword = written.lower() in RESERVED_WORDS
        self._add(TokenKind.KEYWORD if keyword else TokenKind.NAME, written[:MAX_NAME], len(written))

    def _number(self, written: str) -> None:
        value = written
        if not written.isdigit():
            value = re.match("[0-9]+", written).group()  # type: ignore[union-attr]  # it begins with a digit
            hint = "numbers are whole and decimal, and times are in seconds"
            self._report(Fault.BAD_NUMBER, written, f"'{_short(written)}' is not a whole number", hint)
        if len(value.lstrip("0")) > len(str(MAX_INTEGER)) or int(value) > MAX_INTEGER:
            message = f"the number is larger than {MAX_INTEGER}, the largest there is"
            self._report(Fault.BAD_NUMBER, written, message)
            value = "0"
        self._add(TokenKind.INTEGER, value, len(written))

    def _system(self, written: str) -> None:
        if written.lower() not in SYSTEM_NAMES:
            near = nearest(written[:MAX_NAME], [name.value for name in SystemName])
            known = "the dialler provides $USERID, $PASSWORD, $SUCCESS and $FAILURE"
            message = f"'{_short(written)}' is not a system variable"
            self._report(Fault.UNKNOWN_SYSTEM_VARIABLE, written, message, f"did you mean {near}?" if near else known)
        self._add(TokenKind.SYSTEM, written[:MAX_NAME], len(written))

    def _junk(self, written: str) -> None:
        hint = ""
        if written[0] in "'`“”„‘’«»":
            hint = 'strings are in plain double quotes, "like this", and comments follow a semicolon'
        elif written[0] == "#":
            hint = "comments follow a semicolon"
        what = "this character means" if len(written) == 1 else f"these {len(written)} characters mean"
        self._report(Fault.UNKNOWN_CHARACTER, written, f"{what} nothing outside a string", hint)
        self._position += len(written)

    def _string(self) -> None:
        closed = _CLOSED_STRING.match(self._text, self._position)
        first = _FIRST_LINE.match(self._text, self._position)
        assert first is not None, "it begins with a quote"
        if closed is not None and (closed.end() == first.end() + 1 or self._all_strings_close()):
            written = closed.group()
        else:
            written = first.group()
            hint = 'end it with "; a line end inside it is written ^M or <cr><lf>'
            self._report(Fault.UNTERMINATED_STRING, written, "the string has no closing quote", hint)
        inner = written[1:-1] if closed is not None and written == closed.group() else written[1:]
        breaks = list(_LINE_END.finditer(written))
        length = breaks[0].start() if breaks else len(written)
        line, column, start = self._line, self._position - self._line_start + 1, self._position
        if breaks:
            self._line += len(breaks)
            self._line_start = start + breaks[-1].end()
        self.tokens.append(Token(TokenKind.STRING, inner, "", line, column, length, self._line))
        self._position = start + len(written)

    def _all_strings_close(self) -> bool:
        """Return whether every string from here on is closed, given that strings may span lines."""
        if not self._strings_close:
            rest = _BALANCED_REST.match(self._text, self._position)
            self._strings_close = rest is not None and rest.end() == len(self._text)
        return self._strings_close

    def _add(self, kind: TokenKind, text: str, length: int) -> None:
        column = self._position - self._line_start + 1
        self.tokens.append(Token(kind, text, text.lower(), self._line, column, length, self._line))
        self._position += length

    def _place(self, length: int) -> Place:
        return Place(self._line, self._position - self._line_start + 1, max(1, length))

    def _report(self, fault: Fault, written: str, message: str, hint: str = "") -> None:
        self._findings.add(fault, self._place(len(written)), message, hint)


def _short(written: str) -> str:
    """Return the beginning of a long word, for a message."""
    return written if len(written) <= 32 else written[:32] + "…"
