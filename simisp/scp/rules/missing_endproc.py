"""SCP022: a procedure without ``endproc``."""

from __future__ import annotations

from simisp.diagnostics import Severity
from simisp.scp.rules.rule import Rule

__all__ = ["RULE"]

RULE = Rule(
    code="SCP022",
    name="missing-endproc",
    severity=Severity.ERROR,
    title="a `proc` without `endproc`",
    what="The parser reports it, and says where the end probably belongs.",
    why="""\
The script is not run: the dialler reports error 752. This is what remains if a file was truncated in mail or when it
was copied from a page into an editor. The sample of KB 175410 survives only in this form.""",
    example="""\
proc main
  transmit "^M"
""",
    instead="""\
proc main
  transmit "^M"
endproc""",
    fix="If only the last lines of the file are missing, adds all missing ends, the innermost first.",
    source="The language's documentation on procedures; Microsoft KB 163111 on error 752.",
)
