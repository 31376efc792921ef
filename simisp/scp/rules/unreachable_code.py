"""SCP209: statements that no path reaches."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp import code
from simisp.scp.analysis.knowledge import known_value
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.syntax import Statement

__all__ = ["RULE"]


def _check(subject: Subject) -> Iterator[Finding]:
    if subject.program is None:
        return
    instructions = subject.program.instructions
    reached = _reached(instructions)
    previous: Statement | None = None
    for at, instruction in enumerate(instructions):
        statement = instruction.statement
        if at in reached:
            previous = None
        elif statement is not None:
            if previous is None:
                yield Finding(statement.place, "no path gets here", "delete it, or jump to a label before it")
            previous = statement


def _reached(instructions: tuple[code.Instruction, ...]) -> set[int]:
    """Return the instructions that some path reaches, whatever the values of variables."""
    reached: set[int] = set()
    pending = [0]
    while pending:
        at = pending.pop()
        if at not in reached:
            reached.add(at)
            pending.extend(_following(at, instructions[at]))
    return reached


def _following(at: int, instruction: code.Instruction) -> list[int]:
    match instruction:
        case code.End() | code.Halt():
            return []
        case code.Jump(target):
            return [target]
        case code.JumpUnless(condition, target):
            met = known_value(condition, (), None)
            return [way for way, truth in ((at + 1, True), (target, False)) if met is not (not truth)]
        case code.Waitfor(patterns, until):
            ways = [at + 1 if pattern.target is None else pattern.target for pattern in patterns]
            return ways if until is None else [*ways, at + 1]
        case _:
            return [at + 1]


RULE = Rule(
    code="SCP209",
    name="unreachable-code",
    severity=Severity.WARNING,
    title="statements that no path reaches",
    what="""\
Finds statements that can't run: after a `goto` or `halt`, after a loop that never ends, after a `waitfor` without a
limit whose strings all lead elsewhere. A condition on a variable counts as going both ways.""",
    why="""\
The author meant it to run. A label is missing or misplaced, or a wait without a limit never lets the script reach the
code that was to handle its failure.""",
    example="""\
proc main
  waitfor "ogin:" then LogIn until 90
  goto Done
  transmit "^M"
LogIn:
  transmit $USERID, raw
  transmit "^M"
Done:
endproc""",
    instead="""\
proc main
  waitfor "ogin:" then LogIn until 90
  goto Done
LogIn:
  transmit $USERID, raw
  transmit "^M"
Done:
endproc""",
    source="The language's documentation on `goto`, `halt` and `waitfor`.",
    check=_check,
)
