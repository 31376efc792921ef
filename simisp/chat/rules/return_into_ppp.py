"""CHAT302: a script that ends with a return of its own."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity
from simisp.lint.edits import Edit

__all__ = ["RULE"]


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    exchanges = list(subject.script.exchanges)
    last = exchanges[-1] if exchanges else None
    if last is None or last.answer is None or last.reply is None or not subject.moments[-1].sent:
        return
    if subject.sent(last.reply).elements == (13,):
        edit = Edit(last.answer.start, last.answer.end, r"\c")
        message = "this sends a carriage return into what begins after the script"
        yield ChatFinding(last.answer.place, message, r"write \c, which sends nothing", (edit,))


RULE = ChatRule(
    code="CHAT302",
    name="return-into-ppp",
    severity=Severity.WARNING,
    title="a script that ends with a return of its own",
    what="Finds `CONNECT ''` and the like at the end of a script.",
    why="""\
`''` sends a carriage return. At the end of a script it goes to what is to begin, PPP usually, before the first
frame.""",
    example="""\
ABORT BUSY ABORT 'NO CARRIER' ABORT 'NO DIALTONE' ABORT 'NO ANSWER' ABORT ERROR
'' ATZ
OK ATDT5551234
TIMEOUT 60
CONNECT ''""",
    instead=r"""ABORT BUSY ABORT 'NO CARRIER' ABORT 'NO DIALTONE' ABORT 'NO ANSWER' ABORT ERROR
'' ATZ
OK ATDT5551234
TIMEOUT 60
CONNECT \c""",
    source="chat(8), ESCAPE SEQUENCES",
    fix=r"Writes `\c` instead.",
    check=_check,
)
