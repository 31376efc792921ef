"""SCP220: a script that could not be analysed completely."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp.analysis.paths import MAX_STATES, MAX_VARIABLES
from simisp.scp.rules.rule import Finding, Rule, Subject

__all__ = ["RULE"]


def _check(subject: Subject) -> Iterator[Finding]:
    main = subject.main
    if main is None or subject.paths.exact:
        return
    what = "the values of variables were ignored"
    if not subject.paths.complete:
        what = "some of its paths were not analysed"
    message = f"the script can reach more than {MAX_STATES} states: {what}"
    yield Finding(main.place, message, "split long counting loops, or use fewer variables")


RULE = Rule(
    code="SCP220",
    name="too-many-paths",
    severity=Severity.NOTE,
    title="a script with too many paths to follow",
    what=f"""\
Reports that a script was not analysed completely. Up to {MAX_STATES} states are distinguished and {MAX_VARIABLES}
variables followed; beyond that the values of variables count as unknown, and if even that is too much, the rules see
only a part of the script.""",
    why="""\
It is a note: the findings of the other rules are valid, but some may be missing. No caller waits for a loop that counts
up to a hundred thousand.""",
    example="""\
proc main
  integer nTries = 0
  while nTries < 100000 do
    nTries = nTries + 1
  endwhile
endproc""",
    instead="""\
proc main
  integer nTries = 0
  while nTries < 3 do
    nTries = nTries + 1
  endwhile
endproc""",
    source="The limits of this checker.",
    check=_check,
)
