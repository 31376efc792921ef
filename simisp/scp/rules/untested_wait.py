"""SCP102: a wait after which the script continues whether or not it succeeded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from simisp.diagnostics import Severity
from simisp.scp import code
from simisp.scp.analysis.states import PathState
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.rules.success_tested import MAX_NESTED, success_tested
from simisp.scp.syntax import Waitfor

__all__ = ["RULE"]


def _check(subject: Subject) -> Iterator[Finding]:
    untested = _untested(subject)
    for at, gone_on_to in untested.items():
        wait = subject.paths.instruction(at)
        hint = "test it before continuing: if $SUCCESS then ... endif"
        statements = [each.statement for each in gone_on_to if each.statement is not None]
        assert isinstance(wait.statement, Waitfor)
        edits = success_tested(subject, wait.statement, statements, nest=len(untested) <= MAX_NESTED)
        yield Finding(wait.place, _message(wait, gone_on_to), hint, edits)


def _message(wait: code.Instruction, gone_on_to: Sequence[code.Instruction]) -> str:
    """Return the message for a wait; a text sent after it is more telling than another wait."""
    sent = sorted(each.place.line for each in gone_on_to if isinstance(each, code.Transmit))
    if sent:
        return f"line {sent[0]} transmits whether or not this wait has succeeded"
    if all(each is wait for each in gone_on_to):
        return "it waits here again whether or not this wait has succeeded"
    line = min(each.place.line for each in gone_on_to if each is not wait)
    return f"line {line} waits whether or not this wait has succeeded"


def _untested(subject: Subject) -> Mapping[int, list[code.Instruction]]:
    """Return the waits after which a script continues alike, failed or not, with what it sends or awaits next."""
    followed: dict[tuple[int, int], set[bool]] = {}
    for instruction, state in subject.paths.steps():
        if state.outcome is not None and _goes_on(instruction, state):
            followed.setdefault((state.outcome.wait, state.at), set()).add(state.outcome.came)
    untested: dict[int, list[code.Instruction]] = {}
    for (wait, at), outcomes in sorted(followed.items()):
        if len(outcomes) == 2:
            untested.setdefault(wait, []).append(subject.paths.instruction(at))
    return untested


def _goes_on(instruction: code.Instruction, state: PathState) -> bool:
    """Return whether a script continues from its last wait, rather than waking up the remote after a failure."""
    match instruction:
        case code.Transmit():
            return True
        case code.Waitfor():
            return state.success is True or not state.sent
        case _:
            return False


RULE = Rule(
    code="SCP102",
    name="untested-wait",
    severity=Severity.ERROR,
    title="a `transmit` or another wait after a wait whose success is not tested",
    what="""\
Finds each `waitfor` with a limit after which the script continues with the same `transmit` or the same `waitfor`
whether the string came or the time ran out. All paths are followed: a test of `$SUCCESS` or `$FAILURE`, in whatever
form, and `then` with a label both count. A text transmitted only after a failure, to wake up the remote, is not
reported, nor is the wait for its answer.""",
    why="""\
If the time runs out, the remote is not where the script believes it is. Answers go to questions that were not asked:
the user name is taken for a menu choice, the password is echoed on a screen or recorded in a log as a user name. And
each further wait costs its full limit, so the script ends later than necessary.""",
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
Puts `if $SUCCESS then` after the wait and `endif` where the straight sequence after it ends, as KB 175410 does. In
loops and where labels are among what follows, it jumps to a label before `endproc` instead if the wait has failed.""",
    source="Microsoft KB 175410: the success of each `waitfor` should be tested before the script goes on.",
    check=_check,
)
