"""SCP202: credentials that no carriage return follows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from simisp.diagnostics import Severity
from simisp.scp import code
from simisp.scp.analysis.states import Sent
from simisp.scp.rules.rule import Finding, Rule, Subject

__all__ = ["RULE"]


def _check(subject: Subject) -> Iterator[Finding]:
    found: set[int] = set()
    for instruction, state in subject.paths.steps():
        if isinstance(instruction, code.Waitfor | code.GetIp | code.End):
            for sent, others in _unended(state.sent):
                if sent.at not in found:
                    found.add(sent.at)
                    follower = subject.paths.instruction(others.at) if others else instruction
                    message = f"no carriage return is sent before {_in_words(follower)}: the remote keeps reading"
                    yield Finding(subject.paths.instruction(sent.at).place, message, 'add: transmit "^M"')


def _in_words(follower: code.Instruction) -> str:
    """Return what follows the credentials."""
    line = follower.place.line
    match follower:
        case code.Transmit():
            return f"the next credentials, in line {line}"
        case code.Waitfor():
            return f"the wait in line {line}"
        case code.GetIp():
            return f"the 'getip' in line {line}"
        case _:
            return "the script ends"


def _unended(sent: tuple[Sent, ...]) -> Iterator[tuple[Sent, Sent | None]]:
    """Yield the credentials without a line end after them, each with the next credentials sent before it, if any."""
    for number, each in enumerate(sent):
        if each.origins and not each.ends_line:
            later = sent[number + 1 :]
            others = next((other for other in later if other.origins), None)
            if not any(other.ends_line for other in takewhile(lambda other: not other.origins, later)):
                yield each, others


RULE = Rule(
    code="SCP202",
    name="credentials-without-return",
    severity=Severity.WARNING,
    title="credentials that no carriage return follows",
    what="""\
Finds each `transmit` of `$USERID` or `$PASSWORD` after which the script waits, ends, or sends the other one before it
has sent `^M` or `<cr>`.""",
    why="""\
`transmit` sends only the text. Without a carriage return the remote keeps reading the user name; the script waits for
a prompt that can't come, and what it sends next becomes part of the name.""",
    example="""\
proc main
  waitfor "ogin:" until 90
  if $SUCCESS then
    transmit $USERID, raw
    waitfor "assword:" until 60
  endif
endproc""",
    instead="""\
proc main
  waitfor "ogin:" until 90
  if $SUCCESS then
    transmit $USERID, raw
    transmit "^M"
    waitfor "assword:" until 60
  endif
endproc""",
    source='Scripts in use, all of which send `"^M"` after credentials; Microsoft KB 175410.',
    check=_check,
)
