"""CHAT104: a text that takes longer to send than the time-out."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for moment in subject.moments:
        for part in subject.parts_sent(moment.exchange):
            seconds = subject.seconds(part)
            if seconds > moment.limit:
                message = f"sending takes {seconds:g} s, and chat ends after {moment.limit:g} s with exit status 1"
                yield ChatFinding(part.place, message, "put a longer TIMEOUT before it, or use fewer delays")


RULE = ChatRule(
    code="CHAT104",
    name="send-longer-than-time-out",
    severity=Severity.ERROR,
    title="a text that takes longer to send than the time-out",
    what=r"Adds up the delays (`\d`) and octets of what is sent: a hundredth of a second each.",
    why="""\
The time-out counts for sending too. chat ends in the middle of the text with exit status 1.""",
    example=r"""TIMEOUT 2
'' \d\d\d+++\c
OK ATH""",
    instead=r"""TIMEOUT 5
'' \d\d\d+++\c
OK ATH""",
    source="Tried with chat 2.4.9.",
    check=_check,
)
