"""SCP102: what is sent whether or not the wait before it succeeded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from simisp.diagnostics import Severity
from simisp.scp import code
from simisp.scp.edits import Edit
from simisp.scp.rules.failure_exit import closing_statements, failure_exit
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.syntax import If, Label, Statement, Waitfor, While, walk_statements

__all__ = ["RULE"]

_MAX_NESTED = 12
"""How many tests are put one inside the other."""


def _check(subject: Subject) -> Iterator[Finding]:
    untested = _untested(subject)
    body = subject.main.body if subject.main else ()
    label, label_edits = failure_exit(subject)
    for at, transmits in untested.items():
        wait = subject.paths.instruction(at)
        lines = sorted({each.place.line for each in transmits})
        message = f"line {lines[0]} transmits whether or not this wait has succeeded"
        hint = "test it before going on: if $SUCCESS then ... endif"
        statements = [each.statement for each in transmits if each.statement is not None]
        assert isinstance(wait.statement, Waitfor)
        guarded = () if len(untested) > _MAX_NESTED else _guarded(body, wait.statement, statements)
        edits = _test(subject, wait.statement, guarded) or (*_jump(subject, wait.statement, label), *label_edits)
        yield Finding(wait.place, message, hint, edits)


def _untested(subject: Subject) -> Mapping[int, list[code.Transmit]]:
    """Return the waits that fail and succeed to the same effect, with what is transmitted after both."""
    followed: dict[tuple[int, int], set[bool]] = {}
    for _, state in subject.steps(code.Transmit):
        if state.outcome is not None:
            followed.setdefault((state.outcome.wait, state.at), set()).add(state.outcome.came)
    untested: dict[int, list[code.Transmit]] = {}
    for (wait, at), outcomes in sorted(followed.items()):
        transmit = subject.paths.instruction(at)
        if len(outcomes) == 2 and isinstance(transmit, code.Transmit):
            untested.setdefault(wait, []).append(transmit)
    return untested


def _test(subject: Subject, wait: Waitfor, guarded: Sequence[Statement]) -> tuple[Edit, ...]:
    """Return the edits that put what follows a wait into an ``if``; none when there is nothing to put there."""
    if not guarded or any(alternative.label for alternative in wait.alternatives):
        return ()
    return subject.layout.after(wait, ["if $SUCCESS then"]), subject.layout.after(guarded[-1], ["endif"])


def _jump(subject: Subject, wait: Waitfor, label: str) -> tuple[Edit, ...]:
    """Return the edit that goes to a label when a wait has failed."""
    if all(alternative.label for alternative in wait.alternatives):
        return (subject.layout.after(wait, [f"goto {label}"]),)
    return (subject.layout.after(wait, ["if $FAILURE then", f"  goto {label}", "endif"]),)


def _guarded(body: Sequence[Statement], wait: Waitfor, transmits: Sequence[Statement]) -> Sequence[Statement]:
    """Return the statements after ``wait`` in its block, if nothing jumps among them and all ``transmits`` are there.

    Statements at the end that put the port back in order stay outside. Empty when there is no such block.
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
    return guarded if all(any(each is sent for each in inside) for sent in transmits) else ()


def _holds(body: Sequence[Statement], wanted: Statement) -> bool:
    return any(statement is wanted for statement in walk_statements(body))


RULE = Rule(
    code="SCP102",
    name="untested-wait",
    severity=Severity.ERROR,
    title="a `transmit` after a wait whose success nothing tests",
    what="""\
Finds each `waitfor` with a limit after which the script transmits the same text whether the string came or the time
ran out. All paths are followed: a test of `$SUCCESS` or `$FAILURE`, in whatever form, and `then` with a label both
count, and what is transmitted only after a failure, to wake up the remote, is no fault.""",
    why="""\
When time runs out, the remote is not where the script believes it is. Answers go to questions that were not asked:
the user name is taken for a menu choice, the password is echoed on a screen or recorded in a log as a user name. And
each further wait costs its full limit, so the script ends later than it must.""",
    example="""\
proc main
  waitfor "sername:" until 90
  transmit $USERID, raw
  transmit "^M"
endproc""",
    instead="""\
proc main
  waitfor "sername:" until 90
  if $SUCCESS then
    transmit $USERID, raw
    transmit "^M"
  endif
endproc""",
    fix="""\
Puts `if $SUCCESS then` after the wait and `endif` where the plain sequence after it ends, as KB 175410 does. In
loops and where labels are among what follows, it goes to a label before `endproc` instead when the wait has failed.""",
    source="Microsoft KB 175410: the success of each `waitfor` should be tested before the script goes on.",
    check=_check,
)
