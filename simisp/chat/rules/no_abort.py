"""CHAT201: a number that is dialled without ABORT for what the modem answers then."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.reader import ChatKeyword
from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]

_CODES = ((b"BUSY",), (b"NO CARRIER",), (b"NO DIALTONE", b"NO DIAL TONE"), (b"NO ANSWER",), (b"ERROR",))
"""What modems answer; of several spellings one is enough."""


def _quoted(code: bytes) -> str:
    return f"'{code.decode()}'" if b" " in code else code.decode()


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    moments = subject.moments
    for number, moment in enumerate(moments):
        dialled = next((part for part in subject.parts_sent(moment.exchange) if subject.dials(part)), None)
        if dialled is None:
            continue
        texts = [octets for octets, _ in (moments[number + 1] if number + 1 < len(moments) else moment).aborts]
        missing = [codes for codes in _CODES if not any(text and text in code for text in texts for code in codes)]
        if missing:
            names = ", ".join(codes[0].decode() for codes in missing)
            wanted = [f"ABORT {_quoted(code)}" for codes in missing for code in codes]
            # An ABORT text before others would change their exit statuses.
            later = any(each.place > moment.exchange.place for each in subject.script.settings(ChatKeyword.ABORT))
            edits = () if later else (subject.before(moment.exchange, *wanted),)
            yield ChatFinding(dialled.place, f"no ABORT for {names}", f"put {wanted[0]} before it", edits)
        return


RULE = ChatRule(
    code="CHAT201",
    name="no-abort",
    severity=Severity.WARNING,
    title="a number that is dialled without ABORT for what the modem answers then",
    what="Finds dialling without ABORT texts for BUSY, NO CARRIER, NO DIALTONE, NO ANSWER and ERROR.",
    why="""\
chat waits for CONNECT until the time-out though the modem has long said why there will be none, and the exit
status says 'time-out' for every cause. While it waits, a NO CARRIER in the middle of a log-in is not noticed
either.""",
    example=r"""'' ATZ
OK ATDT5551234
TIMEOUT 60
CONNECT \c""",
    instead=r"""ABORT BUSY ABORT 'NO CARRIER' ABORT 'NO DIALTONE' ABORT 'NO ANSWER' ABORT ERROR
'' ATZ
OK ATDT5551234
TIMEOUT 60
CONNECT \c""",
    source="chat(8), ABORT STRINGS; ITU-T V.250, 6.3.1 (D), table 1.",
    fix="""\
Adds the missing texts before the statement that dials, unless further ABORT texts follow, whose exit statuses
would change.""",
    check=_check,
)
