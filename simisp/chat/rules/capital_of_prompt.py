"""CHAT304: a prompt that is expected with its first letter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity
from simisp.lint.edits import Edit

__all__ = ["RULE"]

_PROMPT = re.compile(r"(?:login|username|user name|password|passwort|service)\b", re.IGNORECASE)


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for exchange in subject.script.exchanges:
        for turn in exchange.turns:
            part = turn.expect
            if _PROMPT.match(part.text):
                edit = Edit(part.start, part.start + 1, "")
                message = f"{part.text[0]!r} may come as a capital or small letter, or not at all"
                yield ChatFinding(part.place, message, f"expect {part.text[1:]!r}", (edit,))


RULE = ChatRule(
    code="CHAT304",
    name="capital-of-prompt",
    severity=Severity.WARNING,
    title="a prompt that is expected with its first letter",
    what="Finds `Login:`, `login:`, `Password:` and the like with their first letter.",
    why="""\
One provider asks `Login:`, another one `login:`, and the first letter is the one that noise after the
connection takes away. Without it both are found.""",
    example="Login: joe",
    instead="ogin: joe",
    source="chat(8), CHAT SCRIPT",
    fix="Removes the first letter.",
    check=_check,
)
