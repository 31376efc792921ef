"""SCP102: what is sent whether or not the wait before it succeeded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from simisp.diagnostics import Severity
from simisp.scp import code
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.rules.success_tested import MAX_NESTED, success_tested
from simisp.scp.syntax import Waitfor

__all__ = ["RULE"]


def _check(subject: Subject) -> Iterator[Finding]:
    untested = _untested(subject)
    for at, transmits in untested.items():
        wait = subject.paths.instruction(at)
        lines = sorted({each.place.line for each in transmits})
        message = f"line {lines[0]} transmits whether or not this wait has succeeded"
        hint = "test it before going on: if $SUCCESS then ... endif"
        statements = [each.statement for each in transmits if each.statement is not None]
        assert isinstance(wait.statement, Waitfor)
        edits = success_tested(subject, wait.statement, statements, nest=len(untested) <= MAX_NESTED)
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
