"""CHAT203: an expected text that an ABORT text is a part of."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity
from simisp.visible import visible

__all__ = ["RULE"]


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for moment in subject.moments:
        for turn in moment.exchange.turns:
            expected = subject.expected(turn.expect.text)
            texts = [octets for octets, _ in moment.aborts if octets and octets in expected[:-1]]
            if texts:
                message = f"the ABORT text {visible(texts[0].decode('latin-1'))!r} is complete before this one is"
                yield ChatFinding(turn.expect.place, message, "make the ABORT text longer, or clear it with CLR_ABORT")


RULE = ChatRule(
    code="CHAT203",
    name="abort-within-expected",
    severity=Severity.ERROR,
    title="an expected text that an ABORT text is a part of",
    what="Finds expected texts in which an ABORT text ends before the expected one does.",
    why="""\
chat looks octet by octet. The ABORT text is complete first, so the script always ends there.""",
    example=r"""ABORT CONN
'' ATZ
CONNECT \c""",
    instead=r"""'' ATZ
CONNECT \c""",
    source="Tried with chat 2.4.9.",
    check=_check,
)
