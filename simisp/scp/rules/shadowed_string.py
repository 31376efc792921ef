"""SCP219: a string of a ``waitfor`` that another one of the same always forestalls."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import NamedTuple

from simisp.diagnostics import Severity
from simisp.scp import code
from simisp.scp.analysis.states import State
from simisp.scp.rules.rule import Finding, Rule, Subject
from simisp.scp.syntax import Waitfor
from simisp.scp.text import interpret

__all__ = ["RULE"]

_MAX_STRINGS = 50
"""Each string is compared with each other one; of more than this many only these are looked at."""


class _Sought(NamedTuple):
    """A string that is waited for: where it is in the list, its text, whether case matters."""

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
                message = f"this is never found: '{_shown(one.text)}', another string of this wait, comes first in it"
                yield Finding(place, message, "leave it out, or make the other one longer")


def _sought(subject: Subject, wait: code.Waitfor, state: State) -> Iterator[_Sought]:
    """Yield the strings that are known, but not empty ones, which another rule finds."""
    for number, pattern in enumerate(wait.patterns[:_MAX_STRINGS]):
        text = subject.paths.value(pattern.text, state)
        if isinstance(text, str) and text:
            yield _Sought(number, interpret(text), pattern.matchcase)


def _forestalls(one: _Sought, other: _Sought) -> bool:
    """Whether wherever ``other`` comes ``one`` is found before it, or at the same octet and with precedence."""
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
    title="a string that another one of the same `waitfor` always forestalls",
    what="""\
Finds strings of a `waitfor` with several that can't be found, because another one of them is a part of it and is found
before it is complete.""",
    why="""\
The first string that is complete decides. With "ogin" for a label of its own, "ogin incorrect" never is: the refusal
is taken for a new prompt, and the script offers the same password again.""",
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
