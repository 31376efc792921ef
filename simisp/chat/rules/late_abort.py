"""CHAT202: ABORT for an answer of the modem behind the wait for that answer."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.reader import ChatKeyword, ExpectSend
from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]

_BEFORE_CONNECT = {b"BUSY", b"NO DIALTONE", b"NO DIAL TONE", b"NO ANSWER"}


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    connected = False
    for statement in subject.script.statements:
        if isinstance(statement, ExpectSend):
            connected = connected or any(b"CONNECT" in subject.expected(turn.expect.text) for turn in statement.turns)
        elif statement.keyword is ChatKeyword.ABORT and statement.value is not None and connected:
            octets = subject.expected(statement.value.text)
            if octets in _BEFORE_CONNECT:
                message = f"{octets.decode()} comes instead of CONNECT, and CONNECT has been waited for before"
                yield ChatFinding(statement.place, message, "put it at the top")


RULE = ChatRule(
    code="CHAT202",
    name="late-abort",
    severity=Severity.WARNING,
    title="ABORT for an answer of the modem behind the wait for that answer",
    what="Finds ABORT texts such as BUSY that are set after CONNECT has come.",
    why="""\
An ABORT text counts from its place on. BUSY comes instead of CONNECT, so behind the wait for CONNECT it is too
late.""",
    example=r"""ABORT 'NO CARRIER' ABORT 'NO DIALTONE' ABORT 'NO ANSWER' ABORT ERROR
'' ATZ
OK ATDT5551234
TIMEOUT 60
CONNECT \c
ABORT BUSY
ogin: joe""",
    instead=r"""ABORT BUSY ABORT 'NO CARRIER' ABORT 'NO DIALTONE' ABORT 'NO ANSWER' ABORT ERROR
'' ATZ
OK ATDT5551234
TIMEOUT 60
CONNECT \c
ogin: joe""",
    source="chat(8), ABORT STRINGS",
    check=_check,
)
