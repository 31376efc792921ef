"""CHAT402: a password written into the script."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]

_SUBSTITUTED = re.compile(r"\\[TU]|\$\w")


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for exchange in subject.script.exchanges:
        reply = exchange.reply
        if reply is None or not subject.asks_for_password(exchange) or not subject.is_visible(reply):
            continue
        if not _SUBSTITUTED.search(reply.text):
            message = "this looks like a password, and anyone who can read the script can read it"
            secret = (reply.start, reply.end)
            yield ChatFinding(reply.place, message, "keep it in a file of its own: @FILE", secret=secret)


RULE = ChatRule(
    code="CHAT402",
    name="literal-password",
    severity=Severity.WARNING,
    title="a password written into the script",
    what="""\
Finds answers to password prompts that are in the script itself. Such texts are shown masked.""",
    why="""\
Scripts are readable on the disk, are copied from machine to machine and are sent in with requests for help.""",
    example=r"""ogin: joe
assword: \qsesame""",
    instead="""\
ogin: joe
assword: @/etc/ppp/password""",
    source="chat(8), SENDING DATA FROM A FILE",
    check=_check,
)
