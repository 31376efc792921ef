"""Faults of the carrier and of DTR: the carrier drops, stays when it should drop, or DTR is ignored."""

from __future__ import annotations

from simisp.circuits import Circuit
from simisp.line.channel import LOST_CARRIER
from simisp.line.faults.fault import LineFault

__all__ = ["CarrierStays", "DropCarrier", "DtrIgnored"]


class DropCarrier(LineFault):
    """The carrier is gone: NO CARRIER follows the octets before it."""

    def _begin(self, now: float) -> None:
        self._let_through(LOST_CARRIER, now)
        self._stop(now)


class CarrierStays(LineFault):
    """The modem does not notice that the far end has hung up."""

    def _swallows(self, circuit: Circuit, on: bool) -> bool:
        return circuit is Circuit.DCD and not on


class DtrIgnored(LineFault):
    """The modem does not notice that DTR goes off."""

    def _swallows(self, circuit: Circuit, on: bool) -> bool:
        return circuit is Circuit.DTR and not on
