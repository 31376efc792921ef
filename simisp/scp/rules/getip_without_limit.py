"""SCP104: an unbounded ``getip``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simisp.diagnostics import Severity
from simisp.scp import code
from simisp.scp.address import getip_in
from simisp.scp.analysis.states import PathState
from simisp.scp.edits import Edit
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.rules.success_tested import success_tested
from simisp.scp.syntax import Waitfor

__all__ = ["RULE"]


def _check(subject: Subject) -> Iterator[Finding]:
    if not subject.settings.unattended:
        return
    faults: dict[tuple[int, str], set[int]] = {}
    came: set[tuple[int, int]] = set()
    for instruction, state in subject.paths.steps():
        if not _is_getip(subject, instruction, state):
            continue
        if state.outcome is not None and state.outcome.came:
            came.add((state.outcome.wait, state.at))
        if not state.success or state.sent:
            waits = faults.setdefault((state.at, _why(state)), set())
            waits |= {state.outcome.wait} if state.outcome is not None and not state.outcome.came else set()
    untested = {wait: [at for at, _ in faults if (wait, at) in came] for waits in faults.values() for wait in waits}
    for (at, why), waits in faults.items():
        message = f"'getip' has no limit, and {why}: if no address comes it lasts forever"
        hint = "wait for the text before the address with 'until', and continue only after $SUCCESS"
        # what is read only after a failure is left to the author; each wait is tested once, however many reads need it
        mended = [wait for wait in sorted(waits) if (wait, at) in came and wait in untested]
        edits = [edit for wait in mended for edit in _tested(subject, wait, untested.pop(wait))]
        yield Finding(subject.paths.instruction(at).place, message, hint, tuple(edits))


def _why(state: PathState) -> str:
    """Return why a ``getip`` is unbounded."""
    if state.success:
        return "there was no wait since the last 'transmit'"
    return "the wait before it may have failed" if state.outcome else "no 'waitfor' comes before it"


def _tested(subject: Subject, wait: int, needing: Iterable[int]) -> tuple[Edit, ...]:
    """Return the edits that test a wait before an address is read."""
    statement = subject.paths.instruction(wait).statement
    assert isinstance(statement, Waitfor)
    read = [each for each in (subject.paths.instruction(at).statement for at in needing) if each is not None]
    return success_tested(subject, statement, read)


def _is_getip(subject: Subject, instruction: code.Instruction, state: PathState) -> bool:
    match instruction:
        case code.GetIp():
            return True
        case code.SetIpAddress(address):
            text = subject.paths.value(address, state)
            return isinstance(text, str) and getip_in(text) is not None
        case _:
            return False


RULE = Rule(
    code="SCP104",
    name="getip-without-limit",
    severity=Severity.ERROR,
    title="an unbounded `getip`",
    what="""\
Finds each `getip` that some path reaches without a `waitfor` before it that has succeeded since the last `transmit`: a
wait for an earlier prompt says nothing about the answer to what was sent after it. Scripts for attended use are not
checked.""",
    why="""\
`getip` waits until the remote sends an address, and the language has no `until` for it. The nearest thing to a limit
is a `waitfor` with a limit for the words just before the address: once they have come, the address follows. This is
not complete protection. A remote that falls silent in the middle of that line still holds the script.""",
    example="""\
proc main
  waitfor "assword:" until 60
  if $SUCCESS then
    transmit $PASSWORD, raw
    transmit "^M"
    waitfor "ready" until 60
  endif
  set ipaddr getip
endproc""",
    instead="""\
proc main
  waitfor "assword:" until 60
  if $SUCCESS then
    transmit $PASSWORD, raw
    transmit "^M"
    waitfor "Your address is" until 60
    if $SUCCESS then
      set ipaddr getip
    endif
  endif
endproc""",
    fix="""\
Tests the success of the wait before the `getip`, as [SCP102](SCP102.md) does, where that wait may have failed. Which
words announce the address only the author knows.""",
    source="The language's documentation on `getip`, which has no time-out; Microsoft KB 175410 on waits without one.",
    check=_check,
)
