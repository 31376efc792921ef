"""The fault of a looped line: octets come back to their sender."""

from __future__ import annotations

from simisp.line.channel import TurnedBack
from simisp.line.faults.fault import LineFault
from simisp.machine import SendData

__all__ = ["Reflect"]


class Reflect(LineFault):
    """Turns octets back, as a looped line or an echoing shell does."""

    def _affect(self, piece: SendData, now: float) -> None:
        self._let_through(TurnedBack(piece.data, piece.secrets), now)
