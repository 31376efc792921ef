"""SCP023: an end without anything to close."""

from __future__ import annotations

from simisp.diagnostics import Severity
from simisp.scp.rules.rule import Rule

__all__ = ["RULE"]

RULE = Rule(
    code="SCP023",
    name="stray-end",
    severity=Severity.ERROR,
    title="an `endif`, `endwhile` or `endproc` that closes nothing",
    what="The parser reports it.",
    why="""\
The script is not run: the dialler reports error 752. A superfluous end often remains from a test of which only the
first line was deleted.""",
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
