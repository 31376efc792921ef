"""SCP213: a wait that ends before the remote has answered."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.diagnostics import Severity
from simisp.scp import code
from simisp.scp.analysis.states import PathState
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.syntax import Waitfor
from simisp.scp.text import interpret

__all__ = ["RULE"]

_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_ENDS_OF_PROMPTS = {":", "?", ">", ""}


def _check(subject: Subject) -> Iterator[Finding]:
    for instruction, state in subject.steps(code.Waitfor):
        assert isinstance(instruction.statement, Waitfor)
        for pattern, alternative in zip(instruction.patterns, instruction.statement.alternatives, strict=True):
            text = subject.paths.value(pattern.text, state)
            why = _met_by(subject, state, interpret(text), matchcase=pattern.matchcase) if isinstance(text, str) else ""
            if why:
                hint = "wait for more of what only the answer has, or use 'matchcase'"
                yield Finding(alternative.pattern.place, why, hint)


def _met_by(subject: Subject, state: PathState, pattern: str, *, matchcase: bool) -> str:
    """Return what matches a pattern too early, as a message; empty if nothing does."""
    if not pattern:
        return "an empty string matches at once"
    wanted = _folded(pattern, matchcase=matchcase)
    echo = "".join(_UNKNOWN if sent.text is None else sent.text for sent in state.sent)
    if wanted in _folded(echo, matchcase=matchcase):
        line = subject.paths.instruction(state.sent[-1].at).place.line
        return f"the echo of what was transmitted up to line {line} matches this"
    return _met_by_prompt(subject, state, wanted, matchcase=matchcase)


def _met_by_prompt(subject: Subject, state: PathState, wanted: str, *, matchcase: bool) -> str:
    outcome = state.outcome
    if outcome is None or outcome.wait == state.at or not outcome.prompt:
        return ""
    prompt = _folded(outcome.prompt, matchcase=matchcase)
    line = subject.paths.instruction(outcome.wait).place.line
    if wanted != prompt and wanted in prompt:
        return f"the prompt of line {line} matches this as well, if the remote repeats it"
    if prompt[-1].isalnum() and wanted.strip(" ") in _ENDS_OF_PROMPTS:
        return f"the rest of the prompt of line {line} matches this"
    return ""


def _folded(text: str, *, matchcase: bool) -> str:
    return text if matchcase else text.lower()


RULE = Rule(
    code="SCP213",
    name="met-too-early",
    severity=Severity.WARNING,
    title="a string that the echo or an earlier prompt already matches",
    what="""\
Finds strings of a `waitfor` that occur in the echo of what was transmitted just before, or in the prompt that the
script waited for before, and strings that consist only of the sign that ends such a prompt. An empty string matches
without any input.""",
    why="""\
Most remotes echo what they receive, and the script sees the echo first. A wait for "PPP" after `transmit "ppp^M"` ends
at once, since case is ignored. Likewise a wait for ":" is matched by the rest of the prompt before. The script then
runs ahead of the remote, and sends its next line, perhaps the password, before it was asked for.""",
    example="""\
proc main
  waitfor "ervice?" until 90
  if $SUCCESS then
    transmit "ppp^M"
    waitfor "PPP" until 60
  endif
endproc""",
    instead="""\
proc main
  waitfor "ervice?" until 90
  if $SUCCESS then
    transmit "ppp^M"
    waitfor "PPP session from" until 60
  endif
endproc""",
    source="The language's documentation on `waitfor`: a string is found anywhere in what is received, in any case.",
    check=_check,
)
