"""CHAT103: ``TIMEOUT`` with 0 or no number."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.meaning import atoi
from simisp.chat.program import DEFAULT_LIMIT
from simisp.chat.reader import ChatKeyword
from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity
from simisp.visible import visible

__all__ = ["RULE"]


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for setting in subject.script.settings(ChatKeyword.TIMEOUT):
        if setting.value is not None and atoi(subject.expected(setting.value.text)) <= 0:
            message = f"TIMEOUT {visible(setting.value.text)} sets {DEFAULT_LIMIT} s"
            yield ChatFinding(setting.place, message, "write the seconds that are meant")


RULE = ChatRule(
    code="CHAT103",
    name="time-out-without-number",
    severity=Severity.WARNING,
    title="`TIMEOUT` with 0 or no number",
    what="Finds `TIMEOUT` whose value is not a number above 0.",
    why="""\
It sets the usual 45 seconds, whatever was meant: it neither switches the time-out off nor ends the wait at
once.""",
    example="""\
TIMEOUT 0
'' ATZ
OK ATI""",
    instead="""\
TIMEOUT 45
'' ATZ
OK ATI""",
    source="Tried with chat 2.4.9.",
    check=_check,
)
