"""SCP023: an end that closes nothing."""

from __future__ import annotations

from simisp.diagnostics import Severity
from simisp.scp.rules.rule import Rule

__all__ = ["RULE"]

RULE = Rule(
    code="SCP023",
    name="stray-end",
    severity=Severity.ERROR,
    title="an `endif`, `endwhile` or `endproc` that closes nothing",
    what="The parser finds it.",
    why="""\
The script is not run: the dialler answers error 752. One end too many is often the trace of a test that was deleted
and of which only the first line went.""",
    example="""\
proc main
  transmit "^M"
  endif
endproc""",
    instead="""\
proc main
  transmit "^M"
endproc""",
    source="The language's documentation on `if`, `while` and procedures; Microsoft KB 163111 on error 752.",
)
