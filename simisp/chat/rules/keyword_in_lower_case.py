"""CHAT007: a keyword that is not in capitals."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.reader import ChatKeyword
from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity
from simisp.lint.edits import Edit

__all__ = ["RULE"]

_KEYWORDS = {keyword.value for keyword in ChatKeyword}


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    for exchange in subject.script.exchanges:
        word = exchange.word
        if word.text.upper() in _KEYWORDS:
            start = word.inside
            edit = Edit(start, start + len(word.text), word.text.upper())
            message = f"chat waits here for the text {word.text!r}: keywords are in capitals"
            yield ChatFinding(word.place, message, f"write {word.text.upper()}", (edit,))


RULE = ChatRule(
    code="CHAT007",
    name="keyword-in-lower-case",
    severity=Severity.ERROR,
    title="a keyword that is not in capitals",
    what="Finds `abort`, `Timeout` and the like where something is expected.",
    why="Keywords are in capitals. `abort` is a text that chat waits for, in vain.",
    example="""\
abort BUSY
'' ATZ""",
    instead="""\
ABORT BUSY
'' ATZ""",
    source="chat(8). Tried with chat 2.4.9.",
    fix="Writes the keyword in capitals.",
    check=_check,
)
