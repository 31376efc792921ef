"""SCP210: labels without a jump to them."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.syntax import Goto, Label, Waitfor

__all__ = ["RULE"]


def _check(subject: Subject) -> Iterator[Finding]:
    used = {goto.label.key for goto in subject.statements(Goto)}
    for wait in subject.statements(Waitfor):
        used |= {alternative.label.key for alternative in wait.alternatives if alternative.label}
    for label in subject.statements(Label):
        if label.name.key not in used:
            yield Finding(label.place, f"no jump leads to the label '{label.name.text}'", "delete it, or jump there")


RULE = Rule(
    code="SCP210",
    name="unused-label",
    severity=Severity.WARNING,
    title="labels without a jump to them",
    what="Finds labels that no `goto` and no `then` of a `waitfor` names.",
    why="""\
A label does nothing by itself: a path from above runs through it. If no jump leads to it, it looks like the handling
of a case that is in fact not handled.""",
    example="""\
proc main
  waitfor "ogin:" until 90
Failed:
endproc""",
    instead="""\
proc main
  waitfor "ogin:" until 90
endproc""",
    source="The language's documentation on labels.",
    check=_check,
)
