"""SCP105: an unbounded loop."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.diagnostics import Place, Severity
from simisp.scp import code
from simisp.scp.analysis.loops import endless_loops
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.syntax import While

__all__ = ["RULE"]


def _check(subject: Subject) -> Iterator[Finding]:
    for loop in endless_loops(subject.paths):
        for instruction in loop.returns:
            place = _while_closed_at(subject, instruction)
            which = "the loop that this closes" if place is None else "this loop"
            message = f"nothing bounds {which}: {_when(subject, silent=loop.silent)}"
            hint = "count the rounds in a variable, and leave when it reaches a limit"
            yield Finding(place or instruction.place, message, hint)


def _when(subject: Subject, *, silent: bool) -> str:
    if not subject.paths.exact:
        return "it has too many rounds to follow"
    if silent:
        return "it repeats forever if the remote stays silent"
    return "it repeats as long as the remote keeps sending what it waits for"


def _while_closed_at(subject: Subject, instruction: code.Instruction) -> Place | None:
    """Return the place of the ``while`` that this jump closes; None for any other jump."""
    if instruction.statement is not None:
        return None
    return next((each.place for each in subject.statements(While) if each.end == instruction.place), None)


RULE = Rule(
    code="SCP105",
    name="endless-loop",
    severity=Severity.ERROR,
    title="a loop that nothing bounds",
    what="""\
Finds `while` loops and backward jumps that can repeat forever. All paths are followed: a loop that counts
its rounds up to a limit, in whatever form, ends and is not reported.""",
    why="""\
A loop that tries again until the remote answers is an endless wait in disguise: each wait in it has a limit, but the
loop does not. The same is true of a loop that a babbling remote can keep going. A loop without any wait also uses all
of the processor.""",
    example="""\
proc main
TryAgain:
  transmit "^M"
  waitfor "ogin:" then LogIn until 20
  goto TryAgain
LogIn:
  transmit $USERID, raw
  transmit "^M"
endproc""",
    instead="""\
proc main
  integer nTries = 0
  while nTries < 3 do
    transmit "^M"
    waitfor "ogin:" then LogIn until 20
    nTries = nTries + 1
  endwhile
  goto Done
LogIn:
  transmit $USERID, raw
  transmit "^M"
Done:
endproc""",
    source="Microsoft KB 175410 on scripts that do not end; the language's documentation on `while` and `goto`.",
    check=_check,
)
