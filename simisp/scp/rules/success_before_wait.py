"""SCP217: ``$SUCCESS`` or ``$FAILURE`` before anything has set it."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.syntax import SystemVariable, ValueType, walk_expressions

__all__ = ["RULE"]


def _check(subject: Subject) -> Iterator[Finding]:
    for instruction, state in subject.paths.steps():
        if state.outcome is None and instruction.statement is not None:
            for each in walk_expressions(instruction.statement):
                if isinstance(each, SystemVariable) and each.name.type is ValueType.BOOLEAN:
                    message = f"a path gets here before any 'waitfor' has set {each.name.value}"
                    yield Finding(each.place, message, "wait for something first, or use a variable of your own")


RULE = Rule(
    code="SCP217",
    name="success-before-wait",
    severity=Severity.WARNING,
    title="`$SUCCESS` or `$FAILURE` before the first wait",
    what="Finds each `$SUCCESS` and `$FAILURE` that some path reads before it has reached a `waitfor`.",
    why="""\
Their values before the first `waitfor` are not documented. A loop `while $FAILURE do` around the first wait may or may
not run.""",
    example="""\
proc main
  if $FAILURE then
    transmit "^M"
  endif
  waitfor "ogin:" until 90
endproc""",
    instead="""\
proc main
  transmit "^M"
  waitfor "ogin:" until 90
endproc""",
    source="The language's documentation on system variables, according to which only `waitfor` sets them.",
    check=_check,
)
