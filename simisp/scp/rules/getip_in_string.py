"""SCP214: ``getip`` inside a string."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp.address import getip_in
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.syntax import Node, Statement, StringLiteral, walk_expressions

__all__ = ["RULE"]


def _check(subject: Subject) -> Iterator[Finding]:
    nodes: list[Node] = [*(subject.main.declarations if subject.main else ()), *subject.statements(Statement)]
    for node in nodes:
        for each in walk_expressions(node):
            if isinstance(each, StringLiteral) and getip_in(each.text) is not None:
                message = "'getip' in a string is text; not every dialler takes it for the command"
                yield Finding(each.place, message, f"write it without quotes: set ipaddr {each.text.strip().lower()}")


RULE = Rule(
    code="SCP214",
    name="getip-in-string",
    severity=Severity.WARNING,
    title="`getip` inside a string",
    what="Finds strings whose whole text reads like a `getip` command.",
    why="""\
A sample in the documentation puts `"getip 2"` into a variable and sets the address from it. Whether that text is
executed, or taken for an invalid address, is not documented. Without the quotes there is no doubt.""",
    example="""\
proc main
  string szIP = "getip 2"
  waitfor "addresses are" until 90
  if $SUCCESS then
    set ipaddr szIP
  endif
endproc""",
    instead="""\
proc main
  waitfor "addresses are" until 90
  if $SUCCESS then
    set ipaddr getip 2
  endif
endproc""",
    source="The language's documentation on `set ipaddr` and `getip`.",
    check=_check,
)
