"""A state of the analysis: the instruction about to run, and what is known at that moment."""

from __future__ import annotations

from typing import NamedTuple

from simisp.scp.analysis.knowledge import Knowledge
from simisp.scp.syntax import PortSetting, SystemName

__all__ = ["Outcome", "PathState", "Sent"]


class Outcome(NamedTuple):
    """The outcome of the last ``waitfor``.

    Attributes:
        wait: The index of its instruction.
        prompt: The string that arrived, interpreted; empty if unknown or if the time ran out.
        came: Whether a string arrived.
    """

    wait: int
    prompt: str
    came: bool


class Sent(NamedTuple):
    """The text sent by one ``transmit``.

    Attributes:
        at: Its instruction.
        text: The characters as sent; None if unknown.
        origins: The credentials in it.
        ends_line: Whether, as far as is known, it contains a carriage return or line feed.
    """

    at: int
    text: str | None
    origins: frozenset[SystemName]
    ends_line: bool


class PathState(NamedTuple):
    """A point of a path: an instruction that is about to run, and everything known at that moment.

    Attributes:
        at: The instruction.
        variables: What is known of each variable, by slot; empty if values are ignored.
        outcome: The outcome of the last ``waitfor``; None before the first.
        sent: The last few texts sent since then.
        framing: For each :class:`~simisp.scp.syntax.PortSetting`, in order, the instruction that last set it; None if
            it is still the connection's.
    """

    at: int
    variables: tuple[Knowledge, ...]
    outcome: Outcome | None = None
    sent: tuple[Sent, ...] = ()
    framing: tuple[int | None, ...] = (None,) * len(PortSetting)

    @property
    def success(self) -> bool | None:
        """The value of ``$SUCCESS``; None before the first ``waitfor``."""
        return None if self.outcome is None else self.outcome.came
