r"""CHAT306: ``\c`` that is not at the end of what is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]

_ESCAPE = re.compile(r"\\.")


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for exchange in subject.script.exchanges:
        for part in subject.parts_sent(exchange):
            escapes = list(_ESCAPE.finditer(part.text))
            if any(each[0] == r"\c" and each.end() < len(part.text) for each in escapes):
                yield ChatFinding(part.place, r"\c is the letter c here, and a return follows", r"put \c at the end")


RULE = ChatRule(
    code="CHAT306",
    name="c-in-the-middle",
    severity=Severity.WARNING,
    title=r"`\c` that is not at the end of what is sent",
    what=r"Finds `\c` with more text behind it.",
    why="""\
Only at the end it keeps the carriage return from being sent. Elsewhere it is the letter c.""",
    example=r"""'' ATZ
OK +++\c\d
OK ATH""",
    instead=r"""'' ATZ
OK +++\d\c
OK ATH""",
    source="chat(8), ESCAPE SEQUENCES. Tried with chat 2.4.9.",
    check=_check,
)
