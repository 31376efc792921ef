"""SCP211: variables that are never read."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.syntax import Assign, Expression, Node, Statement, Variable, walk_expressions

__all__ = ["RULE"]


def _check(subject: Subject) -> Iterator[Finding]:
    main = subject.main
    if main is None:
        return
    nodes: list[Node] = [*main.declarations, *map(_reader, subject.statements(Statement))]
    read = {each.name.key for node in nodes for each in walk_expressions(node) if isinstance(each, Variable)}
    for declaration in main.declarations:
        if declaration.name.key not in read:
            message = f"the variable '{declaration.name.text}' is never read"
            yield Finding(declaration.name.place, message, "delete it, or use it where it was meant")


def _reader(statement: Statement) -> Statement | Expression:
    """Return the part of a statement that reads variables: for an assignment, its right side."""
    return statement.value if isinstance(statement, Assign) else statement


RULE = Rule(
    code="SCP211",
    name="unused-variable",
    severity=Severity.WARNING,
    title="variables that are never read",
    what="Finds declarations of variables whose value is never read, whether or not it is assigned.",
    why="""\
It is often a limit that was meant to be used: `integer nTimeout = 60` is at the top, but the waits below have no
`until nTimeout`.""",
    example="""\
proc main
  integer nTimeout = 60
  waitfor "ogin:" until 90
endproc""",
    instead="""\
proc main
  integer nTimeout = 60
  waitfor "ogin:" until nTimeout
endproc""",
    source="The language's documentation on variables.",
    check=_check,
)
