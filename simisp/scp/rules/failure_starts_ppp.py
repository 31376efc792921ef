"""SCP204: a failed script that ends as if it had succeeded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simisp.diagnostics import Severity
from simisp.scp import code
from simisp.scp.rules.rule import Finding, Rule, Subject

__all__ = ["RULE"]

_CODE = "SCP204"
_LINES_SHOWN = 5


def _check(subject: Subject) -> Iterator[Finding]:
    waits = sorted(
        {
            subject.paths.instruction(state.outcome.wait).place.line
            for _, state in subject.steps(code.End)
            if state.outcome is not None and not state.outcome.came and not _hangs_up(sent.text for sent in state.sent)
        }
    )
    main = subject.main
    if waits and main is not None and main.end is not None:
        message = f"PPP starts here even when {_waits(waits)} has failed"
        hint = (
            "the language can't report failure; a script can hang up, or mark this as intended: '; lint: allow SCP204'"
        )
        note = f"  ; lint: allow {_CODE} - PPP starts here even when a wait has failed"
        yield Finding(main.end, message, hint, (subject.layout.end_line(main.end, note),))


def _hangs_up(texts: Iterator[str | None]) -> bool:
    """Return whether the modem was told to hang up: the escape sequence, then the command."""
    sent = [text.upper() for text in texts if text is not None]
    return "+++" in sent and any(text.startswith("ATH") for text in sent[sent.index("+++") :])


def _waits(lines: Sequence[int]) -> str:
    if len(lines) == 1:
        return f"the wait in line {lines[0]}"
    shown = ", ".join(map(str, lines[:_LINES_SHOWN]))
    return f"a wait (lines {shown}{', ...' if len(lines) > _LINES_SHOWN else ''})"


RULE = Rule(
    code=_CODE,
    name="failure-starts-ppp",
    severity=Severity.NOTE,
    title="a failure path that ends in `endproc`, and so starts PPP",
    what="""\
Reports which waits lead to `endproc` when they fail. It is a note: the script is not faulty. The repaired script
of KB 175410 does the same.""",
    why="""\
The language has no way to report failure: no exit code, no command to hang up. A script that reaches `endproc` starts
PPP or SLIP, on a remote that is still in its log-in dialogue. That ends by itself, since PPP gives up after some tries,
with an error such as 718, 720, 721 or 734, which says nothing about the wait that failed. The note is there so that the
author knows, and so does the reader of the log.

There are two ways to remove it. A comment on the line of `endproc` says that this end is intended. Or the failure path
hangs up through the modem: a pause of more than its guard time, `+++`, another pause, `ATH`.""",
    example="""\
proc main
  waitfor "ogin:" until 90
  if $SUCCESS then
    transmit $USERID, raw
    transmit "^M"
  endif
endproc""",
    instead="""\
proc main
  waitfor "ogin:" until 90
  if $FAILURE then
    delay 2
    transmit "+++"
    delay 2
    transmit "ATH^M"
    goto Done
  endif
  transmit $USERID, raw
  transmit "^M"
Done:
endproc""",
    fix="Adds a comment to the line of `endproc`: PPP starts there after a failure too, and this is intended.",
    source="""\
The language's documentation, which has no such command; Microsoft KB 175410; ITU-T V.250 and modem manuals on the
escape sequence and `H`.""",
    check=_check,
)
