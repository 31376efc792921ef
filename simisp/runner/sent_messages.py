"""The short messages that a run has sent, with the parts of long ones put together."""

from __future__ import annotations

from simisp.facts.messages import SmsSent

__all__ = ["MOST_KEPT", "SentMessages"]

MOST_KEPT = 1000
"""How many messages are kept, and how many unfinished ones; the oldest of more are forgotten."""


class SentMessages:
    """Collects what was sent.

    Example:
        >>> sent = SentMessages()
        >>> sent.take(SmsSent("+316", "lo", 2, 2, 8, "", ""))
        >>> sent.take(SmsSent("+316", "Hel", 1, 2, 7, "", ""))
        >>> sent.messages
        [('+316', 'Hello')]
    """

    def __init__(self) -> None:
        self.messages: list[tuple[str, str]] = []
        """Each message that is whole: its recipient and its text, in chronological order."""
        self._unfinished: dict[tuple[str, int], dict[int, str]] = {}

    def take(self, fact: SmsSent) -> None:
        """Take a message, or a part of one."""
        parts = self._unfinished.setdefault((fact.to, fact.parts), {})
        parts[fact.part] = fact.text
        if len(parts) < fact.parts:
            if len(self._unfinished) > MOST_KEPT:
                del self._unfinished[next(iter(self._unfinished))]
            return
        del self._unfinished[fact.to, fact.parts]
        self.messages.append((fact.to, "".join(text for _, text in sorted(parts.items()))))
        del self.messages[:-MOST_KEPT]

    def has(self, to: str | None, text: str | None) -> bool:
        """Return whether a message was sent to this recipient with this text; None stands for any."""
        return any(to in (None, recipient) and text in (None, said) for recipient, said in self.messages)
