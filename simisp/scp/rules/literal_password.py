"""SCP207: a password written into the script."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp import code
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.syntax import Assign, Node, StringLiteral, Transmit, Variable, walk_expressions
from simisp.scp.text import interpret

__all__ = ["RULE"]

_PROMPT = re.compile(r"assword|asswort|wor[dt]\W*$|passwd|passphrase|mot de passe|contrase", re.IGNORECASE)
_NAME = re.compile(r"pass|pwd|kennwort|secret", re.IGNORECASE)


def _check(subject: Subject) -> Iterator[Finding]:
    written = _written(subject)
    for name, literals in written.items():
        if _NAME.search(name):
            yield from map(_finding, literals)
    for instruction, state in subject.steps(code.Transmit):
        asked = state.outcome is not None and _PROMPT.search(state.outcome.prompt)
        if asked and not any(_is_visible(sent.text or "") for sent in state.sent):
            assert isinstance(instruction.statement, Transmit)
            yield from map(_finding, _literals(instruction.statement, written))


def _written(subject: Subject) -> dict[str, list[StringLiteral]]:
    """Return the strings assigned to each variable, by its key."""
    written: dict[str, list[StringLiteral]] = {}
    for declaration in subject.main.declarations if subject.main else ():
        written.setdefault(declaration.name.key, []).extend(_literals(declaration, {}))
    for assign in subject.statements(Assign):
        if isinstance(assign.target, Variable):
            written.setdefault(assign.target.name.key, []).extend(_literals(assign.value, {}))
    return written


def _literals(node: Node, written: dict[str, list[StringLiteral]]) -> Iterator[StringLiteral]:
    """Yield the visible strings in an expression or statement, and in the variables in it."""
    for each in walk_expressions(node):
        if isinstance(each, StringLiteral) and _is_visible(interpret(each.text)):
            yield each
        elif isinstance(each, Variable):
            yield from written.get(each.name.key, ())


def _is_visible(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _finding(literal: StringLiteral) -> Finding:
    message = "this looks like a password, and anyone who can read the script can read it"
    return Finding(literal.place, message, "use $PASSWORD, which the dialler keeps", secret=True)


RULE = Rule(
    code="SCP207",
    name="literal-password",
    severity=Severity.WARNING,
    title="a password written into the script",
    what="""\
Finds a string that is transmitted as the answer to a password prompt, and one that is assigned to a variable with a
name like a password's. Such strings are shown masked.""",
    why="""\
Scripts are readable on the disk, are copied from machine to machine and are sent in with requests for help. The dialler
keeps the password of the connection, and masks it in its logs: it is in `$PASSWORD`.""",
    example="""\
proc main
  waitfor "assword:" until 60
  if $SUCCESS then
    transmit "wonderland^M"
  endif
endproc""",
    instead="""\
proc main
  waitfor "assword:" until 60
  if $SUCCESS then
    transmit $PASSWORD, raw
    transmit "^M"
  endif
endproc""",
    source="The language's documentation on `$PASSWORD`.",
    check=_check,
    finds_secrets=True,
)
