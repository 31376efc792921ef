"""SCP218: words in another case than in the documentation."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp.edits import Edit
from simisp.scp.lexer import Token, TokenKind
from simisp.scp.rules.rule import Finding, Rule, Subject

__all__ = ["RULE"]

_UPPER = {"true", "false"}


def _check(subject: Subject) -> Iterator[Finding]:
    usual: dict[str, str] = {"main": "main"}
    odd: dict[str, list[Token]] = {}
    for token in subject.checked.parsed.lexed.tokens:
        if token.kind is TokenKind.NAME:
            usual.setdefault(token.key, token.text)
        elif token.kind is TokenKind.SYSTEM or token.key in _UPPER:
            usual[token.key] = token.text.upper()
        elif token.kind is TokenKind.KEYWORD:
            usual[token.key] = token.key
        else:
            continue
        if token.text != usual[token.key]:
            odd.setdefault(token.text, []).append(token)
    for text, tokens in odd.items():
        word = usual[tokens[0].key]
        edits = tuple(_respelt(subject, token, word) for token in tokens)
        yield Finding(tokens[0].place, f"'{text}' is usually spelt '{word}'", f"write '{word}'", edits)


def _respelt(subject: Subject, token: Token, word: str) -> Edit:
    start = subject.layout.offset(token.place)
    return Edit(start, start + len(token.text), word)


RULE = Rule(
    code="SCP218",
    name="unusual-spelling",
    severity=Severity.WARNING,
    title="words in another case than usual",
    what="""\
Finds commands that are not in lower case, `TRUE`, `FALSE` and system variables that are not in upper case, and names in
another case than at their first occurrence. Each spelling is reported once.""",
    why="""\
Whether the language is case-sensitive is not documented. All known scripts write its words in one way, and a dialler
that is case-sensitive stops with error 752 at any other.""",
    example="""\
PROC main
  waitfor "ogin:" until 90
endproc""",
    instead="""\
proc main
  waitfor "ogin:" until 90
endproc""",
    fix="Writes the words as usual.",
    source="The language's documentation, in all its examples.",
    check=_check,
)
