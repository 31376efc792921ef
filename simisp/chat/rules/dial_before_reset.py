"""CHAT501: a number that is dialled before the modem has been spoken to."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for moment in subject.moments:
        dialled = next((part for part in subject.parts_sent(moment.exchange) if subject.dials(part)), None)
        if dialled is not None:
            if not moment.asked:
                message = "the first command that the modem gets is to dial"
                yield ChatFinding(dialled.place, message, "send ATZ first and wait for OK")
            return


RULE = ChatRule(
    code="CHAT501",
    name="dial-before-reset",
    severity=Severity.WARNING,
    title="a number that is dialled before the modem has been spoken to",
    what="Finds dialling as the first command for the modem.",
    why="""\
The modem may still be in the state that its last user left: without echo or result codes, or in the middle of a
command. `ATZ` or `AT&F` and its `OK` show that it is there and put it into a known state.""",
    example=r"""ABORT BUSY ABORT 'NO CARRIER' ABORT 'NO DIALTONE' ABORT 'NO ANSWER' ABORT ERROR
'' ATDT5551234
TIMEOUT 60
CONNECT \c""",
    instead=r"""ABORT BUSY ABORT 'NO CARRIER' ABORT 'NO DIALTONE' ABORT 'NO ANSWER' ABORT ERROR
'' ATZ
OK ATDT5551234
TIMEOUT 60
CONNECT \c""",
    source="chat(8), ABORT STRINGS; ITU-T V.250, 6.1.1 (Z).",
    check=_check,
)
