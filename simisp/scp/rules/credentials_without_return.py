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
    for instruction, state in subject.paths.steps():
        if isinstance(instruction, code.Waitfor | code.GetIp | code.End):
            for sent in _unended(state.sent):
                message = "no carriage return follows, so the remote goes on reading the answer"
                place = subject.paths.instruction(sent.at).place
                yield Finding(place, message, 'add: transmit "^M"')


def _unended(sent: tuple[Sent, ...]) -> Iterator[Sent]:
    """Yield the credentials after which no line end was sent, before others or at all."""
    for number, each in enumerate(sent):
        until_others = takewhile(lambda later: not later.origins, sent[number + 1 :])
        if each.origins and not each.ends_line and not any(later.ends_line for later in until_others):
            yield each


RULE = Rule(
    code="SCP202",
    name="credentials-without-return",
    severity=Severity.WARNING,
    title="credentials that no carriage return follows",
    what="""\
Finds each `transmit` of `$USERID` or `$PASSWORD` after which the script waits, ends, or sends the other one before it
has sent `^M` or `<cr>`.""",
    why="""\
`transmit` sends the text and nothing else. Without a carriage return the remote goes on reading the user name; the
script waits for a prompt that can't come, and what it sends next becomes part of the name.""",
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
