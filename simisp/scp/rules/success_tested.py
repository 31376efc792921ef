"""The test inserted after a ``waitfor``, so that statements that need its success run only after it."""

from __future__ import annotations

from collections.abc import Sequence

from simisp.scp.edits import Edit
from simisp.scp.rules.failure_exit import closing_statements, failure_exit
from simisp.scp.rules.rule import Subject
from simisp.scp.syntax import If, Label, Statement, SystemName, SystemVariable, Waitfor, While, walk_statements

__all__ = ["MAX_NESTED", "success_tested"]

MAX_NESTED = 12
"""How many tests are nested."""


def success_tested(
    subject: Subject, wait: Waitfor, needing: Sequence[Statement], *, nest: bool = True
) -> tuple[Edit, ...]:
    """Return the edits that make statements run only if a wait has succeeded.

    Args:
        subject: The script.
        wait: The wait.
        needing: The statements.
        nest: Whether the rest of the block may go into an ``if``; otherwise a failure jumps to a label at the end.
    """
    body = subject.main.body if subject.main else ()
    guarded = _guarded(body, wait, needing) if nest else ()
    label, label_edits = failure_exit(subject)
    return _test(subject, wait, guarded) or (*_jump(subject, wait, label), *label_edits)


def _test(subject: Subject, wait: Waitfor, guarded: Sequence[Statement]) -> tuple[Edit, ...]:
    """Return the edits that put the statements after a wait into an ``if``; empty if there are no statements."""
    if not guarded or any(alternative.label for alternative in wait.alternatives):
        return ()
    ended = subject.layout.after(guarded[-1], ["endif"])
    there = _tested_already(subject, guarded)
    return (there or subject.layout.after(wait, ["if $SUCCESS then"])), ended


def _tested_already(subject: Subject, guarded: Sequence[Statement]) -> Edit | None:
    """Return the edit that removes the premature end of a test right after the wait; None if there is no such test."""
    test, *rest = guarded
    if not rest or not isinstance(test, If) or test.end is None:
        return None
    is_test = isinstance(test.condition, SystemVariable) and test.condition.name is SystemName.SUCCESS
    return subject.layout.without_line(test.end) if is_test else None


def _jump(subject: Subject, wait: Waitfor, label: str) -> tuple[Edit, ...]:
    """Return the edit that jumps to a label if a wait has failed."""
    if all(alternative.label for alternative in wait.alternatives):
        return (subject.layout.after(wait, [f"goto {label}"]),)
    return (subject.layout.after(wait, ["if $FAILURE then", f"  goto {label}", "endif"]),)


def _guarded(body: Sequence[Statement], wait: Waitfor, needing: Sequence[Statement]) -> Sequence[Statement]:
    """Return the statements after ``wait`` in its block, if no jump leads among them and they include ``needing``.

    Statements at the end that restore the port settings are left out. Empty if there is no such block.
    """
    while not any(statement is wait for statement in body):
        around = [each for each in body if isinstance(each, If) and _holds(each.body, wait)]
        if not around:
            return ()
        body = around[0].body
    start = next(index for index, each in enumerate(body) if each is wait) + 1
    guarded = body[start : len(body) - len(closing_statements(body))]
    inside = list(walk_statements(guarded))
    if any(isinstance(each, Label | While) for each in inside):
        return ()
    return guarded if all(any(each is wanted for each in inside) for wanted in needing) else ()


def _holds(body: Sequence[Statement], wanted: Statement) -> bool:
    return any(statement is wanted for statement in walk_statements(body))
