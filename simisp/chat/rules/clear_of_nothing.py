"""CHAT205: CLR_ABORT or CLR_REPORT of a text that is not set."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.reader import ChatKeyword, ChatSetting
from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]

_CLEARED = {ChatKeyword.CLR_ABORT: ChatKeyword.ABORT, ChatKeyword.CLR_REPORT: ChatKeyword.REPORT}


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    texts: dict[ChatKeyword, list[bytes]] = {ChatKeyword.ABORT: [], ChatKeyword.REPORT: []}
    for statement in subject.script.statements:
        if not isinstance(statement, ChatSetting) or statement.value is None:
            continue
        octets, keyword = subject.expected(statement.value.text), statement.keyword
        if keyword in texts:
            texts[keyword].append(octets)
        elif keyword in _CLEARED:
            known = texts[_CLEARED[keyword]]
            if octets not in known:
                message = f"no {_CLEARED[keyword].value} before it has this text"
                yield ChatFinding(statement.value.place, message, "write the text as it was set")
            texts[_CLEARED[keyword]] = [each for each in known if each != octets]


RULE = ChatRule(
    code="CHAT205",
    name="clear-of-nothing",
    severity=Severity.WARNING,
    title="CLR_ABORT or CLR_REPORT of a text that is not set",
    what="Finds `CLR_ABORT` and `CLR_REPORT` whose text no statement before them has set.",
    why="""\
It does nothing, and the text that was meant stays in force. Note also that clearing one text moves the exit
statuses of those behind it.""",
    example="""\
ABORT 'NO CARRIER'
'' ATZ
CLR_ABORT NOCARRIER
OK ATI""",
    instead="""\
ABORT 'NO CARRIER'
'' ATZ
CLR_ABORT 'NO CARRIER'
OK ATI""",
    source="chat(8), CLR_ABORT STRINGS. Tried with chat 2.4.9.",
    check=_check,
)
