"""What a modem has of a cellular one until something is asked of it: next to nothing.

A bank of lines has many modems, most of which are never asked for more than AT. The model of SIM, network and messages
is made when a command, a call or a deadline first needs it; until then the configuration, which all modems of a
scenario share, knows when that will be at the latest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from simisp.cellular.cellular import Cellular
from simisp.cellular.rows import CELLULAR_TABLE
from simisp.cellular.state import CellularConfig
from simisp.modem.answers import CommandAnswer
from simisp.modem.subsystem import ResetKind

if TYPE_CHECKING:
    from simisp.cellular.messaging.service import Messaging
    from simisp.modem.command_row import CommandRow
    from simisp.modem.unit import Unit

__all__ = ["CellularSubsystem"]


class CellularSubsystem:
    """The subsystem of a cellular modem.

    Args:
        config: What modem it is, and where.
    """

    __slots__ = ("_begun_at", "_cellular", "_config", "_units")

    def __init__(self, config: CellularConfig) -> None:
        self._config = config
        self._units: tuple[Unit, ...] = ()
        self._cellular: Cellular | None = None
        self._begun_at = -1.0

    @property
    def rows(self) -> Mapping[str, CommandRow]:
        """Its commands by name."""
        return CELLULAR_TABLE

    @property
    def announces(self) -> Sequence[str]:
        """What it sends by itself once it has restarted."""
        return self._config.announces

    @property
    def cellular(self) -> Cellular:
        """The model, made when it is first asked for."""
        if self._cellular is None:
            self._cellular = Cellular(self._config)
            for unit in self._units:
                self._cellular.attach(unit)
        return self._cellular

    @property
    def messaging(self) -> Messaging:
        """What message commands work on."""
        return self.cellular.messaging

    def attach(self, unit: Unit) -> None:
        """Take notice of a port. One that is there from the start is deaf while the modem powers up."""
        self._units = (*self._units, unit)
        if self._config.powers_up_in > 0:
            unit.deaf_until = max(unit.deaf_until, self._config.powers_up_in)
        if self._cellular is not None:
            self._cellular.attach(unit)

    def detach(self, unit: Unit) -> None:
        """Forget a port."""
        self._units = tuple(other for other in self._units if other is not unit)
        if self._cellular is not None:
            self._cellular.detach(unit)

    def next_timer(self) -> float | None:
        """Return when :meth:`handle_timer` should be called, or None."""
        return self._config.first_due if self._cellular is None else self._cellular.next_timer()

    def handle_timer(self, unit: Unit, now: float) -> None:
        """Act on all deadlines that have passed."""
        due = self.next_timer()
        if due is not None and now >= due:
            self.cellular.handle_timer(now)

    def dial(self, unit: Unit, string: str, now: float) -> CommandAnswer:
        """Take a dial string."""
        return self.cellular.dial(unit, string, now)

    def reset(self, unit: Unit, kind: ResetKind) -> None:
        """Begin again after the modem was switched off and on; &F and Z concern a port alone, not the network."""
        if kind is not ResetKind.POWER:
            return
        unit.deaf_until = max(unit.deaf_until, unit.now + self._config.powers_up_in)
        if self._begun_at != unit.now:  # each port of the modem says so
            self._begun_at = unit.now
            self.cellular.begin_again(unit.deaf_until, unit.now)
