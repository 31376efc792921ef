"""SCP103: ``halt`` without a user at the keyboard."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp import code
from simisp.scp.rules.failure_exit import failure_exit
from simisp.scp.rules.rule import Finding, Rule, Subject

__all__ = ["RULE"]


def _check(subject: Subject) -> Iterator[Finding]:
    if not subject.settings.unattended:
        return
    for instruction, _ in subject.steps(code.Halt):
        assert instruction.statement is not None
        label, edits = failure_exit(subject)
        message = "the script stops here until a user presses Continue, but there is no user"
        hint = "go to a label before 'endproc' instead, so that the script ends"
        edit = subject.layout.replace(instruction.statement, [f"goto {label}"])
        yield Finding(instruction.place, message, hint, (edit, *edits))


RULE = Rule(
    code="SCP103",
    name="halt-unattended",
    severity=Severity.ERROR,
    title="`halt` without a user at the keyboard",
    what="Finds each `halt` that some path reaches. Scripts for attended use are not checked.",
    why="""\
After `halt` the script's window stays open, and the connection continues only when a user presses Continue. Attended
scripts use it as a last resort: the keyboard is switched on and the user finishes the log-in by hand. A service that
dials automatically has no user, and the port is held as by an endless wait.""",
    example="""\
proc main
  waitfor "ogin:" until 90
  if $FAILURE then
    set screen keyboard on
    halt
  endif
  transmit $USERID, raw
  transmit "^M"
endproc""",
    instead="""\
proc main
  waitfor "ogin:" until 90
  if $FAILURE then
    goto Failed
  endif
  transmit $USERID, raw
  transmit "^M"
Failed:
endproc""",
    fix="Replaces `halt` with a `goto` to a label before `endproc`, past everything that would be transmitted.",
    source="The language's documentation on `halt`; Microsoft KB 175410 on services that dial.",
    check=_check,
)
