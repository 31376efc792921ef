"""SCP020: an ``if`` without ``endif``."""

from __future__ import annotations

from simisp.diagnostics import Severity
from simisp.scp.rules.rule import Rule

__all__ = ["RULE"]

RULE = Rule(
    code="SCP020",
    name="missing-endif",
    severity=Severity.ERROR,
    title="an `if` without `endif`",
    what="The parser reports it, and infers from line breaks and indentation where the end probably belongs.",
    why="""\
The script is not run: the dialler reports error 752. Each `if` needs its own `endif`, and there is no `else` that would
end it.""",
    example="""\
proc main
  waitfor "ogin:" until 90
  if $SUCCESS then
    transmit $USERID, raw
    transmit "^M"
endproc""",
    instead="""\
proc main
  waitfor "ogin:" until 90
  if $SUCCESS then
    transmit $USERID, raw
    transmit "^M"
  endif
endproc""",
    source="The language's documentation on `if`; Microsoft KB 163111 on error 752.",
)
