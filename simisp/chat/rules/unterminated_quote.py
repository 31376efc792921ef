"""CHAT001: a quote that is not closed in its line."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    place = subject.script.file.unterminated
    if place is not None:
        yield ChatFinding(
            place, "chat ends here with exit status 1: the closing quote is lacking", "close it in this line"
        )


RULE = ChatRule(
    code="CHAT001",
    name="unterminated-quote",
    severity=Severity.ERROR,
    title="a quote that is not closed in its line",
    what="Finds a word whose closing quote is not in its line.",
    why="""\
chat carries a script out word by word as it reads it. At such a word it ends with exit status 1, in the middle
of the call, after it has dialled.""",
    example="""\
'' ATZ
OK 'ATI 3""",
    instead="""\
'' ATZ
OK 'ATI 3'""",
    source="chat(8), TERMINATION CODES. Tried with chat 2.4.9.",
    check=_check,
)
