"""CHAT002: a text that is longer than chat takes, or one ABORT or REPORT text too many."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.program import ChatFailure, compile_chat
from simisp.chat.reader import ChatKeyword
from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]

_MOST = 50


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for step in compile_chat(subject.script).steps:
        if isinstance(step, ChatFailure) and "longer" in step.reason:
            yield ChatFinding(step.place, f"chat ends here with exit status 1: {step.reason}", "shorten it")
    for keyword in (ChatKeyword.ABORT, ChatKeyword.REPORT):
        for setting in list(subject.script.settings(keyword))[_MOST:]:
            message = f"chat keeps {_MOST} {keyword.value} texts and ends at one more with exit status 2"
            yield ChatFinding(setting.place, message, f"clear some with CLR_{keyword.value}")


RULE = ChatRule(
    code="CHAT002",
    name="text-too-long",
    severity=Severity.ERROR,
    title="a text that is longer than chat takes, or one ABORT or REPORT text too many",
    what="""\
Finds ABORT and REPORT texts of more than 49 octets, expected texts of more than 1024, and the 51st ABORT or
REPORT text.""",
    why="chat ends there with exit status 1, or 2 for too many texts.",
    example="""\
ABORT 'THE PARTY YOU HAVE DIALLED IS NOT THERE AND WILL NOT BE'
'' ATZ""",
    instead="""\
ABORT 'THE PARTY YOU HAVE DIALLED'
'' ATZ""",
    source="chat(8), TERMINATION CODES. Tried with chat 2.4.9.",
    check=_check,
)
