"""CHAT106: waits that together last longer than chat's caller waits."""

from __future__ import annotations

from collections.abc import Iterator

from simisp.chat.rules.rule import ChatFinding, ChatLintSettings, ChatRule, ChatSubject
from simisp.diagnostics import Severity

__all__ = ["RULE"]


def _check(subject: ChatSubject) -> Iterator[ChatFinding]:
    patience, total = subject.settings.give_up, 0.0
    for moment in subject.moments:
        total += moment.limit * sum(1 for turn in moment.exchange.turns if subject.expected(turn.expect.text))
        if patience is not None and total > patience:
            message = f"the waits up to here can take {total:g} s, and the caller gives up after {patience:g} s"
            yield ChatFinding(moment.exchange.place, message, "shorten the time-outs")
            return


RULE = ChatRule(
    code="CHAT106",
    name="longer-than-give-up",
    severity=Severity.WARNING,
    title="waits that together last longer than chat's caller waits",
    what="With `--give-up`, adds up the longest that each wait can take.",
    why="""\
pppd, a dialler or a service ends chat then, and the modem stays where it is, off-hook perhaps, with the
script's own error handling never reached.""",
    example="""\
TIMEOUT 60
'' ATZ
OK AT&C1
OK ATI""",
    instead="""\
TIMEOUT 20
'' ATZ
OK AT&C1
OK ATI""",
    source="chat(8), TIMEOUT",
    settings=ChatLintSettings(give_up=100),
    check=_check,
)
