"""SCP212: procedures that never run."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp.rules.rule import Finding, Rule, Subject

__all__ = ["RULE"]


def _check(subject: Subject) -> Iterator[Finding]:
    for procedure in subject.procedures:
        if procedure.name.key not in {"main", ""}:
            message = f"'proc {procedure.name.text}' never runs: the language has no calls"
            yield Finding(procedure.name.place, message, "move its statements into 'proc main', after a label")


RULE = Rule(
    code="SCP212",
    name="other-procedure",
    severity=Severity.WARNING,
    title="procedures other than `main`",
    what="Finds each `proc` that is not `main`.",
    why="""\
Several procedures in a file are allowed, and `main` is the one that runs. No statement calls another. The statements in
it, often the log-in itself, never run. The other rules check only `main`.""",
    example="""\
proc main
  waitfor "ogin:" until 90
endproc

proc LogIn
  transmit $USERID, raw
  transmit "^M"
endproc""",
    instead="""\
proc main
  waitfor "ogin:" until 90
  if $SUCCESS then
    transmit $USERID, raw
    transmit "^M"
  endif
endproc""",
    source="The language's documentation, which defines procedures but no calls.",
    check=_check,
)
