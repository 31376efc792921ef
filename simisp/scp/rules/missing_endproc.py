"""SCP022: a procedure without its end."""

from __future__ import annotations

from simisp.diagnostics import Severity
from simisp.scp.rules.rule import Rule

__all__ = ["RULE"]

RULE = Rule(
    code="SCP022",
    name="missing-endproc",
    severity=Severity.ERROR,
    title="a `proc` without `endproc`",
    what="The parser finds it, and says where the end probably belongs.",
    why="""\
The script is not run: the dialler answers error 752. It is what remains when a file was cut off in mail or on the way
from a page into an editor. The sample of KB 175410 is handed down like that.""",
    example="""\
proc main
  transmit "^M"
""",
    instead="""\
proc main
  transmit "^M"
endproc""",
    fix="Where the last lines of the file are lacking, writes all ends that are, the innermost first.",
    source="The language's documentation on procedures; Microsoft KB 163111 on error 752.",
)
