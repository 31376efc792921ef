"""What a modem may have besides the telephone line: the contract of a subsystem, such as a cellular one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from simisp.modem.answers import CommandAnswer
    from simisp.modem.command_row import CommandRow
    from simisp.modem.unit import Unit

__all__ = ["ModemSubsystem", "ResetKind"]


class ResetKind(Enum):
    """What sets a modem's settings back."""

    FACTORY = "&F"
    """The factory settings."""
    STORED = "Z"
    """A stored profile, after hanging up. ``&D3`` does the same."""
    POWER = "power"
    """The modem was switched off and on."""


class ModemSubsystem(Protocol):
    """What one or more modems share beyond their settings: one model, on which each port's commands work.

    Handlers of its rows find it as :attr:`~simisp.modem.unit.Unit.subsystem`. Times are those of the machine contract.
    """

    @property
    def rows(self) -> Mapping[str, CommandRow]:
        """Its commands by name. The table is shared by all its kind; rows of the same name in the profile precede."""

    @property
    def announces(self) -> Sequence[str]:
        """What it sends by itself once it has restarted; empty if it says nothing."""

    def attach(self, unit: Unit) -> None:
        """Take notice of a modem that works on this subsystem: unsolicited results may go to it.

        A modem with several ports, or with a multiplexer, attaches one unit for each of them.
        """

    def detach(self, unit: Unit) -> None:
        """Forget a modem that was attached: its port is gone. Nothing goes to it any more."""

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` should be called, or None if no deadline is pending."""

    def handle_timer(self, unit: Unit, now: float) -> None:
        """Act on all deadlines that have passed. With several ports, whichever is first asks."""

    def dial(self, unit: Unit, string: str, now: float) -> CommandAnswer:
        """Take a dial string (what follows the D, in capitals).

        :class:`~simisp.modem.answers.DialOut` makes the modem dial, with this or another string; any other answer ends
        the command, or lets it wait.
        """

    def reset(self, unit: Unit, kind: ResetKind) -> None:
        """Set back what ``&F`` or ``Z`` sets back; the modem's own settings have been set back."""
