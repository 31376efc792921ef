"""SCP101: a ``waitfor`` that can last forever."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp import code
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.syntax import Waitfor

__all__ = ["RULE"]


def _check(subject: Subject) -> Iterator[Finding]:
    first, further = subject.settings.limits
    for number, wait in enumerate(subject.statements(Waitfor)):
        if wait.until is None:
            limit = further if number else first
            edit = subject.layout.append(wait, f" until {limit}")
            message = "this wait has no limit: if the remote stays silent it lasts forever, and the port stays held"
            yield Finding(wait.place, message, f"add 'until {limit}'", (edit,))
    for instruction, state in subject.steps(code.Waitfor):
        value = None if instruction.until is None else subject.paths.value(instruction.until, state)
        if isinstance(value, int) and value <= 0:
            message = f"'until' is {value} here, which can be read as no limit at all"
            yield Finding(instruction.place, message, "give it at least one second")


RULE = Rule(
    code="SCP101",
    name="wait-without-limit",
    severity=Severity.ERROR,
    title="a `waitfor` that can last forever",
    what="Finds every `waitfor` without `until`, and those whose `until` is zero or less.",
    why="""\
If the provider does not answer, such a wait never ends. The program that dialled loses patience and hangs up, but
the script processor keeps waiting and keeps the port. Every later attempt to dial then fails with error 633, "the
port is already in use", until the script is ended or the machine restarted. One wait without a limit is enough.

Zero is not a reliable limit: it is not documented whether `until 0` checks once and continues, or waits forever.""",
    example="""\
proc main
  waitfor "ogin:"
  if $SUCCESS then
    transmit $USERID, raw
    transmit "^M"
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
    fix="Adds `until 90` to the first wait of the script and `until 60` to each further one that has no limit.",
    source="Microsoft KB 175410: a script needs a time-out for each `waitfor`.",
    check=_check,
)
