"""SCP104: a ``getip`` that nothing bounds."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp import code
from simisp.scp.address import getip_in
from simisp.scp.analysis.states import State
from simisp.scp.rules.rule import Finding, Rule, Subject

__all__ = ["RULE"]


def _check(subject: Subject) -> Iterator[Finding]:
    if not subject.settings.unattended:
        return
    for instruction, state in subject.paths.steps():
        if _is_getip(subject, instruction, state) and (not state.success or state.sent):
            if state.success:
                why = "nothing was waited for since the last 'transmit'"
            else:
                why = "the wait before it may have failed" if state.outcome else "no 'waitfor' comes before it"
            message = f"'getip' has no limit, and {why}: while no address comes it lasts for ever"
            hint = "wait for the text before the address with 'until', and go on only after $SUCCESS"
            yield Finding(instruction.place, message, hint)


def _is_getip(subject: Subject, instruction: code.Instruction, state: State) -> bool:
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
    title="a `getip` that nothing bounds",
    what="""\
Finds each `getip` that some path comes to without a `waitfor` before it that has succeeded since the last `transmit`:
a wait for an earlier prompt tells nothing of the answer to what was sent after it. Scripts for attended use are not
looked at.""",
    why="""\
`getip` waits until the remote sends an address, and the language has no `until` for it. The nearest thing to a limit
is a `waitfor` with a limit for the words that come just before the address: when they have come, the address follows.
It is no full protection. A remote that falls silent in the middle of that line still holds the script.""",
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
    source="The language's documentation on `getip`, which has no time-out; Microsoft KB 175410 on waits without one.",
    check=_check,
)
