"""SCP206: ``matchcase`` on a prompt whose case differs from provider to provider."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.syntax import StringLiteral, Waitfor

__all__ = ["RULE"]

_FIRST_WORD = re.compile(r"[A-Za-z]+")
_PROMPTS = frozenset({"login", "logon", "user", "username", "userid", "password", "passwd", "name", "host", "service"})


def _check(subject: Subject) -> Iterator[Finding]:
    for wait in subject.statements(Waitfor):
        for alternative in wait.alternatives:
            pattern = alternative.pattern
            if alternative.matchcase and isinstance(pattern, StringLiteral) and _begins_a_prompt(pattern.text):
                message = "'matchcase' applies to the first letter too, and whether a prompt has a capital differs"
                yield Finding(pattern.place, message, "drop 'matchcase', or leave the first letter out")


def _begins_a_prompt(text: str) -> bool:
    match = _FIRST_WORD.match(text)
    word = match.group() if match else ""
    return word in _PROMPTS or (word[:1].isupper() and not word.isupper())


RULE = Rule(
    code="SCP206",
    name="case-of-prompt",
    severity=Severity.WARNING,
    title="`matchcase` on a prompt that begins with a capital or a whole word",
    what="""\
Finds strings with `matchcase` that begin with a capitalized word, or with the whole of a usual one such as `login`.
Words all in capitals, such as `CONNECT`, are not prompts and are left alone.""",
    why="""\
One provider asks `Login:`, another `login:`, and the same one may change it over night. With `matchcase` the script
then waits in vain until its time runs out. Without the first letter, or without `matchcase`, both are found.""",
    example="""\
proc main
  waitfor "Login:", matchcase until 90
endproc""",
    instead="""\
proc main
  waitfor "ogin:", matchcase until 90
endproc""",
    source="The habit of script authors, who leave first letters out; the language's documentation on `matchcase`.",
    check=_check,
)
