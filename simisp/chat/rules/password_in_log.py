"""CHAT401: a password that ``chat -v`` writes to the log."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity
from simisp.lint.edits import Edit

__all__ = ["RULE"]


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for exchange in subject.script.exchanges:
        reply = exchange.reply
        if reply is None or not subject.asks_for_password(exchange) or not subject.is_visible(reply):
            continue
        if not subject.sent(reply).quiet:
            edit = Edit(reply.start, reply.start, r"\q")
            message = "with -v this password is written to the log"
            yield ChatFinding(reply.place, message, r"put \q before it", (edit,), (reply.start, reply.end))


RULE = ChatRule(
    code="CHAT401",
    name="password-in-log",
    severity=Severity.WARNING,
    title="a password that `chat -v` writes to the log",
    what=r"Finds answers to password prompts without `\q`.",
    why="""\
With `-v` or `-V` chat logs what it sends, usually to the system log, which more people read than the script.""",
    example="""\
ogin: joe
assword: sesame""",
    instead=r"""ogin: joe
assword: \qsesame""",
    source="chat(8), ESCAPE SEQUENCES",
    fix=r"Puts `\q` before the password.",
    check=_check,
)
