"""CHAT005: ``#`` that does not begin its line."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for word in subject.script.file.words:
        if word.text.startswith("#") and not word.quote:
            yield ChatFinding(
                word.place,
                "a comment begins in the first column; here # and what follows are expected and sent",
                "give the comment a line of its own, or put quotes around a text that is meant",
            )


RULE = ChatRule(
    code="CHAT005",
    name="comment-in-line",
    severity=Severity.WARNING,
    title="`#` that does not begin its line",
    what="Finds words that begin with `#` without quotes.",
    why="""\
Only a line whose first character is `#` is a comment. Anywhere else the words behind it are expected and sent.""",
    example="""\
'' ATZ  # reset
OK ATI""",
    instead="""\
# reset
'' ATZ
OK ATI""",
    source="chat(8), COMMENTS",
    check=_check,
)
