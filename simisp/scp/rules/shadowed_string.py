"""SCP219: a string of a ``waitfor`` that another string of it always pre-empts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import NamedTuple

from simisp.diagnostics import Severity
from simisp.scp import code
from simisp.scp.analysis.states import PathState
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.syntax import Waitfor
from simisp.scp.text import interpret

__all__ = ["RULE"]

_MAX_STRINGS = 50
"""The strings are compared in pairs; beyond this many, further strings are ignored."""


class _Sought(NamedTuple):
    """An awaited string: its index in the list, its text, whether case matters."""

    number: int
    text: str
    matchcase: bool


def _check(subject: Subject) -> Iterator[Finding]:
    seen: set[tuple[int, tuple[_Sought, ...]]] = set()
    for instruction, state in subject.steps(code.Waitfor):
        assert isinstance(instruction.statement, Waitfor)
        sought = tuple(_sought(subject, instruction, state))
        if (state.at, sought) in seen:
            continue
        seen.add((state.at, sought))
        for one, other in permutations(sought, 2):
            if _forestalls(one, other):
                place = instruction.statement.alternatives[other.number].pattern.place
                message = f"this is never found: '{_shown(one.text)}', another one of this wait, is always found first"
                yield Finding(place, message, "remove it, or make the other one longer")


def _sought(subject: Subject, wait: code.Waitfor, state: PathState) -> Iterator[_Sought]:
    """Yield the known strings, except empty ones, which another rule finds."""
    for number, pattern in enumerate(wait.patterns[:_MAX_STRINGS]):
        text = subject.paths.value(pattern.text, state)
        if isinstance(text, str) and text:
            yield _Sought(number, interpret(text), pattern.matchcase)


def _forestalls(one: _Sought, other: _Sought) -> bool:
    """Return whether ``one`` is always found before ``other``, or at the same octet with precedence."""
    if one.matchcase and not other.matchcase:
        return False
    found = other.text.find(one.text) if one.matchcase else other.text.lower().find(one.text.lower())
    end = found + len(one.text)
    return found >= 0 and (end < len(other.text) or one.number < other.number)


def _shown(text: str) -> str:
    return "".join(character if character.isprintable() else "·" for character in text[:32])


RULE = Rule(
    code="SCP219",
    name="shadowed-string",
    severity=Severity.WARNING,
    title="a string that another string of the same `waitfor` always pre-empts",
    what="""\
Finds, in a `waitfor` with several strings, those that can't be found, because another one is a part of it and is
complete first.""",
    why="""\
The first string that is complete decides. With "ogin" in the list too, "ogin incorrect" is never found: the refusal is
taken for a new prompt, and the script offers the same password again.""",
    example="""\
proc main
  waitfor "ogin" then Prompt, "ogin incorrect" then Done until 90
  goto Done
Prompt:
  transmit $USERID, raw
  transmit "^M"
Done:
endproc""",
    instead="""\
proc main
  waitfor "ogin:" then Prompt, "ogin incorrect" then Done until 90
  goto Done
Prompt:
  transmit $USERID, raw
  transmit "^M"
Done:
endproc""",
    source="The language's documentation on `waitfor` with several strings.",
    check=_check,
)
