"""CHAT303: an expected text with an octet above 127."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.reader import ChatKeyword
from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    sought = [turn.expect for exchange in subject.script.exchanges for turn in exchange.turns]
    texts = [(part.text, part.place) for part in sought]
    for keyword in (ChatKeyword.ABORT, ChatKeyword.REPORT):
        values = [each.value for each in subject.script.settings(keyword) if each.value is not None]
        texts += [(value.text, value.place) for value in values]
    for text, place in texts:
        if any(octet > 127 for octet in subject.expected(text)):
            message = "it is never found: chat strips the eighth bit of what comes"
            yield ChatFinding(place, message, "expect a part of it that is ASCII")


RULE = ChatRule(
    code="CHAT303",
    name="eight-bit-text",
    severity=Severity.ERROR,
    title="an expected text with an octet above 127",
    what="""\
Finds expected texts, ABORT and REPORT texts with octets that have the eighth bit set, such as letters with
accents.""",
    why="""\
chat strips the eighth bit of all that comes and compares it with the text as it is, so such a text is never
found.""",
    example="'Bitte wählen:' 1",
    instead="'hlen:' 1",
    source="Tried with chat 2.4.9.",
    check=_check,
)
