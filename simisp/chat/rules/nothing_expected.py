"""CHAT301: an empty expected text in the middle of a script."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for moment in subject.moments:
        exchange = moment.exchange
        reply = exchange.reply
        if not moment.sent or reply is None or subject.expected(exchange.turns[0].expect.text):
            continue
        elements = subject.sent(reply).elements
        if any(isinstance(element, int) for element in elements) and isinstance(elements[0], int):
            message = "nothing is waited for here, so what follows is sent at once"
            yield ChatFinding(exchange.place, message, "expect the answer to what was sent before, such as OK")


RULE = ChatRule(
    code="CHAT301",
    name="nothing-expected",
    severity=Severity.WARNING,
    title="an empty expected text in the middle of a script",
    what=r"""Finds `''` behind something that was sent, where its answer is not waited for and the next text follows at
once. A text that begins with a delay (`\d`) is left alone.""",
    why="""\
What is sent comes too early: a modem drops a command that arrives while it carries out another one, and a
log-in reads a name before it asks for it.""",
    example="""\
'' ATZ
'' AT&F
OK ATI""",
    instead="""\
'' ATZ
OK AT&F
OK ATI""",
    source="chat(8), ESCAPE SEQUENCES",
    check=_check,
)
