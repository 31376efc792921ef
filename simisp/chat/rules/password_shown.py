"""CHAT403: ECHO ON while a password is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for moment in subject.moments:
        if moment.echo and subject.asks_for_password(moment.exchange):
            message = "with ECHO ON a password that the remote repeats is written to standard error"
            yield ChatFinding(moment.exchange.place, message, "put ECHO OFF before it")


RULE = ChatRule(
    code="CHAT403",
    name="password-shown",
    severity=Severity.WARNING,
    title="ECHO ON while a password is asked for",
    what="Finds answers to password prompts while `ECHO ON` is in force.",
    why="""\
All that comes from the remote is then written to standard error, which pppd keeps in a log. A remote that
repeats what is typed repeats the password.""",
    example="""\
ECHO ON
ogin: joe
assword: @/etc/ppp/password""",
    instead="""\
ECHO ON
ogin: joe
ECHO OFF
assword: @/etc/ppp/password""",
    source="chat(8), ECHO",
    check=_check,
)
