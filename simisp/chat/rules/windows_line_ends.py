"""CHAT003: lines that end with CR LF."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Place, Severity
from simisp.lint.edits import Edit

__all__ = ["RULE"]

_END = re.compile(r"\r+(?=\n|\Z)")


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for end in _END.finditer(subject.text):
        place = Place(subject.text.count("\n", 0, end.start()) + 1, 1, 1)
        edits = tuple(Edit(each.start(), each.end(), "") for each in _END.finditer(subject.text))
        yield ChatFinding(
            place, "the lines end with CR LF, and chat takes CR for a part of a word", "use LF alone", edits
        )
        return


RULE = ChatRule(
    code="CHAT003",
    name="windows-line-ends",
    severity=Severity.ERROR,
    title="lines that end with CR LF",
    what="Finds CR at the ends of lines.",
    why="""\
For chat CR is a character like any other. It expects it, sends it, and behind a closing quote it is a word of
its own, so that all pairs behind it are out of step.""",
    example="'' ATZ\r\nOK ATI\r\n",
    instead="""\
'' ATZ
OK ATI""",
    source="Tried with chat 2.4.9.",
    fix="Removes CR at the ends of lines.",
    check=_check,
)
