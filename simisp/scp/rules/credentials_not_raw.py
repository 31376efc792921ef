"""SCP201: credentials sent with their characters interpreted."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp import code
from simisp.scp.analysis.knowledge import Unknown
from simisp.scp.edits import Edit
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.syntax import (
    Binary,
    BinaryOperator,
    Expression,
    StringLiteral,
    SystemName,
    SystemVariable,
    Transmit,
    Variable,
)

__all__ = ["RULE"]


def _check(subject: Subject) -> Iterator[Finding]:
    for instruction, state in subject.steps(code.Transmit):
        value = subject.paths.value(instruction.text, state)
        if not instruction.raw and isinstance(value, Unknown) and value.origins:
            assert isinstance(instruction.statement, Transmit)
            what = "the password" if SystemName.PASSWORD in value.origins else "the user name"
            message = f"{what} is not sent raw: a '^', '<' or '\\' in it may be taken for a sequence"
            alone = len(_parts(instruction.statement.text)) == 1
            hint = "add ', raw'" if alone else "send it in a separate 'transmit' with ', raw', and the rest in others"
            yield Finding(instruction.place, message, hint, _sent_raw(subject, instruction.statement))


def _sent_raw(subject: Subject, statement: Transmit) -> tuple[Edit, ...]:
    """Return the edit that sends credentials raw, and each part of a concatenation separately."""
    parts = _parts(statement.text)
    if not all(isinstance(part, SystemVariable | Variable | StringLiteral) for part in parts):
        return ()
    if len(parts) == 1:
        return (subject.layout.append(statement, ", raw"),)
    lines = []
    for part in parts:
        raw = "" if isinstance(part, StringLiteral) else ", raw"
        lines.append(f"transmit {subject.layout.written(part.place)}{raw}")
    return (subject.layout.replace(statement, lines),)


def _parts(text: Expression) -> list[Expression]:
    match text:
        case Binary(BinaryOperator.ADD, left, right):
            return _parts(left) + _parts(right)
        case _:
            return [text]


RULE = Rule(
    code="SCP201",
    name="credentials-not-raw",
    severity=Severity.WARNING,
    title="credentials that are not sent raw",
    what="Finds each `transmit` without `raw` of `$USERID` or `$PASSWORD`, or of a variable that was made from them.",
    why="""\
Without `raw` the sequences of the language are interpreted in what is sent, in the value of a variable too. A password
with `^M` or `<` or a backslash in it is then sent changed, and the log-in fails for some users and not for others.""",
    example="""\
proc main
  waitfor "ogin:" until 90
  if $SUCCESS then
    transmit $USERID + "^M"
  endif
endproc""",
    instead="""\
proc main
  waitfor "ogin:" until 90
  if $SUCCESS then
    transmit $USERID, raw
    transmit "^M"
  endif
endproc""",
    fix="Adds `, raw`. A concatenation becomes one `transmit` for each of its parts.",
    source="The language's documentation on `transmit`, which names credentials as the reason for `raw`.",
    check=_check,
)
