"""CHAT305: an escape in an expected text that means something only when sent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simisp.chat.reader import ChatKeyword
from simisp.chat.rules.rule import ChatFinding, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]

_ESCAPE = re.compile(r"\\.")
_ONLY_SENT = "cdKNpTU"


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    sought = [turn.expect for exchange in subject.script.exchanges for turn in exchange.turns]
    texts = [(part.text, part.place) for part in sought]
    for keyword in (ChatKeyword.ABORT, ChatKeyword.REPORT):
        values = [each.value for each in subject.script.settings(keyword) if each.value is not None]
        texts += [(value.text, value.place) for value in values]
    for text, place in texts:
        escape = next((each for each in _ESCAPE.findall(text) if each[1:] in _ONLY_SENT), "")
        if escape:
            yield ChatFinding(place, f"{escape} is a letter where it is expected", "leave it out")


RULE = ChatRule(
    code="CHAT305",
    name="escape-when-expected",
    severity=Severity.WARNING,
    title="an escape where a text is expected that means something only when sent",
    what=r"""Finds `\c`, `\d`, `\K`, `\N`, `\p`, `\T` and `\U`
in expected texts and in ABORT and REPORT texts.""",
    why=r"""There they are the letters themselves (`\T` and `\U` with their backslash).
The remote hardly sends those.""",
    example=r"""'' ATZ
OK\c ATI""",
    instead="""\
'' ATZ
OK ATI""",
    source="chat(8), ESCAPE SEQUENCES. Tried with chat 2.4.9.",
    check=_check,
)
