"""CHAT204: an empty ABORT text."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.reader import ChatKeyword
from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for setting in subject.script.settings(ChatKeyword.ABORT):
        if setting.value is not None and not subject.expected(setting.value.text):
            message = "an empty ABORT text ends the script at the first octet that comes"
            yield ChatFinding(setting.value.place, message, "write what is to end the script")


RULE = ChatRule(
    code="CHAT204",
    name="empty-abort",
    severity=Severity.ERROR,
    title="an empty ABORT text",
    what="Finds `ABORT ''`.",
    why="It is found in front of the first octet that comes, so the script ends there.",
    example="""\
ABORT ''
'' ATZ
OK ATI""",
    instead="""\
ABORT ERROR
'' ATZ
OK ATI""",
    source="Tried with chat 2.4.9.",
    check=_check,
)
