"""SCP220: a script that could not be looked at whole."""

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
    what = "the values of variables were left out of account"
    if not subject.paths.complete:
        what = "some of its paths were not looked at"
    message = f"the script can come to more than {MAX_STATES} states: {what}"
    yield Finding(main.place, message, "split long counting loops, or leave variables out")


RULE = Rule(
    code="SCP220",
    name="too-many-paths",
    severity=Severity.NOTE,
    title="a script with too many paths to follow",
    what=f"""\
Says that a script was not looked at whole. Up to {MAX_STATES} states are told apart and {MAX_VARIABLES} variables
followed; beyond that the values of variables count as unknown, and where even that is too much, the rules see a part of
the script only.""",
    why="""\
It is a note: what the other rules found is there, and something may be missing. A loop that counts up to a hundred
thousand is one that nobody waits for.""",
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
