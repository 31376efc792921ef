"""CHAT006: a keyword where a text is sent."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.reader import ChatKeyword
from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]

_KEYWORDS = {keyword.value for keyword in ChatKeyword}


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for exchange in subject.script.exchanges:
        if exchange.answer is not None and exchange.answer.text in _KEYWORDS and not exchange.answer.quote:
            word = exchange.answer.text
            yield ChatFinding(
                exchange.answer.place,
                f"{word} is sent as a text here: a word before it is lacking, or is one too many",
                f"each expected word needs an answer before {word}, such as '\\c' for none",
            )


RULE = ChatRule(
    code="CHAT006",
    name="out-of-step",
    severity=Severity.ERROR,
    title="a keyword where a text is sent",
    what="Finds `ABORT`, `TIMEOUT` and the other keywords in the place of an answer.",
    why="""\
A script is pairs of words. One word too many or too few before it, and what was meant as a setting is sent, and
what was meant as an answer is waited for.""",
    example="""\
'' ATZ OK
ABORT BUSY""",
    instead="""\
'' ATZ
ABORT BUSY
OK ATI""",
    source="chat(8), CHAT SCRIPT",
    check=_check,
)
