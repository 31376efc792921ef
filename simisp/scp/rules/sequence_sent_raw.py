"""SCP216: sequences such as ``^M`` in text that is sent raw."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.syntax import StringLiteral, Transmit, walk_expressions
from simisp.scp.text import interpret

__all__ = ["RULE"]


def _check(subject: Subject) -> Iterator[Finding]:
    for transmit in subject.statements(Transmit):
        for each in walk_expressions(transmit):
            if transmit.raw and isinstance(each, StringLiteral) and interpret(each.text) != each.text:
                message = "'raw' sends the sequence in this string literally, character by character"
                yield Finding(each.place, message, "send it in a separate 'transmit', without 'raw'")


RULE = Rule(
    code="SCP216",
    name="sequence-sent-raw",
    severity=Severity.WARNING,
    title="a sequence such as `^M` in text that is sent raw",
    what="Finds strings with `^M`, `<cr>` or another sequence in a `transmit` with `raw`.",
    why="""\
`raw` switches off the sequences for the whole `transmit`. The remote receives a caret and an M, shows them, and keeps
waiting for the end of the line.""",
    example="""\
proc main
  transmit $USERID + "^M", raw
endproc""",
    instead="""\
proc main
  transmit $USERID, raw
  transmit "^M"
endproc""",
    source="The language's documentation on `transmit` and `raw`.",
    check=_check,
)
