"""Which of a port's facts are deeds of the client that a line acts on."""

from __future__ import annotations

from simisp.client_deeds import PortAct
from simisp.facts.fact import Fact
from simisp.facts.port import BreakSeen, PortClosed, PortOpened

__all__ = ["deed_of"]


def deed_of(fact: Fact) -> PortAct | None:
    """Return what the client did to the port as a whole: the first opening, the last closing, a break; else None."""
    match fact:
        case PortOpened(1):
            return PortAct.OPENED
        case PortClosed(0):
            return PortAct.CLOSED
        case BreakSeen():
            return PortAct.BREAK
        case _:
            return None
