"""CHAT105: a sub-send that nothing is expected after."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity
from simisp.visible import visible

__all__ = ["RULE"]


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for exchange in subject.script.exchanges:
        last = exchange.turns[-1]
        if last.send is not None:
            message = f"when {visible(last.expect.text)!r} does not come, the script goes on as if it had"
            yield ChatFinding(last.send.place, message, f"expect something after it: …-{visible(last.expect.text)}")


RULE = ChatRule(
    code="CHAT105",
    name="time-out-counts-as-success",
    severity=Severity.WARNING,
    title="a sub-send that nothing is expected after",
    what=r"Finds `ogin:-BREAK` and `ogin:-\c`, whose last part is sent.",
    why="""\
When the time runs out the part is sent, and the script goes on as if the text had come: the answer, a password
perhaps, goes to whatever listens.""",
    example="ogin:-BREAK joe",
    instead="ogin:-BREAK-ogin: joe",
    source="chat(8), CHAT SCRIPT. Tried with chat 2.4.9.",
    check=_check,
)
