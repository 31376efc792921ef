"""CHAT101: a wait for CONNECT that is shorter than the modem takes."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]

_ENOUGH = 60


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for moment in subject.moments:
        exchange = moment.exchange
        expect = exchange.turns[0].expect
        if not moment.dialled or moment.connected or b"CONNECT" not in subject.expected(expect.text):
            continue
        if moment.limit < _ENOUGH:
            edits = [subject.before(exchange, f"TIMEOUT {_ENOUGH}")]
            following = subject.following(exchange)
            if following is not None:
                edits.append(subject.before(following, f"TIMEOUT {moment.limit:g}"))
            message = f"the wait for CONNECT ends after {moment.limit:g} s, before the modem itself gives up"
            yield ChatFinding(expect.place, message, f"put TIMEOUT {_ENOUGH} before it", tuple(edits))


RULE = ChatRule(
    code="CHAT101",
    name="no-time-for-connect",
    severity=Severity.WARNING,
    title="a wait for CONNECT that is shorter than the modem takes",
    what="""\
Finds waits for `CONNECT` of less than 60 seconds after a number was dialled. Without `TIMEOUT` they are 45
seconds.""",
    why="""\
A modem tries for 50 or 60 seconds (register S7) before it reports NO CARRIER. chat then fails with a time-out
though the modem still tries, and its next command interrupts it.""",
    example=r"""ABORT BUSY ABORT 'NO CARRIER' ABORT 'NO DIALTONE' ABORT 'NO ANSWER' ABORT ERROR
'' ATZ
OK ATDT5551234
CONNECT \c""",
    instead=r"""ABORT BUSY ABORT 'NO CARRIER' ABORT 'NO DIALTONE' ABORT 'NO ANSWER' ABORT ERROR
'' ATZ
OK ATDT5551234
TIMEOUT 60
CONNECT \c""",
    source="chat(8), TIMEOUT; ITU-T V.250, 6.3.10 (S7).",
    fix="Puts `TIMEOUT 60` before the wait, and behind it the time-out that was there.",
    check=_check,
)
