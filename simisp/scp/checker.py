"""Checks names and types: what a script says in correct syntax but cannot mean.

A script is checked as a whole before it runs, including procedures other than main, which never run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simisp.diagnostics import Diagnostic, Place, Severity
from simisp.scp.faults import Fault, Findings
from simisp.scp.parser import Parsed
from simisp.scp.syntax import (
    Assign,
    Declaration,
    Delay,
    GetIpCommand,
    Goto,
    If,
    Label,
    Name,
    Procedure,
    Script,
    SetIpAddressCommand,
    Statement,
    SystemVariable,
    Transmit,
    ValueType,
    Waitfor,
    While,
    walk_statements,
)
from simisp.scp.types import TypeChecker, suggestion

__all__ = ["Checked", "Scope", "check"]


@dataclass(frozen=True)
class Scope:
    """The names of one procedure, by :attr:`~simisp.scp.syntax.Name.key`."""

    procedure: Procedure
    variables: Mapping[str, Declaration]
    labels: Mapping[str, Label]


@dataclass(frozen=True)
class Checked:
    """A checked script.

    Attributes:
        parsed: The result of the parser.
        diagnostics: The mistakes found by both, in the order of the text.
        scopes: The names of each procedure, in the order of the text.
    """

    parsed: Parsed
    diagnostics: tuple[Diagnostic, ...]
    scopes: tuple[Scope, ...]

    @property
    def has_errors(self) -> bool:
        """Whether the script has mistakes that keep it from running."""
        return any(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)

    @property
    def main(self) -> Scope | None:
        """The names of the procedure that runs."""
        return next((scope for scope in self.scopes if scope.procedure.name.key == "main"), None)


def check(parsed: Parsed) -> Checked:
    r"""Check a parsed script, and return it with the mistakes of parser and checker.

    A text that the parser gave up on is not checked further.

    Example:
        >>> from simisp.scp.parser import parse
        >>> check(parse('proc main\n  delay "5"\nendproc')).diagnostics[0].message
        "'delay' needs an integer, not a string"
    """
    if not parsed.complete:
        return Checked(parsed, parsed.diagnostics, ())
    findings = Findings(parsed.diagnostics)
    _check_procedures(parsed.tree, findings)
    scopes = tuple(_ScopeChecker(procedure, findings).check() for procedure in parsed.tree.procedures)
    return Checked(parsed, findings.diagnostics(), scopes)


def _check_procedures(tree: Script, findings: Findings) -> None:
    """Check that there is one main, and one procedure of each name."""
    seen: dict[str, Procedure] = {}
    for procedure in tree.procedures:
        earlier = seen.setdefault(procedure.name.key, procedure)
        if earlier is not procedure and procedure.name.text:
            message = f"there is already a 'proc {procedure.name.text}'"
            hint = f"the first one is in line {earlier.place.line}"
            findings.add(Fault.DUPLICATE_PROCEDURE, procedure.name.place, message, hint)
    if "main" not in seen and "" not in seen:
        place, hint = Place(1, 1), "a script begins 'proc main' and ends 'endproc'"
        if tree.procedures:
            name = tree.procedures[0].name
            place, hint = name.place, f"should 'proc {name.text}' be 'proc main'?"
        findings.add(Fault.NO_MAIN, place, "there is no 'proc main', the only procedure that runs", hint)


class _ScopeChecker:
    """Checks one procedure."""

    def __init__(self, procedure: Procedure, findings: Findings) -> None:
        self._procedure = procedure
        self._findings = findings
        self._variables: dict[str, Declaration] = {}
        self._labels: dict[str, Label] = {}
        self._declared_anywhere = {each.name.key: each for each in procedure.declarations}
        self._types = TypeChecker(self._variables, findings)

    def check(self) -> Scope:
        for declaration in self._procedure.declarations:
            self._declare(declaration)
        statements = list(walk_statements(self._procedure.body))
        for statement in statements:
            if isinstance(statement, Label):
                self._label(statement)
        for statement in statements:
            if self._findings.full:
                break
            self._statement(statement)
        return Scope(self._procedure, self._variables, self._labels)

    def _declare(self, declaration: Declaration) -> None:
        name = declaration.name
        if declaration.initial is not None:
            what = f"'{declaration.type.value} {name.text}'"
            self._types.require(declaration.initial, declaration.type, what, self._declared_anywhere)
        earlier = self._variables.setdefault(name.key, declaration)
        if earlier is not declaration:
            hint = f"it is declared in line {earlier.place.line}"
            message = f"there is already a variable '{name.text}'"
            self._findings.add(Fault.DUPLICATE_VARIABLE, name.place, message, hint)

    def _label(self, label: Label) -> None:
        earlier = self._labels.setdefault(label.name.key, label)
        if earlier is not label:
            message = f"there is already a label '{label.name.text}' in this procedure"
            hint = f"the first one is in line {earlier.place.line}"
            self._findings.add(Fault.DUPLICATE_LABEL, label.name.place, message, hint)

    def _statement(self, statement: Statement) -> None:
        match statement:
            case Assign():
                self._assign(statement)
            case Goto(label):
                self._require_label(label)
            case Waitfor(alternatives):
                for alternative in alternatives:
                    self._types.require(alternative.pattern, ValueType.STRING, "'waitfor'")
                    if alternative.label is not None:
                        self._require_label(alternative.label)
        if type(statement) in _OPERANDS:
            attribute, type_, user = _OPERANDS[type(statement)]
            value = getattr(statement, attribute)
            if value is not None:
                self._types.require(value, type_, user)

    def _assign(self, assign: Assign) -> None:
        if isinstance(assign.target, SystemVariable):
            message = f"{assign.target.name.value} can only be read"
            self._findings.add(Fault.READ_ONLY, assign.target.place, message)
            self._types.type_of(assign.value)
            return
        type_ = self._types.type_of(assign.target)
        if type_ is None:
            self._types.type_of(assign.value)
        else:
            self._types.require(assign.value, type_, f"'{assign.target.name.text}'")

    def _require_label(self, name: Name) -> None:
        if name.key in self._labels:
            return
        known = [label.name.text for label in self._labels.values()]
        hint = suggestion(name, known, f"write '{name.text}:' where it should continue")
        message = f"there is no label '{name.text}' in this procedure"
        self._findings.add(Fault.UNDEFINED_LABEL, name.place, message, hint)


_OPERANDS: Mapping[type[Statement], tuple[str, ValueType, str]] = {
    If: ("condition", ValueType.BOOLEAN, "'if'"),
    While: ("condition", ValueType.BOOLEAN, "'while'"),
    Delay: ("seconds", ValueType.INTEGER, "'delay'"),
    GetIpCommand: ("index", ValueType.INTEGER, "'getip'"),
    SetIpAddressCommand: ("address", ValueType.STRING, "'set ipaddr'"),
    Transmit: ("text", ValueType.STRING, "'transmit'"),
    Waitfor: ("until", ValueType.INTEGER, "'until'"),
}
"""The operand of each statement: its attribute, its type, and the statement's name in messages."""
