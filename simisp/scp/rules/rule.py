"""The parts of a lint rule: its page, and the check that finds its faults."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from simisp.diagnostics import Place, Severity
from simisp.scp import code
from simisp.scp.analysis.paths import Paths
from simisp.scp.analysis.states import PathState
from simisp.scp.checker import Checked
from simisp.scp.compiler import compile_checked
from simisp.scp.edits import Edit, Layout
from simisp.scp.syntax import Procedure, Statement, walk_statements

__all__ = ["DEFAULT_LIMITS", "Finding", "Rule", "Settings", "Subject", "found_by_the_parser"]

DEFAULT_LIMITS = (90, 60)
"""The limits that a fix gives to waits, in seconds: for the first wait of a script, and for each further one.

See Also:
    Microsoft KB 175410, whose sample has these.
"""

_Instruction = TypeVar("_Instruction", bound=code.Instruction)
_Statement = TypeVar("_Statement", bound=Statement)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a rule needs to know besides the script.

    Attributes:
        give_up: After how many seconds the caller of the script loses patience; None for never.
        unattended: Whether there is no user at the script's window.
        limits: See :data:`DEFAULT_LIMITS`.
    """

    give_up: float | None = None
    unattended: bool = True
    limits: tuple[int, int] = DEFAULT_LIMITS


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding of a rule.

    Attributes:
        place: Its place.
        message: What is wrong, as a sentence without a full stop.
        hint: What to do.
        edits: The edits that fix it; empty if only the author can.
        secret: Whether the text at ``place`` is a secret, to be masked wherever it is shown.
    """

    place: Place
    message: str
    hint: str = ""
    edits: tuple[Edit, ...] = ()
    secret: bool = False


class Subject:
    """A script, as a rule sees it.

    Args:
        checked: The checked script.
        settings: What else a rule needs to know.

    Attributes:
        checked: As given.
        settings: As given.
        layout: The positions of its statements in the text.
    """

    def __init__(self, checked: Checked, settings: Settings) -> None:
        self.checked = checked
        self.settings = settings
        self.layout = Layout(checked.parsed)

    @property
    def procedures(self) -> tuple[Procedure, ...]:
        """All procedures."""
        return self.checked.parsed.tree.procedures

    @property
    def main(self) -> Procedure | None:
        """The procedure that runs."""
        return self.checked.parsed.tree.main

    @cached_property
    def program(self) -> code.Program | None:
        """The script's code; None if a mistake keeps it from running."""
        return None if self.checked.has_errors or self.main is None else compile_checked(self.checked)

    @cached_property
    def paths(self) -> Paths:
        """The paths through it; empty if a mistake keeps it from running."""
        return Paths(self.program)

    def steps(self, kind: type[_Instruction]) -> Iterator[tuple[_Instruction, PathState]]:
        """Yield the states in which an instruction of one kind is about to run."""
        for instruction, state in self.paths.steps():
            if isinstance(instruction, kind):
                yield instruction, state

    def statements(self, kind: type[_Statement]) -> Iterator[_Statement]:
        """Yield the statements of one kind in ``proc main``, in the order of the text."""
        for statement in walk_statements(self.main.body if self.main else ()):
            if isinstance(statement, kind):
                yield statement


def found_by_the_parser(subject: Subject) -> Iterable[Finding]:  # noqa: ARG001, the signature of a check
    """The check of a rule whose faults the parser reports."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule with its page.

    Attributes:
        code: Its stable code.
        name: Its name, in lower case with hyphens.
        severity: Errors make a script hang or fail; warnings make it fragile; notes say what can't be helped.
        title: What it finds, as a short clause.
        what: What it does.
        why: Why that is bad.
        example: A script with the fault.
        instead: The same script without the fault.
        source: The source of this knowledge.
        fix: What the automatic fix does; empty if only the author can fix it.
        settings: The settings under which example and fix behave as described.
        check: The function that finds the faults.
        finds_secrets: Whether its findings are secrets.
    """

    code: str
    name: str
    severity: Severity
    title: str
    what: str
    why: str
    example: str
    instead: str
    source: str
    fix: str = ""
    settings: Settings = Settings()
    check: Callable[[Subject], Iterable[Finding]] = found_by_the_parser
    finds_secrets: bool = False
