"""CHAT004: a byte order mark."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Place, Severity
from simisp.lint.edits import Edit

__all__ = ["RULE"]


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    if subject.text.startswith("\ufeff"):
        message = "chat takes the byte order mark for a part of the first word"
        yield ChatFinding(Place(1, 1), message, "save the file without it", (Edit(0, 1, ""),))


RULE = ChatRule(
    code="CHAT004",
    name="byte-order-mark",
    severity=Severity.ERROR,
    title="a byte order mark",
    what="Finds U+FEFF at the beginning of the file.",
    why="""\
For chat it is a part of the first word: a keyword is then none, and what is expected never comes.""",
    example="\ufeffABORT BUSY\n'' ATZ\n",
    instead="""\
ABORT BUSY
'' ATZ""",
    source="Tried with chat 2.4.9.",
    fix="Removes the mark.",
    check=_check,
)
