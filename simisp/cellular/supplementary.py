"""Call waiting and call forwarding, as the network keeps them for a subscriber (3GPP TS 22.082, 22.083)."""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["FORWARD_ALL", "FORWARD_CONDITIONAL", "REASONS", "SERVICE_CLASSES", "Forward", "Supplementary", "classes_of"]

SERVICE_CLASSES = (1, 2, 4, 8, 16, 32, 64, 128)
"""Voice, data, fax, messages, data synchronous and asynchronous, packets, PAD: a bit for each (27.007, 7.11)."""
_MOST_CLASSES = 255
REASONS = range(4)
"""Why a call is forwarded: always, busy, no answer, not reachable (27.007, 7.11)."""
FORWARD_ALL, FORWARD_CONDITIONAL = 4, 5
"""All reasons, and all but "always"."""


@dataclass(frozen=True, slots=True)
class Forward:
    """Where calls of a class go.

    Attributes:
        number: The number.
        kind: The type of the number: 145 international, 129 otherwise.
        after: For "no answer", how long it rings before, in seconds.
        is_active: Whether they go there now.
    """

    number: str
    kind: int = 129
    after: int = 20
    is_active: bool = True


class Supplementary:
    """What the network keeps.

    Attributes:
        waiting: The classes of calls for which call waiting is active, a bit for each.
        forwards: Where calls go, by reason and class.
    """

    def __init__(self) -> None:
        self.waiting = 0
        self.forwards: dict[tuple[int, int], Forward] = {}

    def set_waiting(self, classes: int, *, is_active: bool) -> None:
        """Switch call waiting on or off for classes of calls."""
        self.waiting = self.waiting | classes if is_active else self.waiting & ~classes

    def register(self, reason: int, classes: int, forward: Forward | None) -> None:
        """Say where calls go; None: nowhere any more."""
        for key in _keys(reason, classes):
            if forward is None:
                self.forwards.pop(key, None)
            else:
                self.forwards[key] = forward

    def activate(self, reason: int, classes: int, *, is_active: bool) -> bool:
        """Switch forwarding on or off; return whether there was a number for it."""
        known = [key for key in _keys(reason, classes) if key in self.forwards]
        for key in known:
            self.forwards[key] = replace(self.forwards[key], is_active=is_active)
        return bool(known)


def _keys(reason: int, classes: int) -> list[tuple[int, int]]:
    reasons = {FORWARD_ALL: tuple(REASONS), FORWARD_CONDITIONAL: tuple(REASONS)[1:]}.get(reason, (reason,))
    return [(each, bit) for each in reasons for bit in classes_of(classes)]


def classes_of(classes: int) -> list[int]:
    """Return the single classes of a sum of them.

    Example:
        >>> classes_of(7)
        [1, 2, 4]
    """
    return [bit for bit in SERVICE_CLASSES if bit & classes & _MOST_CLASSES]
