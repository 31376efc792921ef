"""CHAT008: a line that chat does not read as one."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for place in subject.script.file.cut:
        yield ChatFinding(
            place, "chat cuts the line here: it is longer than 1023 octets", "break it into several lines"
        )
    for place in subject.script.file.hidden:
        yield ChatFinding(place, "chat does not read what is behind NUL in a line", "remove it")


RULE = ChatRule(
    code="CHAT008",
    name="cut-line",
    severity=Severity.ERROR,
    title="a line that chat does not read as one",
    what="Finds lines of more than 1023 octets, and NUL in a line.",
    why="""\
chat cuts a line after 1023 octets, in the middle of a word if need be, and does not read what is behind NUL.""",
    example="'' AAA\0 OK ATI\n",
    instead="""\
'' AAA
OK ATI""",
    source="Tried with chat 2.4.9.",
    check=_check,
)
