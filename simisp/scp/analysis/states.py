"""A stage of a path through a script: what is about to run, and what is known then."""

from __future__ import annotations

from typing import NamedTuple

from simisp.scp.analysis.knowledge import Knowledge
from simisp.scp.syntax import PortSetting, SystemName

__all__ = ["Outcome", "Sent", "State"]


class Outcome(NamedTuple):
    """What the last ``waitfor`` came to.

    Attributes:
        wait: The index of its instruction.
        prompt: The string that came, interpreted; empty when it is not known or the time ran out.
        came: Whether a string came.
    """

    wait: int
    prompt: str
    came: bool


class Sent(NamedTuple):
    """What one ``transmit`` sent.

    Attributes:
        at: Its instruction.
        text: The characters as they go out; None when they are not known.
        origins: The credentials that are in it.
        ends_line: Whether a carriage return or line feed is in it, for all that is known.
    """

    at: int
    text: str | None
    origins: frozenset[SystemName]
    ends_line: bool


class State(NamedTuple):
    """A stage of a path: an instruction that is about to run, and all that is known then.

    Attributes:
        at: The instruction.
        variables: What is known of each variable, by slot; empty when values are left out of account.
        outcome: What the last ``waitfor`` came to; None before the first.
        sent: What was sent since then, the last few.
        framing: The instruction that set each :class:`~simisp.scp.syntax.PortSetting` last, in their order; None
            while it is the connection's own.
    """

    at: int
    variables: tuple[Knowledge, ...]
    outcome: Outcome | None = None
    sent: tuple[Sent, ...] = ()
    framing: tuple[int | None, ...] = (None,) * len(PortSetting)

    @property
    def success(self) -> bool | None:
        """What ``$SUCCESS`` is; None before the first ``waitfor``."""
        return None if self.outcome is None else self.outcome.came
