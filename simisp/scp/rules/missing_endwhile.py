"""SCP021: a ``while`` without ``endwhile``."""

from __future__ import annotations

from simisp.diagnostics import Severity
from simisp.scp.rules.rule import Rule

__all__ = ["RULE"]

RULE = Rule(
    code="SCP021",
    name="missing-endwhile",
    severity=Severity.ERROR,
    title="a `while` without `endwhile`",
    what="The parser reports it, and infers from line breaks and indentation where the end probably belongs.",
    why="The script is not run: the dialler reports error 752.",
    example="""\
proc main
  integer nTries = 0
  while nTries < 3 do
    delay 1
    nTries = nTries + 1
endproc""",
    instead="""\
proc main
  integer nTries = 0
  while nTries < 3 do
    delay 1
    nTries = nTries + 1
  endwhile
endproc""",
    source="The language's documentation on `while`; Microsoft KB 163111 on error 752.",
)
