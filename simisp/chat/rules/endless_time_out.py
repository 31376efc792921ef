"""CHAT102: a time-out of more than ten minutes."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.meaning import atoi
from simisp.chat.reader import ChatKeyword
from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]

_MOST = 600


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for setting in subject.script.settings(ChatKeyword.TIMEOUT):
        seconds = atoi(subject.expected(setting.value.text)) if setting.value is not None else 0
        if seconds > _MOST:
            message = f"a silent remote keeps the port for {seconds} s"
            yield ChatFinding(setting.place, message, "90 is enough for a modem, 60 for a log-in")


RULE = ChatRule(
    code="CHAT102",
    name="endless-time-out",
    severity=Severity.WARNING,
    title="a time-out of more than ten minutes",
    what="Finds `TIMEOUT` with more than 600 seconds.",
    why="""\
A remote that falls silent then keeps the port for that long, and so whatever waits for the port. It looks like
a hang.""",
    example="""\
TIMEOUT 3600
'' ATZ
OK ATI""",
    instead="""\
TIMEOUT 90
'' ATZ
OK ATI""",
    source="chat(8), TIMEOUT",
    check=_check,
)
